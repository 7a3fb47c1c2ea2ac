# 3 March 2026 is a Tuesday.

test "a guest belongs to whom its pool is named after" {
  start = "2026-03-03T10:00:00"

  send "ct_start_warning" {
    host  = "zrh-02"
    data  = { vmid = 4711, reason = "a mount is missing" }
    guest = { id = "4711", pool = "birch" }
  }
  expect "birch" {
    types = ["ct_start_warning"]
  }
  expect "alder" {
    types = []
  }
  expect "noc" {
    types = [] # a warning, and somebody's
  }
  expect "desk" {
    types = ["ct_start_warning"]
  }
}

test "a tag does as well, and a host of one's own" {
  start = "2026-03-03T10:00:00"

  send "migration_warning" {
    host  = "bsl-03"
    data  = { vmid = 4712 }
    guest = { id = "4712", pool = "shared", tags = ["customer-alder", "web"] }
  }
  send "service_fail" {
    at   = "10s"
    host = "zrh-32"
    data = { unit = "postfix.service" }
  }
  expect "alder" {
    types = ["migration_warning", "service_fail"]
  }
}

test "gold is told at night, others are not" {
  start = "2026-03-03T03:00:00"

  send "backup_warning" {
    host  = "zrh-02"
    data  = { vmid = 4711 }
    guest = { id = "4711", pool = "birch" }
  }
  send "backup_warning" {
    at    = "1s"
    host  = "zrh-31"
    data  = { vmid = 4800 }
    guest = { id = "4800", pool = "alder" }
  }
  expect "alder" {
    types    = ["backup_warning"]
    contains = "4800"
  }
  expect "birch" {
    within = "12h"
    types  = []
  }
  expect "desk" {
    within = "5h1m"
    types  = ["quiet_summary"] # at eight
  }
}

test "CRITICAL of a customer is the customer's and the NOC's" {
  start = "2026-03-03T10:00:00"

  send "vm_fail" {
    host    = "gva-03"
    cluster = "cedar"
    data    = { vmid = 120, action = "start" }
  }
  expect "cedar" {
    types = ["vm_fail"]
  }
  expect "noc" {
    types = ["vm_fail"]
  }
}

test "at night CRITICAL is the NOC's alone" {
  start = "2026-03-03T02:00:00"

  send "vm_fail" {
    host    = "gva-03"
    cluster = "cedar"
    data    = { vmid = 120, action = "start" }
  }
  expect "cedar" {
    types = []
  }
  expect "noc" {
    types = ["vm_fail"]
  }
}

test "finished backups are one digest" {
  start = "2026-03-03T08:00:00"

  send "backup_complete" {
    host  = "zrh-02"
    count = 3
    every = "20m"
    data  = { vmid = 4711, storage = "pbs-1" }
    guest = { id = "4711", pool = "birch" }
  }
  expect "birch" {
    within = "8h"
    types  = ["digest"]
  }
  expect "archive" {
    types = ["backup_complete"] # the same one is told once in six hours
  }
}

test "each customer switches off what they do not want" {
  start = "2026-03-03T10:00:00"

  send "vm_disk_low" {
    host  = "zrh-31"
    data  = { vmid = 4800, used_percent = 91 }
    guest = { id = "4800", pool = "alder" }
  }
  expect "alder" {
    types = []
  }
  expect "desk" {
    types = ["vm_disk_low"]
  }
}
