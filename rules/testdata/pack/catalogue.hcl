# A small catalogue for the tests: a farm.

group "animals" {
  title = "Animals"
  icon  = "🐐"
}

group "barn" {
  title = "The barn"
}

event "goat_escaped" {
  group       = "animals"
  severity    = "WARNING"
  icon        = "🐐"
  summary     = "A goat is not where it should be."
  fields      = { name = "string", number = "number", weight = "bytes", away = "duration", seen = "time", friends = "list", horned = "bool" }
  fingerprint = ["name"]
  title       = "{{ .data.name }} is gone"
  body        = <<-EOT
    {{ .data.name }} went {{ .data.away }} ago.
      Look behind the barn.
  EOT
  details = {
    Number = "{{ .data.number }}"
    Weight = "{{ .data.weight }}"
  }
}

event "goat_back" {
  group       = "animals"
  severity    = "INFO"
  outcome     = "success"
  resolves    = ["goat_escaped"]
  fields      = { name = "string" }
  fingerprint = ["name"]
  title       = "{{ .data.name }} is back"
}

event "door_open" {
  group       = "barn"
  severity    = "WARNING"
  live        = true
  fields      = { door = "string" }
  fingerprint = []
  title       = "The {{ .data.door }} door is open"
}

event "hay_low" {
  group    = "barn"
  severity = "CRITICAL"
  enabled  = false
  title    = "Little hay"
}

event "custom" {
  group  = "barn"
  fields = { message = "string" }
  title  = "{{ .type }}"
  body   = "{{ .data.message }} {{ .data.anything }}"
}

burst "burst_goats" {
  events    = ["goat_escaped"]
  threshold = 3
  window    = "2m"
  by        = ["host"]
  title     = "{{ .count }} goats in {{ .window }}"
  body      = "{{ range .samples }}{{ .data.name }} {{ end }}{{ .data.name }}"
}

dedup {
  window = "10s"
}

cooldown {
  critical = "1m"
  warning  = "5m"
  info     = "15m"
  barn     = "1h"
}
