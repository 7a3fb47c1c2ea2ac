# Logins, bans, the firewall and access rights.
#
# Names in these events come from whoever knocks at the door: templates show
# them, and never build a command from them.

event "auth_fail" {
  group    = "security"
  severity = "WARNING"
  icon     = "🚨"
  summary  = "A login was refused."
  fields = {
    source_ip = "string"
    user      = "string"
    service   = "string"
    method    = "string"
    port      = "number"
    reason    = "string"
  }
  fingerprint = ["host", "source_ip"]
  title       = "Failed login{{ with .data.user }} as {{ abbrev 32 . }}{{ end }}{{ with .data.source_ip }} from {{ . }}{{ end }}"
  body        = <<-EOT
    {{ .data.reason | default `One failure is often a typing mistake; a series is somebody guessing.` }}
  EOT
  details = {
    User    = "{{ if gt (len .data.user) 32 }}{{ abbrev 120 .data.user }}{{ end }}"
    Service = "{{ .data.service }}"
    Method  = "{{ .data.method }}"
  }
}

event "ip_block" {
  group    = "security"
  severity = "CRITICAL"
  icon     = "🚷"
  summary  = "Fail2Ban banned an address."
  fields = {
    source_ip = "string"
    jail      = "string"
    failures  = "number"
    duration  = "duration"
  }
  fingerprint = ["host", "source_ip", "jail"]
  title       = "Fail2Ban banned {{ .data.source_ip | default `an address` }}"
  body        = <<-EOT
    It failed too often and is locked out for a while.

    If the address is one of yours, fail2ban-client unban with it lets it in again.
  EOT
  details = {
    Jail            = "{{ .data.jail }}"
    "Failures seen" = "{{ .data.failures }}"
    "Banned for"    = "{{ .data.duration }}"
  }
}

event "firewall_issue" {
  group    = "security"
  severity = "WARNING"
  icon     = "🧱"
  summary  = "The Proxmox VE firewall reported an error."
  fields = {
    reason = "string"
    entity = "string"
  }
  fingerprint = ["host", "entity", "reason"]
  title       = "Firewall error{{ with .data.entity }}: {{ . }}{{ end }}"
  body        = <<-EOT
    {{ .data.reason | default `The firewall could not do what its rules say.` }}

    The rules in force may not be the ones you wrote. Check: pve-firewall compile
  EOT
}

event "user_permission_change" {
  group    = "security"
  severity = "INFO"
  icon     = "🔑"
  summary  = "A user, a group or access rights were changed."
  fields = {
    user           = "string"
    change_details = "string"
    service        = "string"
  }
  fingerprint = ["host", "user", "change_details"]
  title       = "Access rights changed{{ with .data.user }}: {{ abbrev 40 . }}{{ end }}"
  body        = <<-EOT
    {{ .data.change_details | default `A user or the rights of one were changed.` }}

    If nobody of yours did this, treat the host as broken into.
  EOT
  details = {
    User    = "{{ if gt (len .data.user) 40 }}{{ abbrev 120 .data.user }}{{ end }}"
    Through = "{{ .data.service }}"
  }
}
