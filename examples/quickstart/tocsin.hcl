# tocsin in one file: every event that comes in is printed on the terminal.
#
#   tocsin check examples/quickstart
#   tocsin serve --config examples/quickstart --data data
#
# In another terminal, pretend that a backup failed, as Proxmox VE would say it:
#
#   curl http://127.0.0.1:8008/api/notifications/webhook \
#     -H 'Content-Type: application/json' -d '{
#       "title": "vzdump backup status (pve1): backup failed", "message": "",
#       "severity": "error", "fields": {"type": "vzdump", "hostname": "pve1"}}'
#
# From this host the webhook needs no secret.

# Nothing leaves tocsin, and nothing of Proxmox VE is touched, until you say so.
tocsin {
  enabled = true

  # display_name = "home-lab"        # the host as messages name it
  # timezone     = "Europe/Madrid"   # in which they tell the time
}

# Where messages go. A channel without a condition takes every event; this one
# writes to standard output, or to a file when it is given a path.
channel "log" "console" {
}

# A phone, once you have a bot: keep its token with
# tocsin secret set phone_bot_token --config examples/quickstart
# and take the marks off.
#
# channel "telegram" "phone" {
#   when      = "event.severity >= 'WARNING' or event.group == 'backups'"
#   bot_token = secret("phone_bot_token")
#   chat_id   = "123456789"
# }

# What is told at all, for every channel. `tocsin events` lists the keys: event
# types, groups of them, and severities. The most specific key wins.
toggles {
  vm_shutdown = true # clean shutdowns are off unless asked for
  ct_shutdown = true
}
