# Channels choose by their `when`; here are the exceptions. A rule that names
# channels decides alone, whatever their `when`. Several that match add up.

rule "databases ring" {
  events   = ["vm_ct", "backups"]
  when     = "event.guest.pool == 'databases' and event.severity >= 'WARNING'"
  channels = ["platform", "on_call"]
}

rule "somebody changes who may do what" {
  events   = ["user_permission_change"]
  when     = "not during(event.time, local.office)"
  channels = ["infra", "platform"]
  severity = "WARNING"
}
