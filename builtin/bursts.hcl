# Floods told as one. The first event of a flood goes out at once; when the
# window ends, one summary tells how many there were.
#
# In these templates .data holds what all events of the flood share, and
# .distinct the different values of their fingerprint fields.

burst "burst_auth_fail" {
  events    = ["auth_fail"]
  threshold = 3
  window    = "2m"
  by        = []
  samples   = 5
  severity  = "highest"
  icon      = "🚨"
  summary   = "Many logins were refused within a short time."
  title     = "{{ .count }} failed logins{{ with .window }} in {{ . }}{{ end }}"
  body      = <<-EOT
    {{ with .distinct.source_ip }}From {{ range $i, $address := . }}{{ if lt $i 10 }}{{ if $i }}, {{ end }}{{ $address }}{{ end }}{{ end }}{{ if gt (len .) 10 }} and others{{ end }}.{{ end }}

    Somebody is guessing passwords. Check that Fail2Ban or a firewall shuts them out.
  EOT
  details = {
    User    = "{{ abbrev 64 .data.user }}"
    Service = "{{ .data.service }}"
    First   = "{{ .first }}"
    Last    = "{{ .last }}"
  }
}

burst "burst_ip_block" {
  events    = ["ip_block"]
  threshold = 3
  window    = "2m"
  by        = []
  samples   = 5
  severity  = "highest"
  icon      = "🚷"
  summary   = "Fail2Ban banned many addresses within a short time."
  title     = "Fail2Ban banned {{ .count }} times{{ with .window }} in {{ . }}{{ end }}"
  body      = <<-EOT
    {{ with .distinct.source_ip }}{{ plural `Address` `Addresses` (len .) }}: {{ range $i, $address := . }}{{ if lt $i 10 }}{{ if $i }}, {{ end }}{{ $address }}{{ end }}{{ end }}{{ if gt (len .) 10 }} and others{{ end }}.{{ end }}

    Many addresses at once are an attack from many places. What need not be reached from outside is best shut.
  EOT
  details = {
    Jail  = "{{ join `, ` .distinct.jail | abbrev 200 }}"
    First = "{{ .first }}"
    Last  = "{{ .last }}"
  }
}

burst "burst_disk_io" {
  events    = ["disk_io_error"]
  threshold = 3
  window    = "1m"
  by        = ["host"] # several disks at once are one fault: a controller, a cable, the power
  samples   = 5
  severity  = "highest"
  icon      = "💥"
  summary   = "Several disk errors on one host within a short time."
  title     = "{{ .count }} disk errors{{ with .window }} in {{ . }}{{ end }}"
  body      = <<-EOT
    {{ with .distinct.device }}{{ plural `Disk` `Disks` (len .) }}: {{ join `, ` . | abbrev 300 }}.{{ end }}{{ with .distinct.pool }}{{ if $.distinct.device }} {{ end }}{{ plural `Pool` `Pools` (len .) }}: {{ join `, ` . | abbrev 300 }}.{{ end }}

    {{ range .samples }}{{ if .data.reason }}{{ with .data.device | default .data.pool }}{{ . }}: {{ end }}{{ abbrev 160 .data.reason }}
    {{ end }}{{ end }}

    Make sure that a current backup exists. Several disks at once point at the controller, a cable or the power supply.
    Check: zpool status -x, smartctl -a and journalctl -k
  EOT
  details = {
    First = "{{ .first }}"
    Last  = "{{ .last }}"
  }
}

burst "burst_cluster" {
  events    = ["split_brain", "node_disconnect"]
  threshold = 2
  window    = "5m"
  by        = [] # every node reports the same loss
  samples   = 12 # so that behind them the end of a fencing is told, too
  severity  = "highest"
  icon      = "💢"
  summary   = "Several faults of the cluster within a short time."
  title     = "{{ .count }} cluster faults{{ with .window }} in {{ . }}{{ end }}"
  body      = <<-EOT
    {{ with .distinct.node }}{{ plural `Node` `Nodes` (len .) }}: {{ join `, ` . | abbrev 300 }}.{{ end }}

    {{ range .samples }}{{ if .data.phase }}{{ with .data.node }}Node {{ . }}{{ else }}A node{{ end }} {{ if eq .data.phase `success` }}was fenced{{ else }}is being fenced{{ end }}
    {{ else }}{{ .host }}: {{ .data.reason | default (.type | replace `_` ` `) | abbrev 160 }}
    {{ end }}{{ end }}

    Check: pvecm status and ha-manager status on a node that still answers, then the cluster network.
  EOT
  details = {
    First = "{{ .first }}"
    Last  = "{{ .last }}"
  }
}

burst "burst_service_fail" {
  events    = ["service_fail"]
  threshold = 2
  window    = "90s"
  by        = ["host"]
  samples   = 5
  severity  = "highest"
  icon      = "❌"
  summary   = "Several services of one host failed within a short time."
  title     = "{{ .count }} service failures{{ with .window }} in {{ . }}{{ end }}"
  body      = <<-EOT
    {{ with .distinct.unit }}{{ plural `Unit` `Units` (len .) }}: {{ join `, ` . | abbrev 600 }}.{{ end }}

    One cause is likely: a full disk, a lost mount, no memory. Check: systemctl --failed, df -h and free -h
  EOT
  details = {
    First = "{{ .first }}"
    Last  = "{{ .last }}"
  }
}

burst "burst_system" {
  events    = ["system_problem"]
  threshold = 2
  window    = "90s"
  by        = ["host"]
  samples   = 5
  severity  = "highest"
  icon      = "⚠️"
  summary   = "Several problems on one host within a short time."
  title     = "{{ .count }} problems on the host{{ with .window }} in {{ . }}{{ end }}"
  body      = <<-EOT
    {{ range .samples }}{{ .data.pve_title | default .data.reason | default .data.message | abbrev 160 }}
    {{ end }}

    The first one is often the cause of the others. Check: journalctl -b -p err
  EOT
  details = {
    First = "{{ .first }}"
    Last  = "{{ .last }}"
  }
}

burst "burst_generic" {
  events    = ["oom_kill", "firewall_issue"]
  threshold = 2
  window    = "1m"
  by        = ["host", "type"] # unlike events are never one flood
  samples   = 5
  severity  = "highest"
  icon      = "🔁"
  summary   = "The same event many times on one host within a short time."
  title     = <<-EOT
    {{ $type := `` }}{{ with .samples }}{{ $type = (index . 0).type }}{{ end }}
    {{ if eq $type `oom_kill` }}Out of memory {{ .count }} times
    {{ else if eq $type `firewall_issue` }}{{ .count }} firewall errors
    {{ else }}{{ .count }} × {{ $type | replace `_` ` ` | default `the same event` }}
    {{ end }}{{ with .window }} in {{ . }}{{ end }}
  EOT
  body      = <<-EOT
    {{ range .samples }}{{ $why := .data.reason | default .data.unit | abbrev 160 }}{{ with .data.process | default .data.entity }}{{ abbrev 60 . }}{{ if $why }}: {{ end }}{{ end }}{{ $why }}
    {{ end }}

    The first one was told by itself; the history has them all.
  EOT
  details = {
    First = "{{ .first }}"
    Last  = "{{ .last }}"
  }
}
