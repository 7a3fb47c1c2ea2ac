# What the pipeline promises about time, as stories that anybody can copy.

tocsin {
  enabled  = true
  timezone = "Europe/Madrid"
}

channel "log" "phone" {
  when = "true"
  quiet_hours {
    hours = "22:00-07:00"
  }
  digest {
    at = "09:00"
  }
}

channel "log" "mail" {
  when = "false"
}

rule "nobody reacted" {
  events   = ["disk_space_low"]
  after    = "30m"
  every    = "4h"
  channels = ["mail"]
}

silence "sunday" {
  events = ["services"]
  hours  = "sun 02:00-05:00"
}

inhibit "guests of a lost node" {
  cause  = "event.type == 'node_disconnect'"
  effect = "event.group == 'vm_ct' and event.guest.node == cause.data.node"
}

test "CRITICAL breaks quiet hours" {
  start = "2026-03-10 23:00"
  send "backup_fail" {
    severity = "CRITICAL"
    data     = { vmid = 101, storage = "nas" }
  }
  send "disk_space_low" {
    at       = "1m"
    severity = "WARNING"
    data     = { mount = "/" }
  }
  expect "phone" {
    within = "1m"
    types  = ["backup_fail"]
  }
}

test "a window over midnight" {
  start = "2026-03-10 21:59"
  send "disk_space_low" { # before it
    severity = "WARNING"
    data     = { mount = "/a" }
  }
  send "disk_space_low" { # in it, before midnight
    at       = "2m"
    severity = "WARNING"
    data     = { mount = "/b" }
  }
  send "disk_space_low" { # in it, after midnight
    at       = "3h"
    severity = "WARNING"
    data     = { mount = "/c" }
  }
  expect "phone" {
    types = ["disk_space_low"]
  }
  send "disk_space_low" { # its end is no part of it
    at       = "9h1m"
    severity = "WARNING"
    data     = { mount = "/d" }
  }
  expect "phone" {
    types = ["quiet_summary", "disk_space_low"]
  }
}

test "a held night arrives as one message in order" {
  start = "2026-03-10 23:00"
  send "vm_start" {
    data = { vmid = 101, vmname = "files" }
  }
  send "disk_space_low" {
    at       = "2h"
    severity = "WARNING"
    data     = { mount = "/", used_percent = 91 }
  }
  send "vm_start" {
    at   = "4h"
    data = { vmid = 102, vmname = "web" }
  }
  expect "phone" {
    within   = "4h"
    types    = ["quiet_summary"]
    contains = ["Tue 23:00", "Wed 01:00", "Wed 03:00"]
  }
}

test "a night in which the clocks change" {
  start = "2026-03-28 23:00"
  send "vm_start" {
    data = { vmid = 101 }
  }
  expect "phone" { # seven o'clock comes after seven hours
    within = "6h59m"
    types  = []
  }
  expect "phone" {
    within = "7h"
    types  = ["quiet_summary"]
  }
}

test "a night in which an hour comes twice" {
  start = "2026-10-24 23:00"
  send "vm_start" {
    data = { vmid = 101 }
  }
  expect "phone" { # seven o'clock comes after nine hours
    within = "8h59m"
    types  = []
  }
  expect "phone" {
    within = "9h"
    types  = ["quiet_summary"]
  }
}

test "a digest at nine" {
  start = "2026-03-10 10:00"
  send "backup_complete" {
    count = 3
    every = "1h"
    data  = { vmid = 101, storage = "nas" }
  }
  send "vm_start" { # live: it does not wait
    at   = "30m"
    data = { vmid = 101 }
  }
  expect "phone" {
    within = "20h59m"
    types  = ["vm_start"]
  }
  expect "phone" {
    within   = "21h"
    types    = ["digest"]
    contains = "3 notifications"
  }
}

test "an escalation breaks the cooldown" {
  start = "2026-03-10 10:00"
  send "disk_space_low" {
    severity = "WARNING"
    count    = 3
    every    = "20s"
    data     = { mount = "/" }
  }
  send "disk_space_low" {
    at       = "1m"
    severity = "CRITICAL"
    data     = { mount = "/" }
  }
  expect "phone" {
    types = ["disk_space_low", "disk_space_low"]
  }
}

test "a flood is one message" {
  start = "2026-03-10 10:00"
  send "auth_fail" {
    count = 50
    every = "1s"
    data  = { source_ip = "203.0.113.7", user = "root" }
  }
  expect "phone" {
    within   = "5m"
    types    = ["auth_fail", "burst_auth_fail"]
    contains = "50"
  }
}

test "somebody is reminded of what nobody resolved" {
  start = "2026-03-10 10:00"
  send "disk_space_low" {
    severity = "WARNING"
    data     = { mount = "/" }
  }
  expect "mail" {
    within   = "5h"
    types    = ["disk_space_low", "disk_space_low"]
    contains = "Still open after 4h 30m"
  }
}

test "a silence holds, and does not hold for others" {
  start = "2026-03-08 03:00"
  send "service_fail" {
    data = { service = "cron", unit = "cron.service" }
  }
  expect "phone" {
    within = "1h"
    types  = []
  }
}

test "one cause, one message" {
  start = "2026-03-10 10:00"
  send "node_disconnect" {
    data = { node = "pve3" }
  }
  send "vm_fail" {
    at    = "1m"
    count = 5
    every = "1m"
    guest = { id = "101", node = "pve3" }
    data  = { vmid = 101 }
  }
  send "vm_fail" {
    at    = "1m"
    guest = { id = "201", node = "pve1" }
    data  = { vmid = 201 }
  }
  expect "phone" {
    types = ["node_disconnect", "vm_fail"]
  }
}

test "a channel of its own" {
  start = "2026-03-10 23:00"
  channel "log" "night" {
    when = "event.group == 'backups'"
    quiet_hours {
      hours = "23:00-23:30"
      pass  = "event.type == 'backup_fail'"
    }
  }
  send "backup_warning" {
    data = { vmid = 101 }
  }
  send "backup_fail" {
    severity = "WARNING"
    data     = { vmid = 102 }
  }
  expect "night" {
    within = "1h"
    types  = ["backup_fail", "quiet_summary"]
  }
}

test "a digest due in quiet hours follows the summary" {
  start = "2026-03-10 20:00"
  channel "log" "late" {
    quiet_hours {
      hours = "22:00-10:00"
    }
    digest {
      at = "09:00"
    }
  }
  send "backup_complete" {
    data = { vmid = 101, storage = "nas" }
  }
  send "disk_space_low" {
    at       = "3h"
    severity = "WARNING"
    data     = { mount = "/" }
  }
  expect "late" {
    within = "10h59m"
    types  = []
  }
  expect "late" {
    within = "11h"
    types  = ["quiet_summary", "digest"]
  }
}

test "a flood that stays small is told one by one" {
  start = "2026-03-10 10:00"
  send "auth_fail" {
    data = { source_ip = "203.0.113.7", user = "root" }
  }
  send "auth_fail" {
    at   = "10s"
    data = { source_ip = "203.0.113.8", user = "root" }
  }
  expect "phone" {
    within = "1m"
    types  = ["auth_fail"]
  }
  expect "phone" {
    within   = "5m"
    types    = ["auth_fail"]
    contains = "203.0.113.8"
  }
}

test "who heard of trouble hears of its end" {
  start = "2026-03-10 10:00"
  channel "log" "nodes" {
    when = "event.type == 'node_disconnect'"
  }
  send "node_disconnect" {
    data = { node = "pve3" }
  }
  send "node_reconnect" {
    at   = "10m"
    data = { node = "pve4" }
  }
  send "node_reconnect" {
    at   = "20m"
    data = { node = "pve3" }
  }
  expect "nodes" {
    types    = ["node_disconnect", "node_reconnect"]
    contains = "pve3"
  }
}
