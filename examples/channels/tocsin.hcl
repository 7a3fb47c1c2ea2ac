# Another tocsin: events go there whole and are judged and told by its rules, such
# as one hub for the hosts of a company.
#
#   1. On the hub: tocsin token new pve1 --scope send
#   2. Here, with the token that it prints: tocsin secret set hub_token

channel "tocsin" "hub" {
  url   = "https://hub.example.org:8008"
  token = secret("hub_token")

  # In place of a token, the hub's webhook.secret, which then signs each request:
  # secret = secret("hub_webhook")

  # What another one forwarded here stays here.
  when = "event.source != 'forward'"
}
