# 3 March 2026 is a Tuesday. Moments without offset are in tocsin.timezone.

test "each part of the team hears of its own groups" {
  start = "2026-03-03T10:00:00"

  send "zfs_pool_full" {
    host = "node1"
    data = { pool_name = "tank", used_percent = 91 }
  }
  send "service_fail" {
    at   = "10s"
    host = "node2"
    data = { unit = "chrony.service" }
  }
  expect "infra" {
    types = ["zfs_pool_full"]
  }
  expect "platform" {
    types = ["service_fail"]
  }
  expect "on_call" {
    types = [] # it is ten in the morning
  }
}

test "in the evening a warning of the storage rings" {
  start = "2026-03-04T19:00:00"

  send "zfs_pool_full" {
    host = "node1"
    data = { pool_name = "tank", used_percent = 91 }
  }
  expect "on_call" {
    types = ["zfs_pool_full"]
  }
}

test "at night it waits, and CRITICAL does not" {
  start = "2026-03-04T23:30:00"

  send "zfs_pool_full" {
    host = "node1"
    data = { pool_name = "tank", used_percent = 91 }
  }
  send "storage_unavailable" {
    at   = "5m"
    host = "node1"
    data = { storage = "ceph-vm" }
  }
  expect "on_call" {
    types = ["storage_unavailable"]
  }
  send "error_resolved" {
    at   = "10m"
    host = "node1"
    data = { storage = "ceph-vm" }
  }
  expect "on_call" {
    within = "8h"
    types  = ["quiet_summary"]
  }
}

test "what informs is read when the team meets" {
  start = "2026-03-03T01:00:00"

  send "backup_complete" {
    host = "node1"
    data = { vmid = 101, storage = "nfs-backup" }
  }
  send "vm_start" {
    at   = "5h"
    host = "node1"
    data = { vmid = 101 }
  }
  expect "platform" {
    within = "2h44m"
    types  = []
  }
  expect "platform" {
    within = "2h46m"
    types  = ["digest"]
  }
}

test "guests of the databases ring, whoever owns the group" {
  start = "2026-03-03T10:00:00"

  send "migration_warning" {
    host  = "node1"
    data  = { vmid = 301, reason = "a disk was left behind" }
    guest = { id = "301", pool = "databases" }
  }
  expect "on_call" {
    types = ["migration_warning"]
  }
  expect "infra" {
    types = []
  }
}

test "the lab fails unheard" {
  start = "2026-03-03T10:00:00"

  send "vm_fail" {
    host  = "node4"
    data  = { vmid = 901, action = "start" }
    guest = { id = "901", pool = "lab" }
  }
  expect "platform" {
    types = []
  }
  expect "on_call" {
    types = []
  }
}

test "who changes permissions at night is seen by all" {
  start = "2026-03-04T22:10:00"

  send "user_permission_change" {
    host = "node1"
    data = { user = "root@pam", change_details = "role Administrator for guest@pve" }
  }
  expect "infra" {
    types = ["user_permission_change"]
  }
  expect "platform" {
    types = ["user_permission_change"]
  }
}

test "a busy night is no news, a busy morning is" {
  start = "2026-03-04T02:00:00"

  send "cpu_high" {
    host = "node2"
    data = { value = 97 }
  }
  expect "infra" {
    types = []
  }
  send "cpu_high" {
    at   = "5h"
    host = "node2"
    data = { value = 97 }
  }
  expect "infra" {
    types = ["cpu_high"]
  }
}
