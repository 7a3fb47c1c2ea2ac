tocsin {
  enabled      = true
  display_name = secret("bell") # ERROR: secret in a value that is shown
}

locals {
  bell   = secret("bell")
  both   = "${local.bell}-${secret("gone")}"
  number = parseint(local.bell, 10) # ERROR: parseint() failed
}

webhook {
  secret = secret("nowhere") # WARNING: secret "nowhere" is missing
}

store {
  url = "postgres://farm:${secret("lost")}@db/farm" # WARNING: secret "lost" is missing
}

channel "bell" "literal" {
  token = "hunter2-literal" # WARNING: secret written into the file
}

channel "bell" "held" {
  token = local.both # WARNING: secret "gone" is missing
}

channel "bell" "asleep" {
  enabled = false
  token   = secret("not there, and nobody minds")
}

channel "bell" "typed" {
  token = [] # ERROR: token is no text
}

channel "bell" "good" {
  token = "x-${local.bell}"
}

channel "note" "shown" {
  to  = "x-${local.bell}" # ERROR: secret in a value that is shown
  key = env("BELL")
}

channel "bell" "misspelt" {
  tokne = "hunter2-misspelt" # ERROR: unknown argument "tokne"
}

event "kid_born" {
  group   = "animals"
  details = { Bell = local.bell } # ERROR: secret in a value that is shown
}
