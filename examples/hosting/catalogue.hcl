# A door contact in each rack, which a script of the site raises.
event "rack_open" {
  group       = "security"
  severity    = "INFO"
  icon        = "🚪"
  summary     = "The door of a rack was opened."
  fields      = { rack = "string" }
  fingerprint = ["rack"]
  title       = "Rack {{ .data.rack }} is open"
}

event "rack_closed" {
  group       = "security"
  outcome     = "success"
  resolves    = ["rack_open"]
  icon        = "🔒"
  summary     = "The door of a rack was closed."
  fields      = { rack = "string" }
  fingerprint = ["rack"]
  title       = "Rack {{ .data.rack }} is closed"
}
