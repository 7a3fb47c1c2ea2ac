tocsin {
  enabled = true
}

locals {
  key  = secret("bell")
  farm = "upper"
}

event "kid_born" {
  group  = "animals"
  fields = { name = "string", number = "number", weight = "bytes" }
  title  = "{{ .data.nmae }} of {{ .name }}"                   # WARNING: event "kid_born" declares no field "nmae" # ERROR: unknown name ".name"
  body   = "{{ .data.name "                                     # ERROR: unclosed action
  details = {
    Weight = "{{ .data.weight | default `?` }}" # WARNING: default on a number
    Farm   = "{{ .local.farm }} {{ .local.frm }}" # ERROR: unknown name ".local.frm"
    Key    = "{{ .local.key }}"                   # ERROR: local.key is secret
    Guest  = "{{ .guest.nmae }}"                  # ERROR: unknown name ".guest.nmae"
    Host   = "{{ .hots }}"                        # ERROR: unknown name ".hots"
    Count  = "{{ .count }}"                       # ERROR: unknown name ".count"
    ""     = "x"                                  # ERROR: invalid label
    Bad    = "{{ nosuch .data.name }}"            # ERROR: unknown function
  }
}

event "kid_named" {
  group  = "animals"
  fields = { name = "string" }
  body   = <<-EOT
    Here comes
      a new one: {{ .data.nam }}. {{/* WARNING: event "kid_named" declares no field "nam" */}}
  EOT
}

event "kid_open" {
  group  = "animals"
  fields = { name = "string" }
  body   = <<-EOT
    Here comes
    {{ if .data.name }}                {{/* ERROR: missing end */}}
  EOT
}

burst "burst_kids" {
  events    = ["kid_born"]
  threshold = 2
  window    = "1m"
  title     = "{{ .count }} kids, {{ .data.colour }}" # WARNING: burst "burst_kids" declares no field "colour"
}
