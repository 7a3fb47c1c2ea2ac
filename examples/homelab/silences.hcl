# On Sundays the node updates itself, and services go up and down. CRITICAL is
# told all the same. What still fails when the window closes is told then.
silence "patch sunday" {
  events  = ["services", "updates", "error_resolved"]
  when    = "event.severity != 'CRITICAL'"
  hours   = "sun 03:00-05:00"
  comment = "unattended-upgrades and a reboot"
}
