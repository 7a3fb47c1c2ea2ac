tocsin {
  enabled      = "perhaps"     # ERROR: enabled is not true or false
  display_name = ["a"]         # ERROR: display_name is not text
  timezone     = "Moon/Apollo" # ERROR: unknown time zone
  edits        = "../out.hcl"  # ERROR: not a file of the configuration
  read_only    = 7             # ERROR: read_only is not true or false
}

api {
  listen        = "8008"                    # ERROR: not an address to listen on
  allowed_hosts = ["farm.lan", "http://x/"] # ERROR: "http://x/" is no host name
  rate          = "many"                    # ERROR: rate is no rate
  trusted_proxies = ["10.0.0.1", "::/0"]    # ERROR: trusted_proxies holds every address
}

webhook {
  max_age  = "0s"                      # ERROR: max_age out of range
  allow    = ["10.0.0.0/8", "barn"]    # ERROR: "barn" is no address
  rate     = "0/s"                     # ERROR: rate is no rate
  loopback = "secrte"                  # ERROR: unknown loopback "secrte"
}

store {
  url = "tocsin.db" # ERROR: not the address of a store
}

history {
  keep = 90 # ERROR: keep is not a duration
}

dedup {
  window = "ten seconds" # ERROR: window is no duration
}

cooldown {
  animals = 5      # ERROR: animals is not a duration
  barn    = "-1m"  # ERROR: barn is no duration
  info    = "300w" # ERROR: info out of range
}

burst "burst_doors" {
  events    = ["door_open"]
  threshold = 1.5      # ERROR: threshold out of range
  window    = "1ms"    # ERROR: window out of range
  samples   = "a few"  # ERROR: samples is not a number
  severity  = "higest" # ERROR: unknown severity "higest"
}

event "kid_born" {
  group       = "animals"
  severity    = "error"              # ERROR: unknown severity "error"
  outcome     = "succes"             # ERROR: unknown outcome "succes"
  icon        = "{{ .data.icon }}"   # WARNING: icon is no template
  fields      = { name = "strng" }   # ERROR: unknown type "strng"
  fingerprint = { a = 1 }            # ERROR: fingerprint is not a list
  resolves    = ["goat_back", 5, {}] # ERROR: resolves is not text
  details     = "none"               # ERROR: details is not a map
}

event "kid_weighed" {
  group  = "animals"
  fields = { number = "string", Name = "string" } # ERROR: field number with two types # ERROR: invalid field name "Name"
}

toggles {
  animals      = "sometimes" # ERROR: animals is not a switch
  goat_escaped = 1           # ERROR: goat_escaped is not a switch
}

channel "note" "values" {
  to      = true  # ERROR: to is not text
  topic   = "x"   # ERROR: topic is not a number
  urgent  = "yes" # ERROR: urgent is not true or false
  copies  = 5     # ERROR: copies is not a list
  rich    = []    # ERROR: rich is not true or false
  give_up = "1s"  # ERROR: give_up out of range
}

channel "note" "refused" {
  to = "nobody" # ERROR: nobody to write to
}

channel "note" "large" {
  to    = "me"
  topic = 1e300 # ERROR: topic out of range
}
