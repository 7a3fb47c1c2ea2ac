# CRITICAL always goes to the NOC, and it stays there until it ends: a reminder
# every hour, and after two hours to the one on duty.
#
# That it goes there at all is the `when` of channels/noc.hcl. These rules only
# remind.

rule "still open" {
  when     = "event.severity == 'CRITICAL'"
  events   = ["vm_ct", "backups", "storage", "network", "cluster", "services"]
  after    = "1h"
  every    = "1h"
  channels = ["noc"]
}

rule "still open after two hours" {
  when     = "event.severity == 'CRITICAL'"
  events   = ["storage", "network", "cluster"]
  after    = "2h"
  channels = ["duty"]
}

# A rack that is open outside of desk hours.
rule "nobody works on racks at night" {
  events   = ["rack_open"]
  when     = "not during(event.time, local.desk_hours)"
  severity = "CRITICAL"
}
