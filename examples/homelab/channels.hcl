# The phone: what one wants to know soon.
#
# `when` is what a channel takes as long as no rule names channels. Severities
# are ordered, so >= 'WARNING' is WARNING and CRITICAL.
channel "telegram" "phone" {
  when      = "event.severity >= 'WARNING' or event.group in ['backups', 'updates']"
  bot_token = secret("telegram_bot_token")
  chat_id   = "123456789"

  # The nights of Friday and Saturday begin and end later. The days are those on
  # which a night begins. What happens meanwhile comes as one message at the
  # end, but for CRITICAL, which always comes through, and for `pass`.
  quiet_hours {
    hours = ["sun-thu 22:30-07:00", "fri,sat 23:30-09:30"]
    pass  = "glob(event.type, 'ups_*')"
  }

  # What merely informs (INFO, and not called live by the catalogue) is told once
  # a day: finished backups, updates.
  digest {
    at = "09:45"
  }

  toggles {
    system_mail = "digest" # WARNING, but in no hurry
    pve_update  = "live"   # INFO, and wanted at once
  }
}

# The mail box: a record, and a second way for what must not be lost.
channel "email" "mail" {
  when     = "event.severity >= 'WARNING'"
  host     = "smtp.example.org"
  username = "attic@example.org"
  password = secret("smtp_password")
  from     = "tocsin <attic@example.org>"
  to       = "me@example.org"
}
