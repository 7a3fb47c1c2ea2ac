# Where messages go. A channel takes everything, unless its condition says
# otherwise. Try one with: tocsin channels test NAME

# This one writes to the daemon's own output, so to the journal of its unit.
channel "log" "journal" {
}

# Telegram: make a bot with @BotFather, write to it once, and keep its token
# with: tocsin secret set telegram_bot_token
#
# channel "telegram" "phone" {
#   when      = "event.severity >= 'WARNING' or event.group == 'backups'"
#   bot_token = secret("telegram_bot_token")
#   chat_id   = "-1001234567890"
#
#   quiet_hours {
#     hours = "22:30-07:00"              # told in one message at 07:00; CRITICAL comes through
#   }
#   digest {
#     at = "09:00"                       # what merely informs, once a day
#   }
# }

# E-mail over a relay on this host, without a password.
#
# channel "email" "mail" {
#   host = "127.0.0.1"
#   from = "tocsin@example.org"
#   to   = ["admin@example.org"]
# }
