tocsin {
  enabled = true
}

channel "note" "phone" {
  to   = "x"
  when = "true"
}

source "command" "nothing" { # ERROR: missing arguments "every", "emit", "command", "when"
}

source "command" "shell" {
  every   = "5s" # ERROR: every out of range
  timeout = "1h" # ERROR: timeout out of range
  command = "ls -l | wc" # ERROR: program with blanks in its name
  when    = "result.stdot == 'x'" # ERROR: unknown name "result.stdot"
  emit    = "door_opn" # ERROR: unknown event "door_opn"
  colour  = "red" # ERROR: unknown argument "colour"
}

source "command" "relative" {
  every   = "1m"
  command = ["./here"] # ERROR: program by a relative path
  when    = "result.code == '1' or result.changed == 5" # ERROR: result.code is a number, not text # ERROR: result.changed is true or false, not a number
  emit    = "door_open"
}

source "command" "none" {
  every   = "1m"
  command = [] # ERROR: no program
  when    = "item.x == 1" # ERROR: unknown name "item"
  emit    = "door_open"
}

source "command" "secret" {
  every   = "1m"
  command = ["x", secret("bell")] # ERROR: secret in a value that is shown
  when    = "true"
  emit    = "door_open"
}

source "command" "patterns" {
  every   = "1m"
  command = ["x"]
  matches = {
    doors = "^(?P<door>\\w+) (?P<_wide>\\d+)$"
    Wide  = "x" # ERROR: invalid name "Wide"
    open  = "(x" # ERROR: invalid pattern
  }
  types = { width = "number" }
  each  = "result.matches.dors" # ERROR: no items at "result.matches.dors"
  when  = "len(result.matches.doors) > 'x'" # ERROR: operands that do not go together
  emit  = "door_open"
}

source "command" "items" {
  every   = "1m"
  command = ["x"]
  matches = { doors = "^(?P<door>\\w+)$" }
  each    = "result.matches.doors"
  key     = "door" # ERROR: the same key for every item
  when    = "item.dor == 'x' and item.previous.door != item.door" # ERROR: unknown name "item.dor"
  emit    = "door_open"
  data = {
    door   = "{{ .item.dor }} {{ .result.bdy }} {{ .match.x }}" # ERROR: unknown name ".item.dor" # ERROR: unknown name ".result.bdy" # ERROR: unknown name ".match.x"
    colour = "x" # ERROR: unknown field "colour"
  }
}

source "file" "paths" {
  every = "1m"
  path  = "etc/[x" # ERROR: invalid glob
  each  = "json.nodes" # ERROR: each = "json.nodes" does not lead to items of the result
  emit  = "door_open"
}

source "file" "resolved" {
  every    = "1m"
  path     = "/etc/hostname"
  when     = "result.changed"
  emit     = "goat_escaped"
  resolved = "goat_back" # ERROR: resolved with a condition about a change
}

source "file" "unresolved" {
  every    = "1m"
  path     = "/etc/hostname"
  when     = "not result.exists"
  emit     = "door_open"
  resolved = "goat_back" # WARNING: goat_back does not resolve door_open
}

source "http" "addresses" {
  every   = "1m"
  url     = "ftp://farm.example" # ERROR: url is no web address
  method  = "PUT" # ERROR: unknown method "PUT"
  headers = { "X Y" = "z" } # ERROR: invalid header
  timeout = "5m" # ERROR: timeout out of range
  when    = "result.status > 399"
  emit    = "door_open"
}

source "http" "shown" {
  every   = "1m"
  url     = "http://farm.example/x?key=hunter2" # WARNING: secret written into the file
  headers = { Authorization = "hunter2", Accept = "text/plain" } # WARNING: secret written into the file
  when    = "result.headers['last-modified'] != result.previous.headers['last-modified']"
  emit    = "door_open"
}

source "http" "held" {
  every = "1m"
  url   = secret("farm") # WARNING: secret "farm" is missing
  when  = "result.status > 399"
  emit  = "door_open"
}

source "cert" "both" {
  every   = "1m"
  address = "farm.example:443"
  path    = "/etc/farm.pem" # ERROR: address and path
  matches = { x = "y" } # ERROR: unknown argument "matches"
  when    = "result.days_left < 3"
  emit    = "door_open"
}

source "cert" "neither" { # ERROR: missing argument "address"
  every = "1m"
  when  = "result.days_left < 3"
  emit  = "door_open"
}

source "cert" "odd" {
  every   = "1m"
  address = "https://farm.example/x" # ERROR: address is no host with a port
  when    = "result.days_lft < 3" # ERROR: unknown name "result.days_lft"
  emit    = "door_open"
}
