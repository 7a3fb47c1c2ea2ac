# One cause, one message. While the cause is open, its effects are kept back;
# those that are still open when it ends are told then.

inhibit "guests of a lost node" {
  cause  = "event.type == 'node_disconnect'"
  effect = "event.group == 'vm_ct' and event.guest.node == cause.data.node"
}

# What the lost node itself still says, or what others say in its name.
inhibit "a lost node" {
  cause  = "event.type == 'node_disconnect'"
  effect = "event.group in ['services', 'network', 'resources'] and event.host == cause.data.node"
}

inhibit "backups without their storage" {
  cause  = "event.type == 'storage_unavailable'"
  effect = "event.group == 'backups' and event.data.storage == cause.data.storage"
  within = "12h"
}
