# The hub of a hosting provider: 80 hosts at three sites post here, each customer
# hears of what is theirs, the NOC of everything that is CRITICAL.
#
#   locals.hcl      who is who: sites, hosts, customers, hours
#   catalogue.hcl   built-in events, changed for a provider
#   noise.hcl       dedup, cooldowns, bursts, switches
#   rules/          10 noise, 20 customers, 30 the NOC
#   channels/       the NOC's; each customer's stands in customers/
#   customers/      one file a customer; _template.hcl is not read
#   tests/          what all of it is meant to do

tocsin {
  enabled      = true
  display_name = "hub"
  timezone     = "Europe/Zurich"
  read_only    = true
}

api {
  listen        = ":8008"
  tls_cert      = "/etc/tocsin/tls/hub.pem"
  tls_key       = "/etc/tocsin/tls/hub.key"
  allowed_hosts = ["hub.hosting.example"]
  rate          = "200/s" # a token; each site has its own
}

# Proxmox VE on the hosts posts to the webhook with the secret; the addresses are
# those of the management networks.
webhook {
  secret = secret("webhook")
  allow  = ["10.11.0.0/16", "10.12.0.0/16", "10.13.0.0/16"]
  rate   = "600/m" # a host
}

history {
  keep = "400d" # contracts ask for a year
}
