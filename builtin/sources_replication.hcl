# Storage replication is no task. Its state has for each guest and target when it
# last worked, and how often it failed since.

source "file" "replication_failed" {
  every    = "20s"
  path     = "/var/lib/pve-manager/pve-replication-state.json"
  optional = true
  each     = "result.json.*"
  when     = "item.fail_count > 0"
  emit     = "replication_fail"
  data = {
    vmid        = "{{ index .item.keys 0 }}"
    target_node = "{{ index .item.keys 1 | trimPrefix `local/` }}"
    failures    = "{{ .item.fail_count }}"
    reason      = "{{ .item.error | abbrev 1000 }}"
    last_sync   = "{{ if .item.last_sync }}{{ date `2006-01-02 15:04:05` .item.last_sync }}{{ else }}never{{ end }}"
  }
}

# Each run that worked. The event is off by default, and ends a failure all the same.
source "file" "replication_done" {
  every    = "20s"
  path     = "/var/lib/pve-manager/pve-replication-state.json"
  optional = true
  each     = "result.json.*"
  when     = "item.fail_count == 0 and item.last_sync > item.previous.last_sync"
  emit     = "replication_complete"
  data = {
    vmid        = "{{ index .item.keys 0 }}"
    target_node = "{{ index .item.keys 1 | trimPrefix `local/` }}"
  }
}
