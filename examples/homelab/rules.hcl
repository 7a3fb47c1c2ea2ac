# Rules run from top to bottom, and each sees what the ones before it made of
# the event.

# The guests to play with bother nobody. In Proxmox VE they have the tag
# "playground".
rule "the playground is nobody's business" {
  events = ["vm_ct", "backups"]
  when   = "any(event.guest.tags, # == 'playground')"
  drop   = true
}

# A channel that a rule names takes the event whatever its `when`, and the others
# do not get it. Backups that go wrong are to be heard twice: on the phone even
# as a mere warning of the job, and in the mail box.
rule "backups that fail are loud" {
  events   = ["backup_fail", "backup_warning", "host_backup_fail"]
  channels = ["phone", "mail"]
  severity = "CRITICAL" # also at night
}

# A full disk gets worse slowly, until it does not.
rule "a disk that is really full" {
  events   = ["disk_space_low", "zfs_pool_full", "pve_storage_full"]
  when     = "event.data.used_percent >= 95"
  severity = "CRITICAL"
}

# A reminder. It tells again what nothing has resolved: a backup is resolved by
# the next one that works.
rule "a failed backup is not forgotten" {
  events   = ["backup_fail", "host_backup_fail"]
  after    = "20h"
  every    = "24h"
  channels = ["mail"]
}
