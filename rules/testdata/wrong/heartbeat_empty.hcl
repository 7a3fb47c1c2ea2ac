tocsin {
  enabled = true
}

heartbeat {
  url = "" # ERROR: url is no web address
}
