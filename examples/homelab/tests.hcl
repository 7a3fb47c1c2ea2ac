# Stories on virtual time. `tocsin test` runs them through the same judge and the
# same timers as the daemon; a night takes milliseconds. 3 March 2026 is a
# Tuesday.

test "a failed backup is heard twice, also at night" {
  start = "2026-03-03T03:00:00"

  send "backup_fail" {
    data = { vmid = 101, storage = "nas", reason = "no space left on device" }
  }
  expect "phone" {
    types    = ["backup_fail"]
    contains = "no space left"
  }
  expect "mail" {
    types = ["backup_fail"]
  }
}

test "the warning of a backup job wakes as well" {
  start = "2026-03-03T03:00:00"

  send "backup_warning" {
    data = { vmid = 101, reason = "guest agent does not answer" }
  }
  expect "phone" {
    types = ["backup_warning"]
  }
}

test "a good night is one digest in the morning" {
  start = "2026-03-03T08:00:00"

  send "backup_complete" {
    data = { vmid = 101, storage = "nas" }
  }
  send "update_available" {
    at   = "20m"
    data = { total_count = 12, security_count = 3 }
  }
  expect "phone" {
    types = []
  }
  expect "phone" {
    within = "2h"
    types  = ["digest"]
  }
  expect "mail" {
    types = []
  }
}

test "what can wait until seven does" {
  start = "2026-03-03T23:00:00"

  send "service_fail" {
    data = { unit = "smbd.service" }
  }
  send "temp_high" {
    at   = "2h"
    data = { sensor = "coretemp", value = 86 }
  }
  expect "phone" {
    within = "5h59m"
    types  = []
  }
  expect "phone" {
    within = "6h1m"
    types  = ["quiet_summary"]
  }
  expect "mail" {
    types = ["service_fail", "temp_high"] # a mail box does not ring
  }
}

test "Friday's night lasts until half past nine" {
  start = "2026-03-07T08:00:00" # a Saturday

  send "service_fail" {
    data = { unit = "smbd.service" }
  }
  expect "phone" {
    within = "1h29m"
    types  = []
  }
  expect "phone" {
    within = "1h31m"
    types  = ["quiet_summary"]
  }
}

test "the battery comes through, and so does its end" {
  start = "2026-03-03T02:00:00"

  send "ups_on_battery" {
    data = { charge = 93, runtime = "22m" }
  }
  send "ups_on_line" {
    at = "4m"
  }
  expect "phone" {
    types = ["ups_on_battery", "ups_on_line"]
  }
  expect "mail" {
    types = ["ups_on_battery", "ups_on_line"] # INFO, but it heard of the trouble
  }
}

test "patch sunday is quiet" {
  start = "2026-03-01T03:10:00"

  send "service_fail" {
    data = { unit = "smbd.service" }
  }
  send "error_resolved" {
    at   = "5m"
    data = { unit = "smbd.service" }
  }
  expect "mail" {
    within = "6h"
    types  = []
  }
}

test "what patch sunday broke is told at five" {
  start = "2026-03-01T03:10:00"

  send "service_fail" {
    data = { unit = "smbd.service" }
  }
  expect "mail" {
    within = "1h49m"
    types  = []
  }
  expect "mail" {
    within = "1h51m"
    types  = ["service_fail"]
  }
}

test "a full disk: one warning, silence, then the alarm" {
  start = "2026-03-03T10:00:00"

  send "disk_space_low" {
    data = { mount = "/var", used_percent = 86 }
  }
  send "disk_space_low" {
    at   = "1h"
    data = { mount = "/var", used_percent = 91 }
  }
  send "disk_space_low" {
    at   = "2h"
    data = { mount = "/var", used_percent = 96 }
  }
  expect "phone" {
    types    = ["disk_space_low", "disk_space_low"]
    contains = "96"
  }
}

test "the playground fails unheard" {
  start = "2026-03-03T10:00:00"

  send "vm_fail" {
    data  = { vmid = 901, action = "start" }
    guest = { id = "901", tags = ["playground"] }
  }
  expect "phone" {
    types = []
  }
}

test "a backup that nobody repaired is told again a day later" {
  start = "2026-03-03T10:00:00"

  send "backup_fail" {
    data = { vmid = 101, job_id = "nightly" }
  }
  expect "mail" {
    types = ["backup_fail"]
  }
  expect "mail" {
    within = "21h"
    types  = ["backup_fail"] # the reminder
  }
  send "backup_complete" {
    at   = "22h"
    data = { vmid = 101, job_id = "nightly" }
  }
  expect "mail" {
    within = "7d"
    types  = ["backup_complete"]
  }
}
