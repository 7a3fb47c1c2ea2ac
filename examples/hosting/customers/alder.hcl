# alder: gold, three hosts of their own, a chat of their own.
channel "telegram" "alder" {
  when      = "event.data.customer == 'alder' and event.data.tell == 'now' and event.severity >= 'WARNING'"
  bot_token = secret("customers/alder_bot_token")
  chat_id   = "-1001000000001"
  rate      = "30/h" # of a night that goes wrong they want the gist

  # They do not want to know what goes on inside of their guests.
  toggles {
    lxc_disk_low = false
    vm_disk_low  = false
  }

  # Gold is told at any hour: what Telegram does not take in time, the NOC reads to
  # them over the phone.
  fallback {
    channel = "noc"
    after   = "10m"
  }
}
