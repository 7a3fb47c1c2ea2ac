# What is still open is told again: a rule with `after` is a reminder. Open is what
# some event resolves, until that one comes: node_reconnect ends
# node_disconnect, backup_complete ends backup_fail, error_resolved ends what the
# health checks found.

rule "15 minutes: whoever is on call, again" {
  events   = ["cluster", "storage", "backups", "services", "network"]
  when     = "event.severity == 'CRITICAL'"
  after    = "15m"
  every    = "1h"
  channels = ["on_call"]
}

rule "2 hours: the managers" {
  events   = ["cluster", "storage"]
  when     = "event.severity == 'CRITICAL'"
  after    = "2h"
  channels = ["managers"] # `every` is left out: once
}
