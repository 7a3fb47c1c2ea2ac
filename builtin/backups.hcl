# Backups of guests and of the host, and snapshots.
#
# A scheduled job runs on every node at once and covers any number of guests:
# its events carry a job_id and no vmid. A backup of one guest carries the vmid.

event "backup_start" {
  group    = "backups"
  severity = "INFO"
  enabled  = false
  live     = true
  icon     = "🚀"
  summary  = "A backup job began."
  fields = {
    vmid       = "number"
    vmname     = "string"
    guest_list = "list"
    storage    = "string"
    job_id     = "string"
    reason     = "string"
    user       = "string"
    upid       = "string"
  }
  fingerprint = ["host", "vmid", "guest_list", "storage", "job_id"]
  title       = "Backup{{ with .data.vmid }} of guest {{ . }}{{ else with len .data.guest_list }} of {{ . }} {{ plural `guest` `guests` . }}{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} started"
  body        = "{{ .data.reason | default `The backup job is running.` }}"
  details = {
    Guests       = "{{ join `, ` .data.guest_list | abbrev 200 }}"
    Storage      = "{{ .data.storage }}"
    "Started by" = "{{ .data.user }}"
  }
}

event "backup_complete" {
  group    = "backups"
  severity = "INFO"
  outcome  = "success"
  resolves = ["backup_fail", "backup_warning"]
  icon     = "✅"
  summary  = "A backup job finished."
  fields = {
    vmid          = "number"
    vmname        = "string"
    guests        = "list" # one line for each guest
    vmids         = "list"
    guest_count   = "number"
    storage       = "string"
    datastore     = "string"
    size          = "bytes"
    duration      = "duration"
    job_id        = "string"
    report        = "string"
    message       = "string"
    failed_count  = "number"
    warnings      = "list" # a job that finished well has none; other programs may
    warning_count = "number"
    media_pool    = "string"
    drive         = "string"
    hostname      = "string" # as Proxmox names the host
    pve_type      = "string"
    pve_severity  = "string"
    pve_title     = "string"
    user          = "string"
    upid          = "string"
  }
  fingerprint = ["host", "vmid", "storage", "job_id"]
  title       = <<-EOT
    {{ if .data.datastore }}{{ .data.pve_title | default `Job on a backup server finished` }}
    {{ else }}Backup{{ with .data.vmid }} of guest {{ . }}{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }}
    {{ if gt .data.guest_count 1 }}of {{ .data.guest_count }} guests{{ end }} finished{{ end }}
  EOT
  body        = <<-EOT
    {{ if and (eq .data.guest_count 1) (not .data.warnings) }}The backup is complete.
    {{ else if .data.guests }}{{ join "\n" .data.guests }}
    {{ else }}{{ .data.report | default `The backup is complete.` }}
    {{ end }}
    {{ if or .data.guests (not .data.report) }}{{ range .data.warnings }}Warning: {{ abbrev 300 . }}
    {{ end }}{{ end }}
  EOT
  details = {
    Warnings = "{{ with .data.warning_count }}{{ . }}{{ end }}"
    Storage  = "{{ .data.storage }}"
    Size     = "{{ .data.size }}"
    Took     = "{{ .data.duration }}"
  }
}

event "backup_warning" {
  group    = "backups"
  severity = "WARNING"
  resolves = ["backup_fail"]
  icon     = "⚠️"
  summary  = "A backup job finished, and its log holds warnings."
  fields = {
    vmid          = "number"
    vmname        = "string"
    guests        = "list"
    vmids         = "list"
    guest_count   = "number"
    storage       = "string"
    datastore     = "string"
    size          = "bytes"
    duration      = "duration"
    job_id        = "string"
    reason        = "string"
    warnings      = "list"
    warning_count = "number"
    report        = "string"
    message       = "string"
    failed        = "list" # what did not verify
    failed_count  = "number"
    remote        = "string"
    remote_store  = "string"
    media_pool    = "string"
    drive         = "string"
    hostname      = "string" # as Proxmox names the host
    pve_type      = "string"
    pve_severity  = "string"
    pve_title     = "string"
    user          = "string"
    upid          = "string"
  }
  fingerprint = ["host", "vmid", "job_id", "datastore"]
  title       = <<-EOT
    {{ if .data.datastore }}{{ .data.pve_title | default `Job on a backup server finished with warnings` }}
    {{ else }}Backup{{ with .data.vmid }} of guest {{ . }}{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }}
    {{ if gt .data.guest_count 1 }}of {{ .data.guest_count }} guests{{ end }} finished with warnings{{ end }}
  EOT
  body        = <<-EOT
    {{ with .data.report }}{{ . }}{{ else }}{{ join "\n" .data.warnings | default .data.reason | default `Something in the log of the backup needs a look.` }}{{ end }}

    {{ if .data.datastore }}The task log on the backup server has the details.{{ else }}The backup may not be complete: read its log before you rely on it.{{ end }}
  EOT
  details = {
    Warnings = "{{ with .data.warning_count }}{{ . }}{{ end }}"
    Storage  = "{{ .data.storage }}"
    Size     = "{{ .data.size }}"
    Took     = "{{ .data.duration }}"
  }
}

event "backup_fail" {
  group    = "backups"
  severity = "CRITICAL"
  live     = true
  icon     = "❌"
  summary  = "A backup job failed, wholly or for some of its guests, or a job on a backup server did."
  fields = {
    vmid         = "number"
    vmname       = "string"
    vmids        = "list"
    guests       = "list"
    guest_count  = "number"
    failed       = "list" # names of what has no backup, or did not verify
    failed_count = "number"
    storage      = "string"
    datastore    = "string" # on a Proxmox Backup Server
    remote       = "string"
    remote_store = "string"
    media_pool   = "string"
    drive        = "string"
    size         = "bytes"
    duration     = "duration"
    job_id       = "string"
    reason       = "string"
    report       = "string" # the job's report without its log
    message      = "string"
    hostname     = "string" # as Proxmox names the host
    pve_type     = "string"
    pve_severity = "string"
    pve_title    = "string"
    user         = "string"
    upid         = "string"
  }
  fingerprint = ["host", "vmid", "job_id", "datastore"]
  title       = <<-EOT
    {{ if .data.datastore }}{{ .data.pve_title | default `Job on a backup server failed` }}
    {{ else }}Backup{{ with .data.vmid }} of guest {{ . }}{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} failed
    {{ if and (gt .data.failed_count 0) (gt .data.guest_count 1) }}for {{ .data.failed_count }} of {{ .data.guest_count }} guests{{ end }}{{ end }}
  EOT
  body        = <<-EOT
    {{ if or (not .data.report) (not (or .data.datastore .data.failed_count (contains (replace `; ` "\n" .data.reason) .data.report))) }}{{ .data.reason }}{{ end }}

    {{ .data.report | default (join "\n" .data.guests) }}

    {{ if .data.datastore }}The task log on the backup server has the details.
    {{ else if and .data.guest_count (not .data.failed_count) }}No guest is reported as failed, but the job did not end well. Check: its task log, then run it again.
    {{ else }}What failed has no new backup. Check: pvesm status for space and reach, then run the job again.
    {{ end }}
  EOT
  details = {
    Failed    = "{{ if not .data.vmid }}{{ join `, ` .data.failed | abbrev 300 }}{{ end }}"
    Storage   = "{{ .data.storage }}"
    Datastore = "{{ if not .data.report }}{{ .data.datastore }}{{ end }}"
    Job       = "{{ if not (and .data.datastore .data.report) }}{{ .data.job_id }}{{ end }}"
    Took      = "{{ .data.duration }}"
  }
}

event "host_backup_start" {
  group    = "backups"
  severity = "INFO"
  enabled  = false
  icon     = "🚀"
  summary  = "A backup of the host itself began."
  fields = {
    backend_label = "string"
    job_id        = "string"
    destination   = "string"
    profile_mode  = "string"
  }
  fingerprint = ["host", "job_id", "destination"]
  title       = "Host backup{{ with .data.destination }} to {{ . }}{{ end }} started"
  body        = "The configuration of the host is being saved."
  details = {
    Method  = "{{ .data.backend_label }}"
    Profile = "{{ .data.profile_mode }}"
    Job     = "{{ .data.job_id }}"
  }
}

event "host_backup_complete" {
  group    = "backups"
  severity = "INFO"
  outcome  = "success"
  resolves = ["host_backup_fail"]
  icon     = "✅"
  summary  = "A backup of the host itself finished."
  fields = {
    backend_label = "string"
    job_id        = "string"
    destination   = "string"
    profile_mode  = "string"
    data_size     = "bytes"
    archive_size  = "bytes"
    duration      = "duration"
  }
  fingerprint = ["host", "job_id", "destination"]
  title       = "Host backup{{ with .data.destination }} to {{ . }}{{ end }} finished"
  body        = "The configuration of the host is saved."
  details = {
    Method  = "{{ .data.backend_label }}"
    Data    = "{{ .data.data_size }}"
    Archive = "{{ .data.archive_size }}"
    Took    = "{{ .data.duration }}"
    Job     = "{{ .data.job_id }}"
  }
}

event "host_backup_fail" {
  group    = "backups"
  severity = "CRITICAL"
  icon     = "❌"
  summary  = "A backup of the host itself failed."
  fields = {
    backend_label = "string"
    job_id        = "string"
    destination   = "string"
    profile_mode  = "string"
    duration      = "duration"
    reason        = "string"
    log_file      = "string"
  }
  fingerprint = ["host", "job_id", "destination"]
  title       = "Host backup{{ with .data.destination }} to {{ . }}{{ end }} failed"
  body        = <<-EOT
    {{ .data.reason | default `The configuration of the host could not be saved.` }}

    The last good copy stays valid. Check that the destination can be reached and has space.
  EOT
  details = {
    Method          = "{{ .data.backend_label }}"
    Job             = "{{ .data.job_id }}"
    "Gave up after" = "{{ .data.duration }}"
    Log             = "{{ .data.log_file }}"
  }
}

event "snapshot_complete" {
  group    = "backups"
  severity = "INFO"
  enabled  = false
  outcome  = "success"
  resolves = ["snapshot_fail"]
  icon     = "📸"
  summary  = "A snapshot of a guest was taken."
  fields = {
    vmid          = "number"
    vmname        = "string"
    snapshot_name = "string"
    duration      = "duration"
    user          = "string"
    upid          = "string"
  }
  fingerprint = ["vmid", "snapshot_name"]
  title       = "Snapshot{{ with .data.snapshot_name }} {{ . }}{{ end }} of {{ with .data.vmid }}guest {{ . }}{{ else }}a guest{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} taken"
  body        = "The guest can be rolled back to this point. A snapshot is no backup: it shares the guest's storage."
  details = {
    "Taken by" = "{{ .data.user }}"
    Took       = "{{ .data.duration }}"
  }
}

event "snapshot_fail" {
  group    = "backups"
  severity = "CRITICAL"
  icon     = "❌"
  summary  = "A snapshot of a guest could not be taken."
  fields = {
    vmid          = "number"
    vmname        = "string"
    snapshot_name = "string"
    reason        = "string"
    duration      = "duration"
    user          = "string"
    upid          = "string"
  }
  fingerprint = ["vmid"]
  title       = "Snapshot{{ with .data.snapshot_name }} {{ . }}{{ end }} of {{ with .data.vmid }}guest {{ . }}{{ else }}a guest{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} failed"
  body        = <<-EOT
    {{ .data.reason | default `Proxmox VE could not take the snapshot.` }}

    Check: pvesm status for free space; not every storage type can take snapshots.
  EOT
  details = {
    "Asked for by"  = "{{ .data.user }}"
    "Gave up after" = "{{ .data.duration }}"
  }
}
