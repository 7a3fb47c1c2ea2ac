# The host itself: start and end, units, memory, and mail to root.

event "system_startup" {
  group    = "services"
  severity = "INFO"
  resolves = ["system_shutdown", "system_reboot", "host_silent"]
  icon     = "🚀"
  summary  = "The host has started; one report says what came up and what did not."
  fields = {
    summary                  = "string"
    reason                   = "string"
    has_issues               = "bool"
    vms_started              = "list"
    cts_started              = "list"
    vms_failed               = "list"
    cts_failed               = "list"
    services_failed          = "list"
    storage_unavailable      = "list"
    startup_duration_seconds = "duration"
    boot                     = "string" # names this start among others
  }
  fingerprint = ["host", "boot"]
  title       = "Host is up{{ if .data.has_issues }}, with problems{{ end }}"
  body        = "{{ .data.summary | default .data.reason | default `The host has started.` }}"
  details = {
    "VMs failed"         = "{{ join `, ` .data.vms_failed | abbrev 300 }}"
    "Containers failed"  = "{{ join `, ` .data.cts_failed | abbrev 300 }}"
    "Services failed"    = "{{ join `, ` .data.services_failed | abbrev 300 }}"
    "Storage missing"    = "{{ join `, ` .data.storage_unavailable | abbrev 300 }}"
    "VMs started"        = "{{ join `, ` .data.vms_started | abbrev 300 }}"
    "Containers started" = "{{ join `, ` .data.cts_started | abbrev 300 }}"
    Took                 = "{{ .data.startup_duration_seconds }}"
  }
}

event "system_shutdown" {
  group       = "services"
  severity    = "CRITICAL"
  live        = true
  icon        = "⏻️"
  summary     = "The host is powering off or halting."
  fields      = { reason = "string", user = "string" }
  fingerprint = ["host"]
  title       = "Host is shutting down"
  body        = <<-EOT
    {{ .data.reason | default `Its guests go down with it, and it stays off until it is switched on.` }}
  EOT
  details = {
    "Asked for by" = "{{ .data.user }}"
  }
}

event "system_reboot" {
  group       = "services"
  severity    = "CRITICAL"
  live        = true
  icon        = "🔄"
  summary     = "The host is rebooting."
  fields      = { reason = "string", user = "string" }
  fingerprint = ["host"]
  title       = "Host is rebooting"
  body        = <<-EOT
    {{ .data.reason | default `Its guests go down with it; those with start at boot come back by themselves.` }}
  EOT
  details = {
    "Asked for by" = "{{ .data.user }}"
  }
}

# Not drawn as good news: the check after the restore may have found problems.
event "system_restore_completed" {
  group    = "services"
  severity = "INFO"
  icon     = "♻️"
  summary  = "The work in the background after a restore of the host is finished."
  fields = {
    guests      = "list"
    stubs       = "string"
    stale_nodes = "string"
    components  = "string"
    duration    = "duration"
    warnings    = "list"
    reason      = "string"
  }
  fingerprint = ["host"]
  title       = "Host restore finished{{ if .data.warnings }}, with warnings{{ end }}"
  body        = <<-EOT
    {{ .data.reason | default (join "\n" .data.warnings) | default `The host is restored; guests still need their disks from their own backups.` }}
  EOT
  details = {
    Guests          = "{{ join `, ` .data.guests | abbrev 300 }}"
    "Without disks" = "{{ .data.stubs }}"
    "Stale nodes"   = "{{ .data.stale_nodes }}"
    Restored        = "{{ .data.components }}"
    Took            = "{{ .data.duration }}"
  }
}

event "system_problem" {
  group    = "services"
  severity = "CRITICAL"
  icon     = "⚠️"
  summary  = "The kernel, a log or Proxmox VE reports a fault that has no event of its own."
  fields = {
    reason       = "string"
    entity       = "string"
    process      = "string"
    device       = "string"
    unit         = "string"
    vmid         = "number"
    report       = "string"
    message      = "string"
    hostname     = "string" # as Proxmox names the host
    pve_type     = "string"
    pve_severity = "string"
    pve_title    = "string"
  }
  fingerprint = ["host", "entity", "reason", "pve_title"]
  title       = "{{ .data.pve_title | default .data.reason | default `Problem on the host` | abbrev 70 }}"
  body        = <<-EOT
    {{ if or .data.report .data.message }}{{ .data.report | default .data.message }}
    {{ else if or .data.pve_title (gt (len .data.reason) 70) }}{{ .data.reason }}
    {{ else if not .data.reason }}Something is wrong, and the event says no more.
    {{ end }}

    {{ if not .data.pve_type }}Check: journalctl -b -p err shows what came before and after.{{ end }}
  EOT
  details = {
    About   = "{{ .data.entity }}"
    Process = "{{ abbrev 64 .data.process }}"
    Device  = "{{ .data.device }}"
    Unit    = "{{ .data.unit }}"
    Guest   = "{{ .data.vmid }}"
  }
}

event "service_fail" {
  group    = "services"
  severity = "WARNING"
  icon     = "❌"
  summary  = "A systemd unit failed, or a service that Proxmox VE needs is not running."
  fields = {
    unit      = "string"
    reason    = "string"
    result    = "string" # systemd's word: exit-code, timeout, oom-kill
    error_key = "string"
  }
  fingerprint = ["host", "unit"]
  title       = "{{ with .data.unit }}Service {{ . }}{{ else }}A service{{ end }} failed"
  body        = <<-EOT
    {{ .data.reason | default `It ended with an error or could not be started.` }}

    Check: systemctl --failed, then the journal of the unit.
  EOT
  details = {
    Result = "{{ .data.result }}"
  }
}

event "oom_kill" {
  group    = "services"
  severity = "CRITICAL"
  icon     = "💣"
  summary  = "The kernel ended a process because memory ran out."
  fields = {
    process = "string"
    pid     = "number"
    unit    = "string"
    vmid    = "number"
    rss     = "bytes"
    reason  = "string"
  }
  fingerprint = ["host", "process", "unit", "vmid"]
  title       = "Out of memory: {{ with .data.process | default .data.unit }}{{ abbrev 40 . }}{{ else }}a process{{ end }} was killed{{ with .data.vmid }} (guest {{ . }}){{ end }}"
  body        = <<-EOT
    {{ .data.reason | default `Nothing was left to give, so the kernel ended a process. A virtual machine that was hit is off.` }}

    Check: free -h, the memory of the guests, and qm list for guests that stopped.
  EOT
  details = {
    Process          = "{{ if gt (len .data.process) 40 }}{{ abbrev 120 .data.process }}{{ end }}"
    Unit             = "{{ .data.unit }}"
    "Memory it held" = "{{ .data.rss }}"
  }
}

event "system_mail" {
  group    = "services"
  severity = "WARNING"
  icon     = "📧"
  summary  = "Mail to root that Proxmox VE passes on: smartd, ZFS, mdadm, apt and others."
  fields = {
    subject      = "string"
    program      = "string"
    command      = "string"
    user         = "string"
    reason       = "string"
    message      = "string"
    hostname     = "string" # as Proxmox names the host
    pve_type     = "string"
    pve_severity = "string"
    pve_title    = "string"
  }
  fingerprint = ["host", "subject", "pve_title", "reason"]
  title       = "{{ with .data.command }}Mail from cron job {{ abbrev 50 . }}{{ else }}{{ $.data.pve_title | default $.data.subject | default `Mail to root without a subject` }}{{ end }}"
  body        = "{{ .data.message | default .data.reason | default `The mail has no text.` }}"
  details = {
    Program = "{{ if not .data.command }}{{ .data.program }}{{ end }}"
    User    = "{{ .data.user }}"
  }
}

event "cron_output" {
  group    = "services"
  severity = "INFO"
  enabled  = false
  icon     = "🕰️"
  summary  = "The output of a cron job that Proxmox VE passes on as mail."
  fields = {
    subject      = "string"
    program      = "string"
    command      = "string"
    user         = "string"
    reason       = "string"
    message      = "string"
    hostname     = "string" # as Proxmox names the host
    pve_type     = "string"
    pve_severity = "string"
    pve_title    = "string"
  }
  fingerprint = ["host", "subject", "pve_title", "reason"]
  title       = "{{ with .data.command }}Cron job {{ abbrev 50 . }} wrote something{{ else }}{{ $.data.pve_title | default $.data.subject | default `A cron job wrote something` }}{{ end }}"
  body        = "{{ .data.message | default .data.reason | default `There is no text.` }}"
  details = {
    User = "{{ .data.user }}"
  }
}
