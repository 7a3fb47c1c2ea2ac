# What the health checks find that has no event of its own, and the end of
# whatever they found. tocsin's own notices, also of this group, stand in
# own.hcl.
#
# error_key names one finding: it is the same in the event that tells of a
# fault and in the error_resolved that ends it.

# Carries the data of the finding that it ends. It has no fingerprint list, so
# that all of it counts: two recoveries are never taken for one.
event "error_resolved" {
  group    = "health"
  severity = "INFO"
  outcome  = "success"
  resolves = [
    "cpu_high",
    "ram_high",
    "temp_high",
    "load_high",
    "disk_space_low",
    "disk_io_error",
    "storage_unavailable",
    "mount_stale",
    "mount_readonly",
    "lxc_disk_low",
    "lxc_mount_low",
    "vm_disk_low",
    "pve_storage_full",
    "zfs_pool_full",
    "network_down",
    "network_latency",
    "service_fail",
    "system_problem",
    "new_error",
    "error_escalated",
    "health_issue_new",
    "host_silent",
    "pci_passthrough_conflict",
  ]
  icon    = "✅"
  summary = "What a health check had found is over."
  fields = {
    category          = "string"
    reason            = "string"
    entity            = "string"
    original_severity = "string"
    ends              = "string" # the type of event that is over: where that is off, this is
    duration          = "duration"
    error_key         = "string"
    note              = "string"
    value             = "number"
    vmid              = "number"
    lxc_id            = "number"
    mount             = "string"
    mount_target      = "string"
    storage           = "string"
    pool              = "string"
    pool_name         = "string"
    device            = "string"
    sensor            = "string"
    interface         = "string"
    link              = "string"
    node_id           = "string"
    gateway           = "string"
    unit              = "string"
    device_pci        = "string"
    pve_title         = "string"
  }
  title = <<-EOT
    {{ with coalesce .data.reason .data.pve_title .data.mount .data.mount_target .data.storage .data.pool_name .data.pool .data.device .data.sensor .data.interface .data.gateway .data.unit .data.entity }}Resolved: {{ abbrev 60 . }}
    {{ else with .data.link }}Resolved: cluster link {{ . }}{{ with $.data.node_id }} to node {{ . }}{{ end }}
    {{ else with or .data.vmid .data.lxc_id }}Resolved: guest {{ . }}{{ with $.guest.name }} ({{ . }}){{ end }}
    {{ else with .data.category }}Resolved: {{ abbrev 60 . }}
    {{ else }}A problem is resolved{{ end }}
  EOT
  body  = "The check that found it passes again."
  details = {
    Category    = "{{ .data.category }}"
    About       = "{{ .data.entity }}"
    Guest       = "{{ if coalesce .data.reason .data.mount .data.mount_target .data.entity }}{{ with or .data.vmid .data.lxc_id }}{{ . }}{{ with $.guest.name }} ({{ . }}){{ end }}{{ end }}{{ end }}"
    Was         = "{{ .data.original_severity }}"
    Lasted      = "{{ .data.duration }}"
    "Value now" = "{{ with .data.value }}{{ round . 1 }}{{ end }}"
  }
}

event "new_error" {
  group    = "health"
  severity = "WARNING"
  icon     = "🆘"
  summary  = "A health check found something that has no event of its own."
  fields = {
    category  = "string"
    severity  = "string"
    reason    = "string"
    entity    = "string"
    error_key = "string"
  }
  fingerprint = ["host", "category", "entity", "error_key"]
  title       = "{{ .data.reason | default `A health check found a problem` | abbrev 70 }}"
  body        = <<-EOT
    {{ if gt (len .data.reason) 70 }}{{ .data.reason }}{{ end }}

    Found by a health check. Check: journalctl -b -p warning
  EOT
  details = {
    Category = "{{ .data.category }}"
    About    = "{{ .data.entity }}"
  }
}

event "error_escalated" {
  group    = "health"
  severity = "CRITICAL"
  icon     = "🔺"
  summary  = "What a health check had found got worse."
  fields = {
    category  = "string"
    severity  = "string"
    reason    = "string"
    entity    = "string"
    error_key = "string"
  }
  fingerprint = ["host", "category", "entity", "error_key"]
  title       = "Got worse: {{ .data.reason | default .data.entity | default .data.category | default `a known problem` | abbrev 59 }}"
  body        = <<-EOT
    {{ if gt (len .data.reason) 59 }}{{ .data.reason }}{{ end }}

    It was a warning before and needs somebody now.
  EOT
  details = {
    Category = "{{ .data.category }}"
    About    = "{{ .data.entity }}"
  }
}

event "unknown_persistent" {
  group    = "health"
  severity = "WARNING"
  enabled  = false
  icon     = "❔"
  summary  = "A health check could not be evaluated three times in a row."
  fields = {
    category  = "string"
    reason    = "string"
    entity    = "string"
    error_key = "string"
  }
  fingerprint = ["host", "category", "error_key"]
  title       = "{{ with .data.entity }}{{ abbrev 40 . }}{{ else }}A health check{{ end }} cannot be checked"
  body        = <<-EOT
    {{ .data.reason | default `What it looks at cannot be read.` }}

    What was found before stays as it is until it can be read again.
  EOT
  details = {
    Category = "{{ .data.category }}"
  }
}

event "state_change" {
  group    = "health"
  severity = "WARNING"
  enabled  = false
  icon     = "🩺"
  summary  = "A category of health checks changed its level."
  fields = {
    category = "string"
    previous = "string"
    current  = "string"
    reason   = "string"
    entity   = "string"
  }
  fingerprint = ["host", "category"]
  title       = "Health{{ with .data.category }} of {{ . }}{{ end }} changed{{ with .data.current }} to {{ . }}{{ end }}"
  body        = "{{ .data.reason | default `The level changed; the single findings tell why.` }}"
  details = {
    Before = "{{ .data.previous }}"
    Now    = "{{ .data.current }}"
    About  = "{{ .data.entity }}"
  }
}

event "health_degraded" {
  group    = "health"
  severity = "WARNING"
  icon     = "⚠️"
  summary  = "One or more categories of health checks got worse."
  fields = {
    title      = "string"
    reason     = "string"
    count      = "number" # of categories
    categories = "list"
  }
  fingerprint = ["host", "title", "categories"]
  title       = "{{ with .data.title }}{{ . }}{{ else }}Health got worse{{ with .data.count }} in {{ . }} {{ plural `category` `categories` . }}{{ end }}{{ end }}"
  body        = "{{ .data.reason | default `The single findings tell what it is.` }}"
  details = {
    Categories = "{{ join `, ` .data.categories }}"
  }
}

event "health_persistent" {
  group    = "health"
  severity = "WARNING"
  icon     = "📋"
  summary  = "A daily reminder of findings that are still open."
  fields = {
    count      = "number"
    issue_list = "list"
    entity     = "string"
  }
  fingerprint = ["host"]
  title       = "{{ with .data.count }}{{ . }} {{ plural `problem is` `problems are` . }}{{ else }}Problems are{{ end }} still open"
  body        = <<-EOT
    {{ join "\n" .data.issue_list | default `Findings of the health checks wait for somebody.` }}
  EOT
  details = {
    About = "{{ .data.entity }}"
  }
}

event "health_issue_new" {
  group    = "health"
  severity = "WARNING"
  icon     = "🆘"
  summary  = "A health check of another program found something."
  fields = {
    category  = "string"
    severity  = "string"
    reason    = "string"
    entity    = "string"
    error_key = "string"
  }
  fingerprint = ["host", "category", "entity", "error_key"]
  title       = "{{ .data.reason | default `A health check found a problem` | abbrev 70 }}"
  body        = <<-EOT
    {{ if gt (len .data.reason) 70 }}{{ .data.reason }}{{ end }}

    Found by a health check of another program, which has the details.
  EOT
  details = {
    Category = "{{ .data.category }}"
    About    = "{{ .data.entity }}"
  }
}

event "health_issue_resolved" {
  group    = "health"
  severity = "INFO"
  outcome  = "success"
  resolves = ["health_issue_new"]
  icon     = "✅"
  summary  = "What a health check of another program had found is over."
  fields = {
    category  = "string"
    reason    = "string"
    entity    = "string"
    duration  = "duration"
    error_key = "string"
  }
  fingerprint = ["host", "category", "entity", "error_key"]
  title       = "{{ with coalesce .data.reason .data.entity .data.category }}Resolved: {{ abbrev 60 . }}{{ else }}A problem is resolved{{ end }}"
  body        = "The check that found it passes again."
  details = {
    Category = "{{ .data.category }}"
    About    = "{{ .data.entity }}"
    Lasted   = "{{ .data.duration }}"
  }
}
