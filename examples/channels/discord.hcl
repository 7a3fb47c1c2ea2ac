# Discord: a message to a channel of a server, by a webhook.
#
# In Discord, open the settings of the channel, Integrations, Webhooks, and make
# one. Copy its URL into secrets/discord_webhook: whoever knows it can post.

channel "discord" "ops" {
  webhook_url = secret("discord_webhook")

  # username  = "tocsin"              # the name to appear under
  # thread_id = "1122334455667788990" # a thread; forum channels need one

  # What it takes when no rule names a channel. Left out: every event.
  when = "event.severity >= 'WARNING' or event.group == 'backups'"
}
