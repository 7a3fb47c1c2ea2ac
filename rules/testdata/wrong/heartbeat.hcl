tocsin {
  enabled = true
}

heartbeat {
  url    = "ftp://hunter2-secret@hc.example/ping" # ERROR: url is no web address # WARNING: secret written into the file
  every  = "2s" # ERROR: every out of range
  jitter = "1s" # ERROR: unknown argument "jitter"
}
