# The health of the host: what is looked at, how often, and when that is bad. An event
# gets the fields of the item that it declares by itself. Thresholds are arguments, so a
# block of the same name in your configuration changes one by one line.
#
# Bans and failed logins are told by the sources over the journal, lost nodes and a lost
# majority by those of the cluster: they are not checked a second time here.

# CPU, load and temperature.

source "health" "cpu" {
  category = "cpu"
  every    = "10s"
  value    = "host.cpu.used_percent"
  warning  = "value >= 85"
  critical = "value >= 95"
  clear    = "value < 75"
  sustain  = "2m"
  emit     = "cpu_high"
}

source "health" "load" {
  category = "cpu"
  every    = "1m"
  value    = "host.load.load15"
  warning  = "value > host.load.cores"
  clear    = "value < host.load.cores * 0.8"
  sustain  = "10m"
  emit     = "load_high"
  data     = { threshold = "{{ .host.load.cores }}" }
}

# Of a processor the whole, not each of its cores.
source "health" "cpu_temperature" {
  category = "cpu"
  each     = "host.temperatures"
  exclude  = ["* Core *", "* Tccd*"]
  every    = "30s"
  when     = "item.kind == 'cpu'"
  value    = "item.celsius"
  warning  = "value >= 80"
  critical = "value >= 90"
  clear    = "value < 75"
  sustain  = "3m"
  emit     = "temp_high"
}

# Memory and swap.

source "health" "memory" {
  category = "memory"
  every    = "30s"
  value    = "host.memory.used_percent"
  warning  = "value >= 85"
  critical = "value >= 95"
  clear    = "value < 80"
  sustain  = "4m"
  emit     = "ram_high"
}

# Swap in use is common and harmless; it matters once memory is short as well.
source "health" "swap" {
  category = "memory"
  every    = "30s"
  value    = "host.memory.swap_used_percent"
  warning  = "value >= 80 and host.memory.used_percent >= 85"
  clear    = "value < 70 or host.memory.used_percent < 80"
  sustain  = "4m"
  data     = { reason = "Swap is {{ round .value 1 }}% used while memory is short" }
}

# File systems of the host. Those of containers that show on it are told as such below.

source "health" "mounts" {
  category = "storage"
  each     = "host.mounts"
  exclude  = ["*/subvol-*-disk-*", "/var/lib/lxc/*"]
  every    = "5m"
  when     = "item.fstype not in ['squashfs', 'iso9660', 'udf', 'erofs']"
  value    = "item.used_percent"
  warning  = "value >= 85"
  critical = "value >= 95"
  clear    = "value < 83"
  sustain  = "10m"
  emit     = "disk_space_low"
}

source "health" "inodes" {
  category = "storage"
  each     = "host.mounts"
  exclude  = ["*/subvol-*-disk-*", "/var/lib/lxc/*"]
  every    = "5m"
  when     = "item.inodes_used_percent != nil" # not every file system counts them
  value    = "item.inodes_used_percent"
  warning  = "value >= 85"
  critical = "value >= 95"
  clear    = "value < 83"
  sustain  = "10m"
  emit     = "disk_space_low"
  data = {
    mount        = "{{ .item.mount }} (inodes)"
    used_percent = ""
    reason       = "Of all the files that {{ .item.mount }} can hold, {{ round .value 1 }}% exist. No new one can be made then, however much space is left."
  }
}

# One that is read-only on purpose is named in exclude, or its dataset is of ZFS, which has
# no other way to be.
source "health" "mounts_readonly" {
  category = "disks"
  each     = "host.mounts"
  every    = "1m"
  when     = "item.fstype not in ['squashfs', 'iso9660', 'udf', 'erofs', 'zfs']"
  value    = "item.readonly"
  critical = "value"
  sustain  = "1m"
  emit     = "disk_io_error"
  data     = { reason = "{{ .item.mount }} is read-only. The kernel does that when a file system is damaged." }
}

source "health" "mounts_stale" {
  category = "storage"
  each     = "host.remote_mounts"
  every    = "1m"
  when     = "host.uptime.duration > duration('5m')"
  value    = "item.stale"
  critical = "value"
  sustain  = "1m"
  emit     = "mount_stale"
}

source "health" "remote_mounts_readonly" {
  category = "storage"
  each     = "host.remote_mounts"
  every    = "5m"
  when     = "not item.stale"
  value    = "item.readonly"
  warning  = "value"
  emit     = "mount_readonly"
}

# Storages of Proxmox VE, and the pools below them.

source "health" "storages" {
  category = "storage"
  each     = "host.pve_storages"
  every    = "2m"
  when     = "host.uptime.duration > duration('5m')"
  value    = "item.status"
  critical = "value != 'available'"
  sustain  = "2m"
  emit     = "storage_unavailable"
}

# Those that are folders are told by their file systems, those of ZFS by their pools.
source "health" "storage_space" {
  category = "storage"
  each     = "host.pve_storages"
  every    = "5m"
  when     = "item.status == 'available' and item.storage_type not in ['dir', 'btrfs', 'zfspool'] and item.used_percent != nil"
  value    = "item.used_percent"
  warning  = "value >= 85"
  critical = "value >= 95"
  clear    = "value < 83"
  sustain  = "10m"
  emit     = "pve_storage_full"
}

# Of thin pools: their data is told by the storage, their metadata is seen by nobody else.
source "health" "thin_metadata" {
  category = "storage"
  each     = "host.thin_pools"
  every    = "5m"
  value    = "item.metadata_percent"
  warning  = "value >= 85"
  critical = "value >= 95"
  clear    = "value < 83"
  emit     = "pve_storage_full"
  data     = { storage = "{{ .item.place }} (metadata)", storage_type = "lvmthin", used_percent = "" }
}

source "health" "zfs_space" {
  category = "storage"
  each     = "host.zfs_pools"
  every    = "5m"
  value    = "item.used_percent"
  warning  = "value >= 85"
  critical = "value >= 95"
  clear    = "value < 83"
  sustain  = "10m"
  emit     = "zfs_pool_full"
}

source "health" "zfs_health" {
  category = "disks"
  each     = "host.zfs_pools"
  every    = "1m"
  value    = "item.health"
  warning  = "value != 'ONLINE'"
  critical = "value in ['DEGRADED', 'FAULTED', 'UNAVAIL', 'REMOVED', 'SUSPENDED']"
  emit     = "disk_io_error"
  data     = { pool = "{{ .item.pool_name }}", reason = "ZFS says that the pool is {{ .value }}." }
}

source "health" "arrays" {
  category = "disks"
  each     = "host.arrays"
  every    = "1m"
  value    = "item.degraded or not item.active"
  critical = "value"
  sustain  = "1m"
  emit     = "disk_io_error"
  data = {
    device = "/dev/{{ .item.array }}"
    reason = "{{ if .item.degraded }}Of the {{ .item.member_count }} disks of the array, {{ .item.failing_count }} are missing or faulty.{{ else }}The array is not active.{{ end }}"
  }
}

source "health" "btrfs_devices" {
  category = "disks"
  each     = "host.btrfs_devices"
  every    = "5m"
  value    = "(item.write_errors ?? 0) + (item.read_errors ?? 0) + (item.flush_errors ?? 0) + (item.corruption_errors ?? 0) + (item.generation_errors ?? 0)"
  warning  = "value > 0"
  critical = "item.missing"
  emit     = "disk_io_error"
  data = {
    device = "{{ .item.place }}"
    reason = "{{ if .item.missing }}A device of the Btrfs file system is missing.{{ else }}Btrfs has counted {{ .value }} errors; btrfs device stats lists them, and -z begins anew.{{ end }}"
  }
}

# File systems of guests.

source "health" "container_disks" {
  category = "storage"
  each     = "host.container_disks"
  every    = "5m"
  value    = "item.used_percent"
  warning  = "value >= 85"
  critical = "value >= 95"
  clear    = "value < 83"
  sustain  = "10m"
  emit     = "lxc_disk_low"
}

source "health" "container_mounts" {
  category = "storage"
  each     = "host.container_mounts"
  every    = "5m"
  value    = "item.used_percent"
  warning  = "value >= 85"
  critical = "value >= 95"
  clear    = "value < 83"
  sustain  = "10m"
  emit     = "lxc_mount_low"
}

source "health" "vm_disks" {
  category = "storage"
  each     = "host.vm_disks"
  every    = "10m"
  value    = "item.used_percent"
  warning  = "value >= 85"
  critical = "value >= 95"
  clear    = "value < 83"
  sustain  = "10m"
  emit     = "vm_disk_low"
}

source "health" "pci" {
  category = "vms"
  each     = "host.pci"
  every    = "10m"
  value    = "item.conflict"
  warning  = "value"
  emit     = "pci_passthrough_conflict"
}

# Disks.

source "health" "smart" {
  category = "disks"
  each     = "host.disks"
  every    = "30m"
  when     = "not item.parked and item.kind != 'virtual'"
  value    = "item.smart_ok"
  critical = "not value"
  emit     = "disk_io_error"
  data     = { reason = "SMART says that the disk is failing.", smart_status = "failed" }
}

# A disk that has them once is not trusted again, so nothing tells an end.
source "health" "bad_sectors" {
  category = "disks"
  each     = "host.disks"
  every    = "30m"
  when     = "not item.parked and (item.pending != nil or item.uncorrectable != nil)"
  value    = "(item.pending ?? 0) + (item.uncorrectable ?? 0)"
  warning  = "value > 0"
  critical = "value > 100"
  emit     = "disk_io_error"
  resolved = ""
  data     = { reason = "The disk has {{ .value }} sectors that it cannot read." }
}

source "health" "disk_wear" {
  category = "disks"
  each     = "host.disks"
  every    = "12h"
  when     = "item.wear_percent != nil"
  value    = "item.wear_percent"
  warning  = "value >= 90"
  emit     = "new_error"
  data     = { reason = "Disk {{ .item.device }}{{ with .item.model }} ({{ . }}){{ end }} is worn to {{ round .value 0 }}%" }
}

source "health" "disk_temperature" {
  category = "disks"
  each     = "host.disks"
  every    = "10m"
  when     = "item.celsius != nil and item.kind in ['hdd', 'ssd', 'nvme', 'sas']"
  value    = "item.celsius"
  warning  = "value >= (item.kind == 'nvme' ? 80 : item.kind == 'ssd' ? 70 : item.kind == 'sas' ? 55 : 60)"
  critical = "value >= (item.kind == 'nvme' ? 85 : item.kind == 'ssd' ? 75 : 65)"
  clear    = "value < (item.kind == 'nvme' ? 77 : item.kind == 'ssd' ? 67 : item.kind == 'sas' ? 52 : 57)"
  sustain  = "10m"
  emit     = "temp_high"
}

# The network. What a bridge or bond is made of tells for itself when it is down; a
# bridge between guests alone has nothing that could be.

source "health" "links" {
  category = "network"
  each     = "host.links"
  every    = "30s"
  when     = "host.uptime.duration > duration('5m') and (item.kind == 'bridge' or item.kind in ['physical', 'bond'] and item.in_use)"
  value    = "item.up"
  warning  = "item.kind == 'bond' and len(item.down_members) > 0"
  critical = <<-EXPR
    not value and not (item.master startsWith 'bond') and
    not (item.kind == 'bridge' and item.members != nil and (len(item.members) == 0 or len(item.down_members) > 0))
  EXPR
  sustain  = "1m"
  emit     = "network_down"
  data = {
    reason = "{{ if eq .level `warning` }}The bond goes on without {{ join `, ` .item.down_members }}.{{ end }}"
  }
}

source "health" "gateways" {
  category = "network"
  each     = "host.gateways"
  every    = "1m"
  when     = "host.uptime.duration > duration('5m')"
  value    = "item.reachable"
  critical = "not value"
  sustain  = "3m"
  data     = { reason = "Gateway {{ .item.gateway }} does not answer" }
}

source "health" "gateway_latency" {
  category = "network"
  each     = "host.gateways"
  every    = "1m"
  when     = "item.latency_ms != nil"
  value    = "item.latency_ms"
  warning  = "value >= 100"
  critical = "value >= 300"
  clear    = "value < 80"
  sustain  = "3m"
  emit     = "network_latency"
}

# Services.

source "health" "units" {
  category = "services"
  each     = "host.units"
  every    = "1m"
  when     = "host.uptime.duration > duration('5m')"
  value    = "item.state"
  warning  = "item.failed"
  critical = "item.core and not item.active"
  sustain  = "1m"
  emit     = "service_fail"
  data     = { reason = "{{ if .item.core }}Proxmox VE needs it, and it is {{ .value }}.{{ end }}" }
}

# Upkeep.

source "health" "certificates" {
  category = "security"
  each     = "host.certificates"
  every    = "12h"
  value    = "item.days_left"
  warning  = "value < 30"
  critical = "value <= 0"
  data     = { reason = "Certificate {{ .item.path }} {{ if gt .value 0.0 }}is valid for {{ round .value 0 }} more days{{ else }}has expired{{ end }}" }
}

source "health" "upgrades" {
  category = "updates"
  every    = "12h"
  value    = "host.updates.unupgraded"
  warning  = "value >= duration('365d')"
  critical = "value >= duration('548d')"
  data     = { reason = "The host was last upgraded {{ .value }} ago" }
}

source "health" "reboot" {
  category = "security"
  every    = "12h"
  value    = "host.uptime.duration"
  warning  = "value >= duration('365d') and host.updates.reboot"
  data     = { reason = "The host is up for {{ .value }}, and what was upgraded waits for a reboot" }
}

# A category that got worse is told by what was found in it. Where the event of that is
# switched off, health_degraded tells.
inhibit "a finding tells what got worse" {
  cause  = "event.source == 'health' and event.data.category != nil and event.type not in ['error_resolved', 'health_issue_resolved', 'state_change', 'unknown_persistent']"
  effect = "event.type == 'health_degraded' and event.source == 'health' and event.host == cause.host and cause.data.category in event.data.categories"
  within = "15m"
}
