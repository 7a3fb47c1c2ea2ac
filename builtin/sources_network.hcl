# Network cards. While the host starts, drivers report links as down that are only
# not up yet.

source "journal" "link_down" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^[\w-]+(?: (?:[0-9a-f]{4}:[0-9a-f:.]+|\d+-[\d.]+:\d+\.\d+|[0-9a-f]+\.ethernet))?:? (?P<interface>[\w.-]+): (?:[\w-]+: )?(?:[\w.-]+ )?(?:NIC )?(?:Copper |Fibre |Fiber |SerDes )?[Ll]ink (?:is )?[Dd]own\.?$
  RE
  when        = "entry.uptime == nil or entry.uptime > duration('2m')"
  emit        = "network_down"
}

source "journal" "link_down_intel" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^\w+: (?P<interface>[\w.-]+) NIC Link is Down\b
  RE
  when        = "entry.uptime == nil or entry.uptime > duration('2m')"
  emit        = "network_down"
}

source "journal" "bond_link_down" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?:bonding: )?(?P<_bond>[\w.-]+): (?:\(slave (?P<interface>[\w.-]+)\): )?link status definitely down\b(?: for interface (?P<_old>[\w.-]+))?
  RE
  when        = "entry.uptime == nil or entry.uptime > duration('2m')"
  emit        = "network_down"
  severity    = "WARNING"
  data        = { interface = "{{ .match.interface | default .match._old }}", reason = "{{ .match._bond }} goes on over its other interfaces, if there are any." }
}

source "journal" "bond_without_link" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?P<interface>[\w.-]+): now running without any active interface
  RE
  when        = "entry.uptime == nil or entry.uptime > duration('2m')"
  emit        = "network_down"
  data        = { reason = "No interface of the bond has a link." }
}

source "journal" "networkd_link_down" {
  identifiers = ["systemd-networkd"]
  pattern     = <<-RE
    ^(?P<interface>(?:en|eth|bond|wl)[\w.-]*): Lost carrier$
  RE
  when        = <<-EOT
    (entry.uid == nil or entry.uid == 0 or entry.unit == 'systemd-networkd.service')
    and (entry.uptime == nil or entry.uptime > duration('2m'))
  EOT
  emit        = "network_down"
}

source "journal" "card_hung" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^[\w-]+ \S+ (?P<interface>[\w.-]+): (?:Detected (?:Hardware|Tx) Unit Hang|NETDEV WATCHDOG: .*timed out|PCIe link lost)
  RE
  emit        = "network_down"
  data        = { reason = "The network card hangs, and its driver resets it. Connections break meanwhile." }
}

source "journal" "card_timeout" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^NETDEV WATCHDOG: (?P<interface>[\w.-]+) \(\S+\): (?:CPU: \d+: )?transmit queue \d+ timed out
  RE
  emit        = "network_down"
  data        = { reason = "The network card does not send any more, and its driver resets it. Connections break meanwhile." }
}
