tocsin {
  enabled = true
}

heartbeat { # ERROR: missing argument "url"
  every = "1m"
}
