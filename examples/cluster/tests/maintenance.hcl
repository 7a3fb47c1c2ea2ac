test "patch evening is quiet" {
  start = "2026-03-03T20:15:00"

  send "service_fail" {
    host = "node2"
    data = { unit = "pvestatd.service" }
  }
  send "node_disconnect" {
    at   = "10m"
    host = "node1"
    data = { node = "node2" }
  }
  send "node_reconnect" {
    at   = "20m"
    host = "node1"
    data = { node = "node2" }
  }
  send "error_resolved" {
    at   = "21m"
    host = "node2"
    data = { unit = "pvestatd.service" }
  }
  expect "platform" {
    within = "6h"
    types  = []
  }
  expect "infra" {
    within = "6h"
    types  = []
  }
}

test "a node that stays away is told when the window closes" {
  start = "2026-03-03T22:40:00"

  send "node_disconnect" {
    host = "node1"
    data = { node = "node2" }
  }
  expect "infra" {
    within = "19m"
    types  = []
  }
  expect "infra" {
    within = "21m"
    types  = ["node_disconnect"]
  }
  expect "on_call" {
    within = "21m"
    types  = ["node_disconnect"] # CRITICAL, so also at eleven
  }
}

test "the scrub hides warnings of the backups, not failures" {
  start = "2026-03-01T02:00:00"

  send "backup_warning" {
    host = "node1"
    data = { vmid = 101, storage = "nfs-backup", reason = "slow target" }
  }
  send "backup_fail" {
    at   = "1m"
    host = "node1"
    data = { vmid = 102, storage = "nfs-backup" }
  }
  expect "platform" {
    types    = ["backup_fail"]
    contains = "102"
  }
}
