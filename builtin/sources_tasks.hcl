# What Proxmox VE did with guests, as its list of tasks tells. What an event
# declares of a task is filled by itself: vmid, user, reason and so on. A stop that
# failed is a failure, not a stop. What stands nowhere here raises nothing: consoles
# and updates of the package lists fail all the time and mean little.

source "tasks" "vm_start" {
  workers  = ["qmstart"]
  ok       = "vm_start"
  warnings = "vm_start_warning"
  failed   = "vm_fail"
  data     = { action = "start" }
}

source "tasks" "vm_stop" {
  workers  = ["qmstop"]
  ok       = "vm_stop"
  warnings = "vm_stop"
  failed   = "vm_fail"
  severity = { warnings = "WARNING" }
  data     = { action = "stop" }
}

source "tasks" "vm_shutdown" {
  workers  = ["qmshutdown"]
  ok       = "vm_shutdown"
  warnings = "vm_shutdown"
  failed   = "vm_fail"
  severity = { warnings = "WARNING" }
  data     = { action = "shutdown" }
}

source "tasks" "vm_restart" {
  workers  = ["qmreboot", "qmreset"]
  ok       = "vm_restart"
  warnings = "vm_restart"
  failed   = "vm_fail"
  severity = { warnings = "WARNING" }
  data     = { action = "restart" }
}

source "tasks" "ct_start" {
  workers  = ["vzstart"]
  ok       = "ct_start"
  warnings = "ct_start_warning"
  failed   = "ct_fail"
  data     = { action = "start" }
}

source "tasks" "ct_stop" {
  workers  = ["vzstop"]
  ok       = "ct_stop"
  warnings = "ct_stop"
  failed   = "ct_fail"
  severity = { warnings = "WARNING" }
  data     = { action = "stop" }
}

source "tasks" "ct_shutdown" {
  workers  = ["vzshutdown"]
  ok       = "ct_shutdown"
  warnings = "ct_shutdown"
  failed   = "ct_fail"
  severity = { warnings = "WARNING" }
  data     = { action = "shutdown" }
}

source "tasks" "ct_restart" {
  workers  = ["vzreboot"]
  ok       = "ct_restart"
  warnings = "ct_restart"
  failed   = "ct_fail"
  severity = { warnings = "WARNING" }
  data     = { action = "restart" }
}

source "tasks" "migration" {
  workers  = ["qmigrate", "vzmigrate"]
  started  = "migration_start"
  ok       = "migration_complete"
  warnings = "migration_warning"
  failed   = "migration_fail"
}

source "tasks" "snapshot" {
  workers  = ["qmsnapshot", "vzsnapshot"]
  ok       = "snapshot_complete"
  warnings = "snapshot_complete"
  failed   = "snapshot_fail"
  severity = { warnings = "WARNING" }
}

# Proxmox VE posts the end of a backup job, too, unless the job sends mail of its
# own, as many old ones do. Then the task is all that tells of it.
source "tasks" "vzdump" {
  workers  = ["vzdump"]
  started  = "backup_start"
  ok       = "backup_complete"
  warnings = "backup_warning"
  failed   = "backup_fail"
}

# The post comes before the task ends, and names the job, which a task does not. The
# same end of the same guests on the same storage is one event: dedup and cooldown
# keep the second back, and decisions show it. Where the guests are not known, as of
# a job that ended before the first, both are told: it is better than neither.
rule "a backup that Proxmox VE posts and lists" {
  events      = ["backup_complete", "backup_warning", "backup_fail"]
  when        = "event.source in ['webhook', 'tasks'] and event.data.vmids != nil and event.data.datastore == nil"
  fingerprint = ["host", "vmids", "storage"]
  once        = true
}
