tocsin {
  enabled = true
}

heartbeat {
  url = "https://hc.example/${secret("gone")}" # WARNING: secret "gone" is missing
}
