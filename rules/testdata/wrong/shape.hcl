tocsin {
  enabled = true
  enabeld = false # ERROR: unknown argument "enabeld"
  colour  = "red" # ERROR: unknown argument "colour"
}

tocsin { # ERROR: tocsin is there twice
  read_only = true
}

group "garden" {
}

group "garden" { # ERROR: group "garden" is there twice
  title = "The garden"
}

group "two" "labels" { # ERROR: group takes one label
}

group { # ERROR: group takes one label
}

history "long" { # ERROR: history takes no label
}

group "Not a name" { # ERROR: invalid name
}

evnet "goat_born" { # ERROR: unknown block "evnet"
  group = "animals"
}

note "shed" { # ERROR: unknown block "note"
}

stray   = "argument" # ERROR: argument "stray" outside of a block
toggles = {}         # ERROR: toggles is a block

event "no_group" { # ERROR: missing argument "group"
  severity = "INFO"
}

event "goat_escape" { # ERROR: missing argument "group"
  enabled = false
}

event "misspelt_group" {
  gruop = "animals" # ERROR: unknown argument "gruop"
}

event "block_for_argument" {
  group = "animals"
  details { # ERROR: details is an argument
    Name = "x"
  }
  digest { # ERROR: unknown block "digest"
  }
}

channel "note" "argument for block" {
  to      = "me"
  toggles = { animals = false } # ERROR: toggles is a block
}

channel "note" "twice" {
  to = "me"
  toggles {
    animals = false
  }
  toggles { # ERROR: toggles is there twice
    barn = false
  }
}

burst "burst_nothing" { # ERROR: missing arguments "events", "threshold", "window"
}

event "goat_born" {
  group = null # ERROR(-1): missing argument "group"
}

event "key_twice" {
  group   = "animals"
  details = { A = "1", B = "2", A = "3" } # ERROR: "A" is there twice
}
