tocsin {
  enabled  = true
  timezone = "Europe/Madrid"
}

channel "note" "phone" {
  to   = "x"
  when = "true"
}

channel "note" "off" {
  enabled = false
  to      = "x"
  when    = "true"
}

channel "note" "nobody" {
  to   = "x"
  when = "false" # WARNING: nothing reaches channel "nobody"
}

rule "names" {
  events   = ["goat_escpaed", "animals", "door_*", "cat_*", "burst_goats", "critical", "[a-"] # ERROR: unknown event or group "goat_escpaed" # ERROR: "cat_*" fits no event # ERROR: burst_goats is a burst # ERROR: unknown event or group "critical" # ERROR: "[a-" is no glob
  channels = ["phon", "off", "phone", "phone"] # ERROR: unknown channel "phon" # WARNING: channel "off" is switched off # ERROR: channel "phone" twice
}

rule "empty" {
  events   = [] # ERROR: an empty list of events
  channels = [] # ERROR: an empty list of channels
}

rule "idle" { # WARNING: a rule that does nothing
  when = "event.host == 'barn'"
}

rule "drops and tells" {
  when     = "event.host == 'barn'"
  drop     = true
  channels = ["phone"] # ERROR: channels with drop
}

rule "again without first" {
  when     = "event.host == 'barn'"
  every    = "1h" # ERROR: every with no after
  channels = ["phone"]
}

rule "reminds and changes" {
  events   = ["goat_escaped"]
  after    = "30m"
  severity = "CRITICAL" # ERROR: severity with after
}

rule "reminds of what never ends" {
  events = ["door_open"]
  after  = "30m" # WARNING: nothing resolves any of these events
}

rule "too soon" {
  events = ["goat_escaped"]
  after  = "5s" # ERROR: after out of range
}

rule "data" {
  events      = ["door_open"]
  data        = { owner = "{{ .data.dor }}", Bad = "x" } # WARNING: no event of rule "data" has a field "dor" # ERROR: invalid field name "Bad"
  fingerprint = ["dorr"] # ERROR: unknown field "dorr"
}

rule "foreign" {
  events   = ["door_open"]
  when     = "event.data.number > 3 and event.data.owner == 'ops'" # WARNING: none of the events has a field "number"
  channels = ["phone"]
}

rule "contradiction" {
  when     = "event.type == 'door_open' and event.type == 'goat_back'" # WARNING: a condition that never holds
  channels = ["phone"]
}

rule "excluded" {
  events   = ["animals"]
  when     = "event.type == 'door_open'" # WARNING: a condition that none of the events fits
  channels = ["phone"]
}

rule "stops doors" {
  events = ["door_open", "hay_low"]
  stop   = true
}

rule "behind it" { # WARNING: a rule that is never reached
  events   = ["door_open"]
  channels = ["phone"]
}

rule "" { # ERROR: invalid name
  channels = ["phone"]
}

rule "syntax" {
  when     = "event.host = 'barn'" # ERROR: invalid condition
  channels = ["phone"]
}

rule "quoted" {
  when     = "event.host == \"barn\" and event.typ == 'x'" # ERROR: unknown name "event.typ"
  channels = ["phone"]
}

rule "heredoc" {
  when = <<-EOT
    event.host == 'barn'
      and glob(event.type, 'door_*')
      and event.data.naem == 'x' // WARNING: no event declares the data field "naem"
  EOT
  channels = ["phone"]
}
