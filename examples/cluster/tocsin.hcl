tocsin {
  enabled      = true
  display_name = "hub"
  timezone     = "Europe/Vienna"
  read_only    = true # the repository is the only way in
}

# The five nodes post to this host.
api {
  listen        = "10.20.0.5:8008"
  tls_cert      = "/etc/tocsin/tls/hub.pem"
  tls_key       = "/etc/tocsin/tls/hub.key"
  allowed_hosts = ["hub.cluster.example"]
}

webhook {
  secret = secret("webhook")
  allow  = ["10.20.0.0/24"]
}

history {
  keep = "180d"
}
