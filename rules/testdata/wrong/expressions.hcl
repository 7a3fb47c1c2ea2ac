tocsin {
  enabled      = true
  display_name = "${HOST}" # ERROR: unknown variable "HOST"
}

locals {
  a    = local.b # ERROR: locals that need each other
  b    = local.c
  c    = "${local.a}!"
  self = local.self          # ERROR: locals that need each other
  user = local.a             # nothing is said about what follows from an error
  typo = local.usre          # ERROR: unknown local "usre"
  none = local               # ERROR: local is no value by itself
  fn   = uper("x")           # ERROR: unknown function "uper"
  now  = timestamp()         # ERROR: unknown function "timestamp"
  env  = env("NOT_SET")      # ERROR: env() failed
  file = file("../passwd")   # ERROR: file() failed
  sec  = file("secrets/key") # ERROR: file() failed
  bad  = parseint("x", 10)   # ERROR: parseint() failed
  wide = format("%09999d", 1) # ERROR: format() failed
  math = 1 + "x"             # ERROR: value that cannot be worked out
  huge = 1e309               # ERROR: number out of range
  digs = "${1e99999999}!"    # ERROR: number out of range
  tiny = [{ x = -1e-9999 }]  # ERROR: number out of range
  made = 1e300 * 1e300       # ERROR: number out of range
  list = [for x in 5 : x]    # ERROR: value that cannot be worked out
}

locals {
  fn = 1 # ERROR: local.fn is there twice
  inner { # ERROR: block in locals
  }
}

history {
  keep = local.user
}

event "kid_born" {
  group = upper(lower(oops)) # ERROR: unknown variable "oops"
}
