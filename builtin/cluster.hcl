# Membership, quorum and fencing.

event "split_brain" {
  group    = "cluster"
  severity = "CRITICAL"
  icon     = "💢"
  summary  = "The cluster lost its majority or is split, or a node is being fenced."
  fields = {
    node         = "string" # the one that failed
    node_id      = "string"
    cluster      = "string"
    quorum       = "string"
    phase        = "string" # of fencing: start or success
    status       = "string"
    resources    = "list" # HA guests that ran on the node
    nodes        = "list"
    reason       = "string"
    message      = "string"
    hostname     = "string" # as Proxmox names the host
    pve_type     = "string"
    pve_severity = "string"
    pve_title    = "string"
  }
  fingerprint = ["host", "node", "phase"]
  title       = <<-EOT
    {{ if .data.phase }}{{ with .data.node }}Node {{ . }}{{ else }}A node{{ end }} {{ if eq .data.phase `success` }}was fenced{{ else }}is being fenced{{ end }}
    {{ else if .data.node }}Node {{ .data.node }} is cut off from the cluster
    {{ else }}The cluster has lost its majority{{ end }}
  EOT
  body        = <<-EOT
    {{ if eq .data.phase `success` }}The node is certain to be down, so its HA guests start on other nodes.
    {{ else if .data.phase }}The node stopped answering. Once it is certain to be down, its HA guests start on other nodes.
    {{ else }}Nodes no longer agree on who belongs to the cluster. Without a majority, /etc/pve is read-only and no guest can be started.
    {{ end }}

    {{ with .data.reason }}{{ if ne . $.data.status }}{{ . }}{{ end }}{{ end }}

    Check: pvecm status and ha-manager status on a node that still answers.
  EOT
  details = {
    Cluster  = "{{ .data.cluster }}"
    Status   = "{{ if ne .data.phase `start` }}{{ .data.status }}{{ end }}"
    Quorum   = "{{ .data.quorum }}"
    Affected = "{{ join `, ` .data.resources | abbrev 300 }}"
    Nodes    = "{{ join `, ` .data.nodes | abbrev 300 }}"
  }
}

event "node_disconnect" {
  group    = "cluster"
  severity = "CRITICAL"
  icon     = "🔌"
  summary  = "A node left the cluster or can no longer be reached."
  fields = {
    node    = "string"
    node_id = "string"
    reason  = "string"
    quorum  = "string"
  }
  fingerprint = ["host", "node", "node_id"]
  title       = "{{ with .data.node | default .data.node_id }}Node {{ . }}{{ else }}A node{{ end }} left the cluster"
  body        = <<-EOT
    {{ .data.reason | default `It is down, or the cluster network to it is broken.` }}

    Check: whether the node answers, then pvecm status and corosync-cfgtool -s.
  EOT
  details = {
    "Node number" = "{{ if .data.node }}{{ .data.node_id }}{{ end }}"
    Quorum        = "{{ .data.quorum }}"
  }
}

event "node_reconnect" {
  group    = "cluster"
  severity = "INFO"
  outcome  = "success"
  resolves = ["node_disconnect"]
  icon     = "✅"
  summary  = "A node is back in the cluster."
  fields = {
    node    = "string"
    node_id = "string"
    reason  = "string"
    quorum  = "string"
  }
  fingerprint = ["host", "node", "node_id"]
  title       = "{{ with .data.node | default .data.node_id }}Node {{ . }}{{ else }}A node{{ end }} is back in the cluster"
  body        = "{{ .data.reason | default `The cluster sees it again.` }}"
  details = {
    "Node number" = "{{ if .data.node }}{{ .data.node_id }}{{ end }}"
    Quorum        = "{{ .data.quorum }}"
  }
}
