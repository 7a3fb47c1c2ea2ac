# Maintenance windows. What still fails when a window closes is told then.

# Patches, node by node, on Tuesday evenings.
silence "patch evening" {
  events  = ["services", "vm_ct", "cluster", "error_resolved"]
  when    = "event.host in local.nodes and event.type != 'split_brain'"
  hours   = "tue 20:00-23:00"
  comment = "rolling kernel updates; the plan is in the team's calendar"
}

# The scrub of the backup server makes it slow.
silence "scrub" {
  events  = ["backups"]
  when    = "event.severity == 'WARNING' and event.data.storage == 'nfs-backup'"
  hours   = "sun 01:00-06:00"
  comment = "weekly scrub"
}

# A window that happens once has moments in place of hours. `check` says when it
# is over and can go.
#
# silence "new switches" {
#   events  = ["network", "cluster"]
#   from    = "2027-04-11 22:00:00"
#   until   = "2027-04-12 04:00:00"
#   comment = "rack 2, change 1482"
# }
