test "the ladder: at once, 15 minutes, every hour, the managers" {
  start = "2026-03-03T10:00:00"

  send "split_brain" {
    host = "node1"
    data = { quorum = "no" }
  }
  send "storage_unavailable" {
    at   = "1s"
    host = "node1"
    data = { storage = "ceph-vm" }
  }
  expect "on_call" {
    types = ["split_brain", "storage_unavailable"]
  }
  expect "on_call" {
    within = "16m"
    types  = ["storage_unavailable"] # nothing resolves a split brain, so it is never open
  }
  expect "on_call" {
    within = "1h16m"
    types  = ["storage_unavailable"]
  }
  expect "managers" {
    within = "1h59m"
    types  = []
  }
  expect "managers" {
    within   = "2h1m"
    types    = ["storage_unavailable"]
    contains = "ceph-vm"
  }
}

test "what is repaired in time never reaches the managers" {
  start = "2026-03-03T10:00:00"

  send "storage_unavailable" {
    host = "node1"
    data = { storage = "ceph-vm" }
  }
  send "error_resolved" {
    at   = "12m"
    host = "node1"
    data = { storage = "ceph-vm" }
  }
  expect "on_call" {
    within = "1d"
    types  = ["storage_unavailable", "error_resolved"]
  }
  expect "managers" {
    within = "1d"
    types  = []
  }
}
