# A node whose disk fills up says so for each mount. One message a host is enough,
# whichever it is: the fields that make two events the same are set here.
rule "one full disk a host" {
  events      = ["disk_space_low", "lxc_disk_low", "vm_disk_low", "lxc_mount_low"]
  fingerprint = ["host"]
}

rule "what is really full is CRITICAL" {
  events   = ["storage"]
  when     = "event.data.used_percent >= 97"
  severity = "CRITICAL"
}

# Customers test failovers, and their monitoring logs in with old passwords.
rule "guests that are tagged so do not count" {
  when = "any(event.guest.tags, # in ['lab', 'failover-test'])"
  drop = true
}

rule "our own scanner" {
  events = ["auth_fail", "ip_block"]
  when   = "cidr(event.data.source_ip, '10.11.250.0/24')"
  drop   = true
}
