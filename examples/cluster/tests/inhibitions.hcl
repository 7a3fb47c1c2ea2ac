test "a lost node is one message, whoever tells it" {
  start = "2026-03-03T14:00:00"

  send "node_disconnect" {
    host    = "node1"
    cluster = "atlas"
    data    = { node = "node3" }
  }
  send "node_disconnect" {
    at      = "1s"
    host    = "node2"
    cluster = "atlas"
    data    = { node = "node3" }
  }
  send "vm_fail" {
    at      = "20s"
    host    = "node1"
    cluster = "atlas"
    data    = { vmid = 310, action = "start" }
    guest   = { id = "310", node = "node3" }
  }
  send "service_fail" {
    at      = "30s"
    host    = "node3"
    cluster = "atlas"
    data    = { unit = "corosync.service" }
  }
  expect "infra" {
    within = "10m"
    types  = ["node_disconnect"]
  }
  expect "platform" {
    within = "10m"
    types  = []
  }
}

test "what is still down when the node is back is told then" {
  start = "2026-03-03T14:00:00"

  send "node_disconnect" {
    host    = "node1"
    cluster = "atlas"
    data    = { node = "node3" }
  }
  send "vm_fail" {
    at      = "20s"
    host    = "node1"
    cluster = "atlas"
    data    = { vmid = 310, action = "start" }
    guest   = { id = "310", node = "node3" }
  }
  send "vm_fail" {
    at      = "25s"
    host    = "node1"
    cluster = "atlas"
    data    = { vmid = 311, action = "start" }
    guest   = { id = "311", node = "node3" }
  }
  send "vm_start" {
    at      = "3m"
    host    = "node2"
    cluster = "atlas"
    data    = { vmid = 310 }
    guest   = { id = "310", node = "node2" } # another node took it over
  }
  expect "platform" {
    types = []
  }
  send "node_reconnect" {
    at      = "6m"
    host    = "node1"
    cluster = "atlas"
    data    = { node = "node3" }
  }
  expect "platform" {
    types    = ["vm_fail"]
    contains = "311"
  }
}

test "backups fail with their storage, not by themselves" {
  start = "2026-03-03T01:00:00"

  send "storage_unavailable" {
    host = "node1"
    data = { storage = "nfs-backup" }
  }
  send "backup_fail" {
    at   = "1m"
    host = "node1"
    data = { vmid = 101, storage = "nfs-backup", job_id = "nightly" }
  }
  send "backup_fail" {
    at   = "2m"
    host = "node2"
    data = { vmid = 102, storage = "local", job_id = "local" } # another storage
  }
  expect "platform" {
    types    = ["backup_fail"]
    contains = "102"
  }
  expect "infra" {
    types = ["storage_unavailable"]
  }
}
