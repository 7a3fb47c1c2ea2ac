# Interfaces, cluster links and the way out.

event "network_down" {
  group    = "network"
  severity = "CRITICAL"
  icon     = "🔌"
  summary  = "A bridge, a network interface in use or a cluster link is down."
  fields = {
    interface = "string"
    link      = "string" # of corosync, beside node_id
    node_id   = "string"
    reason    = "string"
    error_key = "string"
  }
  fingerprint = ["host", "interface", "link", "node_id"]
  title       = "{{ with .data.interface }}Network interface {{ . }}{{ else with .data.link }}Cluster link {{ . }}{{ with $.data.node_id }} to node {{ . }}{{ end }}{{ else }}A network link{{ end }} is down"
  body        = <<-EOT
    {{ .data.reason | default `Whatever uses it has lost its connection.` }}

    Check: cable and switch port, then ip -br link{{ if .data.link }} and corosync-cfgtool -s{{ end }}
  EOT
}

event "network_latency" {
  group    = "network"
  severity = "WARNING"
  enabled  = false
  icon     = "🐢"
  summary  = "The gateway answers slowly."
  fields = {
    value     = "number" # milliseconds
    threshold = "number"
    gateway   = "string"
    reason    = "string"
    error_key = "string"
  }
  fingerprint = ["host", "gateway", "error_key"]
  title       = "{{ with .data.gateway }}Gateway {{ . }}{{ else }}The gateway{{ end }} answers {{ with .data.value }}in {{ round . 1 }} ms{{ else }}slowly{{ end }}"
  body        = <<-EOT
    {{ .data.reason | default `The network is overloaded, or a link on the way is failing.` }}

    Check: the load of the uplink, and ping to the gateway from another host.
  EOT
  details = {
    Limit = "{{ with .data.threshold }}{{ . }} ms{{ end }}"
  }
}
