tocsin {
  enabled = true
}

webhook { # ERROR: missing argument "secret"
  old_secret = secret("bell")
}
