# The nodes of the cluster, as /etc/pve/.members has them. corosync tells the same
# sooner, in the journal and by numbers. So a node is known by its number here, too:
# both are one event for dedup and cooldown, and what comes back ends both. Where a
# node is alone, there is no list of nodes.

source "file" "cluster_nodes" {
  every    = "15s"
  path     = "/etc/pve/.members"
  optional = true
  each     = "result.json.nodelist"
  when     = "item.online == 0"
  emit     = "node_disconnect"
  resolved = "node_reconnect"
  data = {
    node_id = "{{ .item.id }}"
    reason  = "It is the node {{ index .item.keys 0 }}{{ with .item.ip }} ({{ . }}){{ end }}."
  }
}
