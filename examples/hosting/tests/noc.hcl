test "what the NOC does not solve comes back, and then rings" {
  start = "2026-03-03T10:00:00"

  send "storage_unavailable" {
    host = "bsl-03"
    data = { storage = "ceph" }
  }
  expect "noc" {
    types = ["storage_unavailable"]
  }
  expect "noc" {
    within = "1h1m"
    types  = ["storage_unavailable"]
  }
  expect "duty" {
    within = "1h59m"
    types  = []
  }
  expect "duty" {
    within = "2h1m"
    types  = ["storage_unavailable"]
  }
  send "error_resolved" {
    at   = "2h30m"
    host = "bsl-03"
    data = { storage = "ceph" }
  }
  expect "noc" {
    within = "1d"
    types  = ["storage_unavailable", "error_resolved"] # the reminder at 12:00, and the end
  }
}

test "a rack at noon is no news, at night it is" {
  start = "2026-03-03T12:00:00"

  send "rack_open" {
    host = "zrh-01"
    data = { rack = "B7" }
  }
  send "rack_closed" {
    at   = "20m"
    host = "zrh-01"
    data = { rack = "B7" }
  }
  expect "noc" {
    types = []
  }
  send "rack_open" {
    at   = "13h"
    host = "zrh-01"
    data = { rack = "B7" }
  }
  send "rack_closed" {
    at   = "13h10m"
    host = "zrh-01"
    data = { rack = "B7" }
  }
  expect "noc" {
    types = ["rack_open", "rack_closed"]
  }
}
