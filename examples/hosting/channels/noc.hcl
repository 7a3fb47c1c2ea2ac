# The wall of the NOC: CRITICAL of everybody, and what belongs to no customer.
channel "discord" "noc" {
  when        = "event.severity == 'CRITICAL' or event.severity == 'WARNING' and event.data.customer == nil"
  webhook_url = secret("noc_discord")
  username    = "tocsin"

  # Discord is not ours. When it fails, the phone rings.
  fallback {
    channel = "duty"
    after   = "5m"
  }
}

# In desk hours, warnings of customers are work for the desk; outside of them the
# customer decides by contract, and the desk reads of it in the morning.
channel "email" "desk" {
  when = "event.severity == 'WARNING' and event.data.customer != nil"
  host = "mail.hosting.example"
  tls  = "none" # a relay in the same rack
  from = "tocsin <hub@hosting.example>"
  to   = "desk@hosting.example"

  quiet_hours {
    hours = ["mon-thu 18:00-08:00", "fri 18:00-24:00", "sat,sun 00:00-24:00", "mon 00:00-08:00"]
  }
}

# The phone of whoever is on duty rings for what the NOC did not solve.
channel "gotify" "duty" {
  when  = false
  url   = "https://push.hosting.example"
  token = secret("duty_token")
}

# Everything, for the record: contracts are settled with it.
channel "log" "archive" {
  when = true
  path = "/var/log/tocsin/archive.log"
  rich = false
}
