# What Proxmox VE and Proxmox Backup Server post to the webhook. The first source that
# fits counts, one of yours before these. An event has everything that is known of its
# notification as data: the sender's fields, and what is read from the text.

source "pve" "vzdump_ok" {
  notifications = ["vzdump"]
  when          = "post.outcome == 'ok'"
  emit          = "backup_complete"
}

# Proxmox VE has no severity for a backup with warnings: its log has them.
source "pve" "vzdump_warnings" {
  notifications = ["vzdump"]
  when          = "post.outcome == 'warning'"
  emit          = "backup_warning"
}

source "pve" "vzdump_failed" {
  notifications = ["vzdump"]
  emit          = "backup_fail"
}

# Good news is not sent so far.
source "pve" "replication_ok" {
  notifications = ["replication"]
  when          = "post.outcome == 'ok'"
  emit          = "replication_complete"
}

source "pve" "replication_failed" {
  notifications = ["replication"]
  emit          = "replication_fail"
}

source "pve" "fencing" {
  notifications = ["fencing"]
  emit          = "split_brain"
}

source "pve" "package_updates" {
  notifications = ["package-updates"]
  emit          = "update_available"
}

# What cron mails is mail to root like any other, until this is switched on. From then
# on it is an event of its own, which the catalogue has switched off: it is told where
# toggles { cron_output = true } says so.
source "pve" "cron_output" {
  enabled       = false
  notifications = ["system-mail"]
  when          = "post.program == 'cron'"
  emit          = "cron_output"
  severity      = "INFO"
}

source "pve" "system_mail" {
  notifications = ["system-mail"]
  emit          = "system_mail"
}

# The test button.
source "pve" "test" {
  notifications = ["none"]
  emit          = "custom"
}

# A tape is to be loaded, which the text says best.
source "pve" "tape_load" {
  notifications = ["tape-load"]
  emit          = "custom"
}

source "pve" "tape_backup_ok" {
  notifications = ["tape-backup"]
  when          = "post.outcome == 'ok'"
  emit          = "backup_complete"
}

# What a backup server does well every night is told in its own words; what it does not
# puts backups at risk.
source "pve" "store_ok" {
  notifications = ["gc", "prune", "sync", "verify", "verification"]
  when          = "post.outcome == 'ok'"
  emit          = "custom"
}

source "pve" "store_warning" {
  notifications = ["gc", "prune", "sync", "verify", "verification", "tape-backup"]
  when          = "post.outcome == 'warning'"
  emit          = "backup_warning"
}

source "pve" "store_failed" {
  notifications = ["gc", "prune", "sync", "verify", "verification", "tape-backup"]
  emit          = "backup_fail"
}

source "pve" "certificate_ok" {
  notifications = ["acme"]
  when          = "post.outcome == 'ok'"
  emit          = "custom"
}

# Backup servers send a failed renewal as mere information, so the words count too.
source "pve" "certificate_trouble" {
  notifications = ["acme"]
  when          = "post.outcome == 'warning'"
  emit          = "system_problem"
  severity      = "WARNING"
}

source "pve" "certificate_failed" {
  notifications = ["acme"]
  emit          = "system_problem"
  severity      = "CRITICAL"
}

source "pve" "host_backup_start" {
  notifications = ["host_backup_start"]
  emit          = "host_backup_start"
}

source "pve" "host_backup_complete" {
  notifications = ["host_backup_complete"]
  emit          = "host_backup_complete"
}

source "pve" "host_backup_fail" {
  notifications = ["host_backup_fail"]
  emit          = "host_backup_fail"
}

# A type that is not known here. The event is meant for failures of the system, so it is
# only as severe as the sender says.
source "pve" "unknown" {
  emit     = "system_problem"
  severity = "posted"
}

# The manager of high availability posts that a node is being fenced and, a minute or
# two later, that it was, and writes both into the journal. That is one occurrence: the
# first of the four is told, and decisions show the others. Who wants to hear of the end,
# too, overlays the rule with fingerprint = ["node", "phase"].
rule "a fencing that Proxmox VE posts and logs" {
  events      = ["split_brain"]
  when        = "event.source in ['webhook', 'journal'] and event.data.node != nil and event.data.phase != nil"
  fingerprint = ["node"]
  once        = true
  cooldown    = "10m"
}
