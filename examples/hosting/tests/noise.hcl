test "a disk that fills up: one warning a host, then the alarm" {
  start = "2026-03-03T10:00:00"

  send "disk_space_low" {
    host = "bsl-03"
    data = { mount = "/var", used_percent = 88 }
  }
  send "disk_space_low" {
    at   = "1h"
    host = "bsl-03"
    data = { mount = "/srv", used_percent = 90 }
  }
  send "disk_space_low" {
    at   = "2h"
    host = "bsl-04"
    data = { mount = "/var", used_percent = 89 }
  }
  send "disk_space_low" {
    at   = "3h"
    host = "bsl-03"
    data = { mount = "/var", used_percent = 98 }
  }
  expect "noc" {
    types    = ["disk_space_low", "disk_space_low", "disk_space_low"]
    contains = "98"
  }
}

test "a backup server is gone: five failures, then one summary" {
  start = "2026-03-03T01:00:00"

  send "backup_fail" {
    host    = "zrh-01"
    cluster = "zrh"
    data    = { vmid = 1, storage = "pbs-1" }
  }
  send "backup_fail" {
    at      = "10s"
    host    = "zrh-02"
    cluster = "zrh"
    data    = { vmid = 2, storage = "pbs-1" }
  }
  send "backup_fail" {
    at      = "20s"
    host    = "zrh-03"
    cluster = "zrh"
    data    = { vmid = 3, storage = "pbs-1" }
  }
  send "backup_fail" {
    at      = "30s"
    host    = "zrh-04"
    cluster = "zrh"
    data    = { vmid = 4, storage = "pbs-1" }
  }
  send "backup_fail" {
    at      = "40s"
    host    = "zrh-05"
    cluster = "zrh"
    data    = { vmid = 5, storage = "pbs-1" }
  }
  send "backup_fail" {
    at      = "50s"
    host    = "zrh-06"
    cluster = "zrh"
    data    = { vmid = 6, storage = "pbs-1" }
  }
  send "backup_fail" {
    at      = "55s"
    host    = "zrh-07"
    cluster = "zrh"
    data    = { vmid = 7, storage = "pbs-1" }
  }
  expect "noc" {
    types    = ["backup_fail", "backup_fail", "backup_fail", "backup_fail", "backup_fail", "burst_backups"]
    contains = "7 backups to pbs-1 failed"
  }
}

test "a brute force is one message" {
  start = "2026-03-03T04:00:00"

  send "auth_fail" {
    host  = "gva-11"
    count = 500
    every = "1s"
    data  = { source_ip = "203.0.113.7", user = "root" }
  }
  expect "noc" {
    within   = "15m"
    types    = ["auth_fail", "burst_auth_fail"]
    contains = "500"
  }
}

test "our own scanner is nobody" {
  start = "2026-03-03T10:00:00"

  send "auth_fail" {
    host = "gva-11"
    data = { source_ip = "10.11.250.9", user = "scan" }
  }
  expect "noc" {
    types = []
  }
}

test "a failover that is only a test" {
  start = "2026-03-03T10:00:00"

  send "vm_fail" {
    host  = "zrh-05"
    data  = { vmid = 77, action = "start" }
    guest = { id = "77", pool = "alder", tags = ["failover-test"] }
  }
  expect "noc" {
    types = []
  }
  expect "alder" {
    types = []
  }
}
