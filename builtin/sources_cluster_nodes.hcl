# The nodes of the cluster by their names, as /etc/pve/.members has them. corosync
# tells the same sooner and by numbers; one of both is told (see the rule below).
# Where a node is alone, there is no list of nodes.

source "file" "cluster_nodes" {
  every    = "15s"
  path     = "/etc/pve/.members"
  optional = true
  each     = "result.json.nodelist"
  when     = "item.online == 0"
  emit     = "node_disconnect"
  resolved = "node_reconnect"
  data = {
    node    = "{{ index .item.keys 0 }}"
    node_id = "{{ .item.id }}"
  }
}

# What corosync writes and what /etc/pve/.members shows is the same node: dedup and
# cooldown keep the second back, and decisions show it.
rule "a node that corosync and the list of members tell" {
  events      = ["node_disconnect", "node_reconnect"]
  when        = "event.data.node_id != nil"
  fingerprint = ["node_id"]
}
