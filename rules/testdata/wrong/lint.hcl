tocsin {
  enabled = false # WARNING: nothing is dispatched
}

api {
  listen = "0.0.0.0:8008" # WARNING: plain HTTP on the network
}

cooldown {
  warning = "2m" # WARNING: warning is overruled by barn
}

toggles {
  barn    = true
  animals = false
}

channel "note" "all" { # WARNING: channel "all" takes everything
  to = "x"
}

channel "note" "exceptions" {
  to   = "z"
  when = "true"

  toggles {
    door_open = "live"
    custom    = false
    hay_low   = false
    barn      = "digest" # WARNING: barn changes nothing # WARNING: no digest to wait for
  }
}

channel "note" "some" {
  to   = "y"
  when = "event.type matches 'goat_*'" # WARNING: pattern looks like a glob

  toggles {
    critical  = true # WARNING: critical turns nothing on
    goat_back = true # WARNING: goat_back changes nothing
    animals   = "digest" # WARNING: animals changes nothing # WARNING: no digest to wait for
  }
}
