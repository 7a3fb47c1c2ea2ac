tocsin {
  enabled = true
}

channel "note" "phone" {
  to   = "x"
  when = "true"
  rate = "60/m" # as fast as the service: no news
  fallback {
    channel = "mial" # ERROR: unknown channel "mial"
  }
}

channel "note" "mail" {
  to      = "x"
  when    = "true"
  rate    = "61/m" # WARNING: a rate that limits nothing
  give_up = "10m"
  fallback { # ERROR: a fallback that never comes
    channel = "tablet"
  }
}

channel "bell" "tablet" {
  token = secret("bell")
  when  = "true"
  rate  = "1001/s" # ERROR: rate out of range
  fallback {
    channel = "tablet" # ERROR: a channel that falls back on itself
    after   = "30s" # ERROR: after out of range
  }
}

channel "bell" "lamp" {
  token = secret("bell")
  when  = "true"
  rate  = "1000/s"
  fallback {
    channel = "siren" # WARNING: channel "siren" is switched off
    after   = "72h" # ERROR: a fallback that never comes
  }
}

channel "bell" "siren" {
  token   = secret("bell")
  when    = "true"
  rate    = "0/d" # ERROR: rate is no rate
  enabled = false
  fallback {
    channel = "lamp"
  }
}

channel "bell" "horn" {
  token = secret("bell")
  when  = "true"
  rate  = "1000001/d" # ERROR: rate is no rate
  fallback { # ERROR: missing argument "channel"
    afer = "15m" # ERROR: unknown argument "afer"
  }
  fallback { # ERROR: fallback is there twice
    channel = "lamp"
  }
}

channel "bell" "gong" {
  token    = secret("bell")
  when     = "true"
  rate     = 30 # ERROR: rate is no rate
  fallback = "mail" # ERROR: fallback is a block
}

channel "bell" "first" { # two may stand in for each other
  token = secret("bell")
  when  = "true"
  fallback {
    channel = "second"
  }
}

channel "bell" "second" {
  token = secret("bell")
  when  = "false" # reached as a fallback
  fallback {
    channel = "first"
    after   = "1h"
  }
}

channel "bell" "labelled" {
  token = secret("bell")
  when  = "true"
  fallback "mail" { # ERROR: fallback takes no label
    channel = "mail"
  }
}
