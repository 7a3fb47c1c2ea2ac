tocsin {
  enabled = true
}

group "goat_escaped" { # ERROR(+0): "goat_escaped" is the name of an event too
}

group "critical" { # ERROR: "critical" is a severity
}

event "barn" { # ERROR: "barn" is the name of a group too
  group = "barn"
}

burst "door_open" { # ERROR: "door_open" is the name of an event too
  events    = ["door_open"]
  threshold = 2
  window    = "1m"
}

event "kid_born" {
  group       = "animal"                           # ERROR: unknown group "animal"
  fields      = { mother = "string" }
  fingerprint = ["mothre", "host"]                 # ERROR: unknown field "mothre"
  resolves    = ["goat_escape", "burst_goats"]     # ERROR: unknown event "goat_escape" # ERROR: burst_goats is a burst
}

event "goat_found" {
  group    = "animals"
  fields   = { place = "string" }
  resolves = ["goat_escaped"] # WARNING: goat_escaped can never be resolved by goat_found
}

burst "burst_doors" {
  events    = ["door_opne", "goat_escaped"] # ERROR: unknown event "door_opne" # ERROR: goat_escaped is counted by two bursts
  threshold = 2
  window    = "1m"
  by        = ["hots"] # ERROR: unknown field "hots"
}

toggles {
  animasl     = true  # ERROR: unknown key "animasl"
  burst_goats = false # ERROR: burst_goats is a burst
  WARNING     = true  # ERROR: unknown key "WARNING"
}

cooldown {
  door_opn = "1m" # ERROR: unknown key "door_opn"
}

channel "note" "shed" {
  to = "shed"
}

channel "bell" "shed" { # ERROR: two channels are called "shed"
  token = secret("bell")
}

channel "note" "bell" { # ERROR: "bell" is the name of a kind
  to = "x"
}

channel "note" "a/b" { # ERROR: invalid name
  to = "x"
}

channel "noet" "typo" { # ERROR: unknown kind of channel "noet"
  to = "x"
}

channel "note" "field" {
  too = "x" # ERROR: unknown argument "too"
}
