# What tocsin says about itself, and how it draws what it does not know.

event "channel_failing" {
  group    = "health"
  severity = "WARNING"
  icon     = "📵"
  summary  = "A channel failed several times in a row; told over the other channels."
  fields = {
    channel  = "string"
    failures = "number"
    code     = "string"
    reason   = "string"
    remedy   = "string"
  }
  fingerprint = ["host", "channel"]
  title       = "{{ with .data.channel }}Channel {{ . }}{{ else }}A channel{{ end }} cannot deliver"
  body        = <<-EOT
    {{ with .data.reason }}Why: {{ . }}{{ else }}The service does not take messages.{{ end }}
    {{ with .data.remedy }}To do: {{ . }}{{ end }}

    What waits for it is kept and goes out once it works again. Check: tocsin channels
  EOT
  details = {
    Failures = "{{ .data.failures }}"
    Code     = "{{ .data.code }}"
  }
}

event "channel_recovered" {
  group    = "health"
  severity = "INFO"
  outcome  = "success"
  resolves = ["channel_failing"]
  icon     = "✅"
  summary  = "A channel that failed delivers again."
  fields = {
    channel  = "string"
    failures = "number"
    duration = "duration"
  }
  fingerprint = ["host", "channel"]
  title       = "{{ with .data.channel }}Channel {{ . }}{{ else }}A channel{{ end }} delivers again"
  body        = "What waited for it is on its way."
  details = {
    "Failures before" = "{{ .data.failures }}"
    "Failed for"      = "{{ .data.duration }}"
  }
}

event "config_rejected" {
  group    = "health"
  severity = "WARNING"
  icon     = "📝"
  summary  = "A change of the configuration has errors; the last good one stays in force."
  fields = {
    file   = "string"
    line   = "number"
    count  = "number" # of errors
    reason = "string"
  }
  fingerprint = ["host", "file", "line", "reason"]
  title       = "The changed configuration has {{ with .data.count }}{{ . }} {{ plural `error` `errors` . }}{{ else }}errors{{ end }}"
  body        = <<-EOT
    {{ if gt .data.count 1 }}{{ with .data.reason }}The first: {{ . }}{{ end }}{{ else }}{{ .data.reason | default `It could not be loaded.` }}{{ end }}

    tocsin goes on with the last good version. Check: tocsin check
  EOT
  details = {
    File = "{{ .data.file }}{{ with .data.line }}:{{ . }}{{ end }}"
  }
}

event "rate_limited" {
  group    = "health"
  severity = "INFO"
  icon     = "🚦"
  summary  = "More came in or had to go out than a limit allows."
  fields = {
    channel   = "string"
    source_ip = "string"
    limit     = "string"
    count     = "number"
    reason    = "string"
  }
  fingerprint = ["host", "channel", "source_ip"]
  title       = "{{ with .data.channel }}Channel {{ . }} is at its rate limit{{ else with .data.source_ip }}Requests from {{ . }} are over the limit{{ else }}A rate limit was reached{{ end }}"
  body        = "{{ .data.reason | default `Messages are merged into fewer, or requests are refused, until it calms down.` }}"
  details = {
    Limit    = "{{ .data.limit }}"
    Affected = "{{ .data.count }}"
  }
}

event "store_recovered" {
  group    = "health"
  severity = "CRITICAL"
  icon     = "🗄️"
  summary  = "The database was damaged: it was set aside, and what is readable of it was saved."
  fields = {
    path   = "string" # of the damaged file
    reason = "string"
    saved  = "string" # rows, by table
    pages  = "number" # that are unreadable
    rows   = "number" # likewise, on other pages
    older  = "bool"   # old records are in the file set aside alone
  }
  fingerprint = ["host", "path"]
  title       = "The database was damaged and is recovered"
  body        = <<-EOT
    tocsin works again, with a fresh database and the rows of the damaged one that are readable. {{ if or (gt .data.pages 0) (gt .data.rows 0) }}Some are lost: messages that waited may not come.{{ else }}No row is known to be lost.{{ end }}{{ if .data.older }} Older history stayed behind.{{ end }}

    Check disk and memory: dmesg, smartctl -a, memtest86+
  EOT
  details = {
    Damage      = "{{ .data.reason }}"
    Saved       = "{{ .data.saved }}"
    Unreadable  = "{{ with .data.pages }}{{ . }} {{ plural `page` `pages` . }}{{ end }}{{ if and .data.pages .data.rows }}, {{ end }}{{ with .data.rows }}{{ . }} {{ plural `row` `rows` . }}{{ end }}"
    "Set aside" = "{{ .data.path }}"
  }
}

event "history_failing" {
  group    = "health"
  severity = "WARNING"
  icon     = "🗒️"
  summary  = "The history cannot be written; messages are delivered all the same."
  fields = {
    tables = "list"
    reason = "string"
  }
  fingerprint = ["host"]
  title       = "The history cannot be written"
  body        = <<-EOT
    Messages are delivered all the same. What became of them from now on is not on record.
    {{ with .data.reason }}Why: {{ . }}{{ end }}

    Check: tocsin status, and what has altered the database
  EOT
  details = {
    Tables = "{{ join `, ` .data.tables }}"
  }
}

event "history_recovered" {
  group    = "health"
  severity = "INFO"
  outcome  = "success"
  resolves = ["history_failing"]
  icon     = "✅"
  summary  = "The history is written again."
  fields = {
    count    = "number" # rows that are lost
    duration = "duration"
  }
  fingerprint = ["host"]
  title       = "The history is written again"
  body        = "{{ with .data.count }}It lacks {{ . }} {{ plural `row` `rows` . }}.{{ else }}It lacks what happened meanwhile.{{ end }}"
  details = {
    Lasted = "{{ .data.duration }}"
  }
}

event "spool_rejected" {
  group    = "health"
  severity = "WARNING"
  icon     = "📮"
  summary  = "Something in the spool is no event and was set aside."
  fields = {
    file   = "string" # the first of them
    reason = "string"
    count  = "number"
    path   = "string" # where they lie now
  }
  fingerprint = ["host"]
  title       = "{{ if gt .data.count 1 }}{{ .data.count }} files{{ else }}A file{{ end }} of the spool could not be told"
  body        = <<-EOT
    {{ with .data.reason }}Why: {{ . }}{{ end }}

    If it was an event, somebody believes that you heard of it. Look at it, and send it anew with tocsin send.
  EOT
  details = {
    File        = "{{ .data.file }}"
    "Set aside" = "{{ .data.path }}"
  }
}

# The event's host is the one that is silent. It is heard of again when it says that it
# has started or that some finding of its own is over.
event "host_silent" {
  group    = "health"
  severity = "CRITICAL"
  icon     = "🔇"
  summary  = "A host that reports here has not been heard of for too long."
  fields = {
    last_seen = "time"
    duration  = "duration"
    reason    = "string"
  }
  fingerprint = ["host"]
  title       = "Host {{ with .data.duration }}has been silent for {{ . }}{{ else }}is silent{{ end }}"
  body        = <<-EOT
    {{ .data.reason | default `Nothing has come from it for too long: it is down, cut off, or its tocsin does not run.` }}

    Check: whether it answers, then systemctl status tocsin on it.
  EOT
  details = {
    "Last heard" = "{{ .data.last_seen }}"
  }
}

group "other" {
  title = "Other"
  icon  = "📨"
}

# Draws every event whose type no block declares, and the messages of people
# and scripts. Without a fingerprint list the host and all data count: only the
# very same message is a repeat.
event "custom" {
  group    = "other"
  severity = "INFO"
  icon     = "📨"
  summary  = "A message of yours, and every event of an unknown type."
  fields = {
    title        = "string"
    message      = "string"
    reason       = "string"
    report       = "string"
    pve_title    = "string"
    hostname     = "string" # as Proxmox names the host
    pve_type     = "string"
    pve_severity = "string"
    vmid         = "number"
    datastore    = "string"
    job_id       = "string"
    media        = "string"
    drive        = "string"
  }
  title = "{{ with .data.title | default .data.pve_title }}{{ . }}{{ else }}{{ ternary `Message` .type (eq .type `custom`) }}{{ end }}"
  body  = <<-EOT
    {{ with .data.report | default .data.message | default .data.reason }}{{ . }}{{ else }}
    {{ range $name, $value := .data }}{{ if and (ne $name `title`) (ne $name `pve_title`) }}{{ with toString $value }}{{ $name }}: {{ . }}
    {{ end }}{{ end }}{{ end }}{{ end }}
  EOT
  details = {
    Guest = "{{ with .guest.id }}{{ . }}{{ with $.guest.name }} ({{ . }}){{ end }}{{ end }}"
  }
}
