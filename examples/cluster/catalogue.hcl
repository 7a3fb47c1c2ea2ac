# What the built-in catalogue says of these events, changed where a cluster wants
# it otherwise. A block with the name of a built-in one lies over it.

# Each of the four other nodes tells of the node that is lost. It is one trouble,
# known by the lost node: who tells it is not part of what makes two events the
# same, neither for repeats nor for what ends them.
event "node_disconnect" {
  fingerprint = ["node"]

  details = {
    Runbook = "{{ .local.runbooks }}/{{ .type }}"
  }
}

event "node_reconnect" {
  fingerprint = ["node"]
}

# So there is no flood to be merged.
burst "burst_cluster" {
  enabled = false
}

# A storage is told by each node that mounts it. error_resolved ends it.
event "storage_unavailable" {
  fingerprint = ["storage"]

  details = {
    Runbook = "{{ .local.runbooks }}/{{ .type }}"
  }
}

event "pve_storage_full" {
  fingerprint = ["storage"]
}

cooldown {
  node_disconnect     = "10m"
  storage_unavailable = "10m"
  pve_storage_full    = "6h"
}
