# Probes: sources that look at something now and then. Take what you need.

tocsin {
  enabled = true
}

channel "log" "console" {}

# A mount that is not there. The state is told when it begins and when it ends.
event "mount_missing" {
  group       = "storage"
  severity    = "CRITICAL"
  fields      = { mount = "string" }
  fingerprint = ["host", "mount"]
  title       = "{{ .data.mount }} is not mounted"
}

event "mount_back" {
  group       = "storage"
  outcome     = "success"
  resolves    = ["mount_missing"]
  fields      = { mount = "string", duration = "duration" }
  fingerprint = ["host", "mount"]
  title       = "{{ .data.mount }} is mounted again"
}

source "file" "tank_mounted" {
  every    = "1m"
  path     = "/proc/mounts"
  matches  = { tank = "^\\S+ /tank " }
  when     = "len(result.matches.tank) == 0"
  emit     = "mount_missing"
  resolved = "mount_back"
  data     = { mount = "/tank" }
}

# A program's output: each line that fits is an item with a state of its own.
event "battery_low" {
  group       = "hardware"
  severity    = "WARNING"
  fields      = { ups = "string", charge = "number" }
  fingerprint = ["host", "ups"]
  title       = "The battery of {{ .data.ups }} is at {{ .data.charge }}%"
}

source "command" "ups_battery" {
  every   = "2m"
  command = ["upsc", "cellar@localhost"]
  matches = { charge = "^(?P<name>battery\\.charge): (?P<charge>\\d+)$" }
  each    = "result.matches.charge"
  key     = "{{ .item.name }}"
  when    = "item.charge < 40"
  emit    = "battery_low"
  data    = { ups = "cellar" }
}

# A site, with what it answers and what keeps it from answering.
event "site_down" {
  group       = "services"
  severity    = "CRITICAL"
  fields      = { site = "string", reason = "string" }
  fingerprint = ["site"]
  title       = "{{ .data.site }} is down"
  body        = "{{ .data.reason }}"
}

event "site_up" {
  group       = "services"
  outcome     = "success"
  resolves    = ["site_down"]
  fields      = { site = "string", duration = "duration" }
  fingerprint = ["site"]
  title       = "{{ .data.site }} is up again"
}

source "http" "wiki" {
  every    = "1m"
  url      = "https://wiki.example.org/health"
  headers  = { Authorization = secret("wiki_token") }
  timeout  = "10s"
  when     = "result.error != nil or result.status != 200"
  emit     = "site_down"
  resolved = "site_up"
  data = {
    site   = "wiki"
    reason = "{{ .result.error | default (print `It answers with ` .result.status) }}"
  }
}

# A new release on GitHub: a change, which is told once each time.
source "http" "zfs_release" {
  every = "12h"
  url   = "https://api.github.com/repos/openzfs/zfs/releases/latest"
  when  = "result.json.tag_name != result.previous.json.tag_name and result.previous != nil"
  emit  = "app_update_available"
  data = {
    app_name = "OpenZFS"
    latest   = "{{ .result.json.tag_name | trimPrefix `zfs-` }}"
  }
}

# A certificate that others depend on.
source "cert" "mail" {
  every    = "12h"
  address  = "mail.example.org:993"
  when     = "result.days_left < 14 or result.chain_error != nil"
  emit     = "new_error"
  resolved = "error_resolved"
  data = {
    category  = "services"
    entity    = "certificate of mail.example.org"
    error_key = "certificate_mail"
    reason    = "{{ .result.chain_error | default (print `The certificate ends in ` .result.days_left ` days`) }}"
  }
}
