# A homelab: one Proxmox VE node, one person, a phone and a mail box.
#
#   channels.hcl   where messages go, and when they wait
#   events.hcl     what is told at all, and an event of one's own
#   rules.hcl      the exceptions
#   silences.hcl   patch sunday
#   tests.hcl      what all of this is meant to do, checked by a machine
#
# Copy the folder, then:
#
#   tocsin secret set telegram_bot_token --config homelab
#   tocsin secret set smtp_password --config homelab
#   tocsin check homelab
#   tocsin test homelab
#   tocsin serve --config homelab --data data

tocsin {
  enabled      = true
  display_name = "attic"         # as messages name this host
  timezone     = "Europe/Lisbon" # of quiet hours, digests and silences
}

# The webhook for Proxmox VE is at /api/notifications/webhook. From this host it
# needs no secret.
api {
  listen = "127.0.0.1:8008"
}

history {
  keep = "365d"
}
