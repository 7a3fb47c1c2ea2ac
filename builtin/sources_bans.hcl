# Fail2Ban and the firewall.
#
# Fail2Ban writes a file of its own, unless logtarget in /etc/fail2ban/fail2ban.local
# says otherwise. Where both tell of a ban it is the same event over the same address,
# so dedup keeps back the second.

source "journal" "fail2ban_ban" {
  identifiers = ["fail2ban", "fail2ban-server", "fail2ban.actions"]
  uids        = [0]
  pattern     = <<-RE
    ^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ )?(?:(?:fail2ban\.\w+ *)?(?:\[\d+\])?: )?(?:[A-Z]+ +)?\[(?P<jail>[^\]]+)\] Ban (?:::ffff:)?(?P<source_ip>[0-9A-Fa-f.:]+(?:/\d+)?)$
  RE
  emit        = "ip_block"
}

source "log" "fail2ban_ban" {
  path    = "/var/log/fail2ban.log"
  pattern = <<-RE
    ^(?:(?P<_time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:,\d+)? )?(?:fail2ban\.actions *(?:\[\d+\])?: )?(?:(?:NOTICE|WARNING) +)?\[(?P<jail>[^\]]+)\] Ban (?:::ffff:)?(?P<source_ip>[0-9A-Fa-f.:]+(?:/\d+)?)$
  RE
  time    = "2006-01-02 15:04:05"
  emit    = "ip_block"
}

source "journal" "firewall_failed" {
  identifiers = ["pve-firewall", "proxmox-firewall"]
  uids        = [0]
  priority    = "err"
  pattern     = <<-RE
    ^(?P<reason>(?i:(?:status )?update error|error|unable to|failed|can't|could not|cannot)\b.*)
  RE
  emit        = "firewall_issue"
  data        = { entity = "{{ .entry.identifier }}" }
}

source "journal" "firewall_rule_invalid" {
  identifiers = ["pve-firewall", "proxmox-firewall"]
  uids        = [0]
  pattern     = <<-RE
    ^(?P<entity>/etc/pve/\S+) \(line \d+\) - (?P<_what>.+)$
  RE
  emit        = "firewall_issue"
  data        = { reason = "{{ .match.entity }}: {{ .match._what }}" }
}
