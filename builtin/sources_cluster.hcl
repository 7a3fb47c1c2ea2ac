# Membership, quorum, fencing and guests under high availability.

source "journal" "corosync_link_down" {
  identifiers = ["corosync"]
  uids        = [0]
  pattern     = <<-RE
    ^\s*\[KNET *\] link: host: (?P<node_id>\d+) link: (?P<link>\d+) is down$
  RE
  emit        = "network_down"
  severity    = "WARNING"
  data        = { reason = "One of the links between the nodes is down. The cluster goes on as long as another one is left." }
}

source "journal" "corosync_node_lost" {
  identifiers = ["corosync"]
  uids        = [0]
  pattern     = <<-RE
    ^\s*\[KNET *\] (?:host: )+(?P<node_id>\d+) has no active links$
  RE
  emit        = "node_disconnect"
}

source "journal" "corosync_node_left" {
  identifiers = ["corosync"]
  uids        = [0]
  pattern     = <<-RE
    ^\s*\[(?:QUORUM|TOTEM) *\] (?:Sync left\[\d+\]: |A new membership \(\S+\) was formed\. Members(?: joined: [\d ]+)? left: |Failed to receive the leave message\. failed: )(?P<node_id>\d+(?: \d+)*)$
  RE
  emit        = "node_disconnect"
}

source "journal" "corosync_node_joined" {
  identifiers = ["corosync"]
  uids        = [0]
  pattern     = <<-RE
    ^\s*\[TOTEM *\] A new membership \(\S+\) was formed\. Members joined: (?P<node_id>\d+(?: \d+)*)$
  RE
  emit        = "node_reconnect"
}

source "journal" "corosync_no_quorum" {
  identifiers = ["corosync"]
  uids        = [0]
  pattern     = <<-RE
    ^\s*\[QUORUM *\] This node is within the non-primary component\b
  RE
  emit        = "split_brain"
}

source "journal" "pmxcfs_no_quorum" {
  identifiers = ["pmxcfs"]
  uids        = [0]
  pattern     = <<-RE
    ^\[status\] notice: node lost quorum$
  RE
  emit        = "split_brain"
}

source "journal" "ha_node_unknown" {
  identifiers = ["pve-ha-crm"]
  uids        = [0]
  pattern     = <<-RE
    ^node '(?P<node>[^']+)': state changed from '(?:online|maintenance)' => 'unknown'$
  RE
  emit        = "node_disconnect"
  data        = { reason = "The manager of high availability does not hear from it any more." }
}

source "journal" "ha_node_online" {
  identifiers = ["pve-ha-crm"]
  uids        = [0]
  pattern     = <<-RE
    ^node '(?P<node>[^']+)': state changed from '(?:unknown|fence)' => 'online'$
  RE
  emit        = "node_reconnect"
}

source "journal" "ha_fencing" {
  identifiers = ["pve-ha-crm"]
  uids        = [0]
  pattern     = <<-RE
    ^node '(?P<node>[^']+)': state changed from '\w+' => 'fence'$
  RE
  emit        = "split_brain"
  data        = { phase = "start" }
}

source "journal" "ha_fenced" {
  identifiers = ["pve-ha-crm"]
  uids        = [0]
  pattern     = <<-RE
    ^fencing: acknowledged - got agent lock for node '(?P<node>[^']+)'$
  RE
  emit        = "split_brain"
  data        = { phase = "success" }
}

source "journal" "ha_vm_failed" {
  identifiers = ["pve-ha-crm", "pve-ha-lrm"]
  uids        = [0]
  pattern     = <<-RE
    ^(?P<reason>(?:recovering service 'vm:(?P<vmid>\d+)' from fenced node '[^']+' failed|unable to (?P<action>start|stop)(?: stop)? service vm:(?P<_asked>\d+)|service 'vm:(?P<_errs>\d+)': state changed from '\w+' to 'error').*)
  RE
  emit        = "vm_fail"
  data        = { vmid = "{{ .match.vmid | default .match._asked | default .match._errs }}" }
}

source "journal" "ha_ct_failed" {
  identifiers = ["pve-ha-crm", "pve-ha-lrm"]
  uids        = [0]
  pattern     = <<-RE
    ^(?P<reason>(?:recovering service 'ct:(?P<vmid>\d+)' from fenced node '[^']+' failed|unable to (?P<action>start|stop)(?: stop)? service ct:(?P<_asked>\d+)|service 'ct:(?P<_errs>\d+)': state changed from '\w+' to 'error').*)
  RE
  emit        = "ct_fail"
  data        = { vmid = "{{ .match.vmid | default .match._asked | default .match._errs }}" }
}

source "journal" "ha_watchdog_expired" {
  identifiers = ["watchdog-mux"]
  uids        = [0]
  pattern     = <<-RE
    ^(?:client (?:\(PID \d+\) )?watchdog expired|client did not stop watchdog)\b
  RE
  emit        = "system_problem"
  data        = { entity = "watchdog", reason = "The watchdog of high availability expired: this host resets itself within seconds." }
}
