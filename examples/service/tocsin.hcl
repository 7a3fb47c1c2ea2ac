tocsin {
  enabled = true
}

channel "doorbell" "workshop" {
  when   = "event.severity == 'CRITICAL'"
  server = "https://bell.example.org"
  key    = secret("doorbell")
  rooms  = ["workshop"]
}

test "only what is critical rings" {
  send "backup_fail" {
    severity = "CRITICAL"
    data     = { vmid = "101" }
  }
  send "vm_start" {
    data = { vmid = "101" }
  }
  expect "workshop" {
    within = "5m"
    types  = ["backup_fail"]
  }
}
