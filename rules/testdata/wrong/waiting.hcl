tocsin {
  enabled  = true
  timezone = "Europe/Madrid"
}

channel "note" "swallows" {
  to   = "x"
  when = "true"
  quiet_hours {
    hours = ["sun-thu 22:30-07:00", "fri,sat 22:00-10:00"]
    pass  = "event.type == 'door_opne'" # ERROR: unknown event type "door_opne"
  }
  digest {
    at = "23:00" # WARNING: a digest in quiet hours
  }
}

channel "note" "windows" {
  to   = "x"
  when = "true"
  quiet_hours {
    hours = ["22:00-07:61", "mno 22:00-07:00", "22:00-22:00", "22:00-07:00 Europe/Madird", "22:00"] # ERROR: "07:61" is no time of the day # ERROR: unknown day "mno" # ERROR: a window of no length # ERROR: unknown time zone "Europe/Madird" # ERROR: a window without end
  }
  digest {
    at = "9 o'clock" # ERROR: "9" is no time of the day
  }
}

channel "note" "for ever" {
  to   = "x"
  when = "true"
  quiet_hours {
    hours = ["00:00-12:00", "12:00-24:00"] # ERROR: quiet hours without end
  }
}

channel "note" "lacks" {
  to   = "x"
  when = "true"
  quiet_hours {} # ERROR: missing argument "hours"
  digest {} # ERROR: missing argument "at"
}

channel "note" "labelled" {
  to   = "x"
  when = "true"
  quiet_hours "night" { # ERROR: quiet_hours takes no label
    hours = "22:00-07:00"
  }
}

channel "note" "no digest" {
  to   = "x"
  when = "true"
  toggles {
    goat_back = "digest" # WARNING: no digest to wait for
  }
}

silence "endless" { # WARNING: a silence without end
  events = ["animals"]
}

silence "over" {
  until = "2026-01-01 12:00" # WARNING: a silence that is over
}

silence "backwards" {
  from  = "2027-02-01 12:00"
  until = "2027-01-01 12:00" # ERROR: until is not after from
}

silence "no moment" {
  until = "tomorrow" # ERROR: until is no moment
}

silence "never" {
  when  = "event.severity > 'CRITICAL'" # WARNING: a condition that never holds
  hours = "sun 02:00-05:00"
}

inhibit "unresolved" {
  cause  = "event.type == 'door_open'" # WARNING: nothing resolves this cause
  effect = "event.group == 'animals' and event.host == cause.host"
}

inhibit "names" {
  cause  = "event.type == 'goat_escaped' and cause.host == 'x'" # ERROR: unknown name "cause"
  effect = "event.host == cause.hots" # ERROR: unknown name "cause.hots"
}

inhibit "lacks" { # ERROR: missing argument "effect"
  cause = "event.type == 'goat_escaped'"
}

burst "burst_hay" { # WARNING: a burst over events that are off
  events    = ["hay_low"]
  threshold = 3
  window    = "1m"
}

test "names" {
  channel "note" "swallows" { # ERROR: "swallows" is a configured channel
    when = "true"
  }
  channel "nope" "night" { # ERROR: unknown kind of channel "nope"
    when = "true"
  }
  send "goat_escpaed" { # WARNING: unknown event "goat_escpaed"
    at    = "-1s" # ERROR: at is no duration
    count = 0 # ERROR: count out of range
    guest = { id = "101", nmae = "x" } # ERROR: unknown part of a guest "nmae"
  }
  expect "swalows" { # ERROR: unknown channel "swalows"
    types = ["quiet_sumary"] # WARNING: unknown type "quiet_sumary"
  }
}

test "expects nothing" { # WARNING: a test that expects nothing
  send "goat_escaped" {}
}

test "unknown parts" {
  begin = "2026-03-01 22:00" # ERROR: unknown argument "begin"
  sned "goat_escaped" {} # ERROR: unknown block "sned"
  expect "swallows" {
    tpyes = [] # ERROR: unknown argument "tpyes"
  }
}
