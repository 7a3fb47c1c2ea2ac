# Disks, pools, file systems and storages.
#
# Where two checks watch the same thing, error_key names the check, so that the
# recovery that one reports does not end what the other found.

event "disk_space_low" {
  group    = "storage"
  severity = "WARNING"
  icon     = "📉"
  summary  = "A file system of the host is nearly full."
  fields = {
    mount        = "string"
    device       = "string"
    fstype       = "string"
    value        = "number" # percent
    used_percent = "number"
    used         = "bytes"
    available    = "bytes"
    total        = "bytes"
    threshold    = "number"
    reason       = "string"
    vmid         = "number" # never set: tells a host's mount from a container's
    error_key    = "string"
  }
  fingerprint = ["host", "mount", "vmid"]
  title       = "{{ with .data.mount }}File system {{ . }}{{ else }}A file system{{ end }} {{ with or .data.used_percent .data.value }}is {{ round . 1 }}% full{{ else }}is running full{{ end }}"
  body        = <<-EOT
    {{ .data.reason | default `When it is full, services that write there fail, and on / so does the whole host.` }}

    Check: df -h, then du -xh --max-depth=1 on the mount to see what grew.
  EOT
  details = {
    Used   = "{{ .data.used }}"
    Free   = "{{ .data.available }}"
    Total  = "{{ .data.total }}"
    Device = "{{ .data.device }}"
  }
}

event "disk_io_error" {
  group    = "storage"
  severity = "CRITICAL"
  icon     = "💥"
  summary  = "A disk or pool reports errors, or SMART says that a disk is failing."
  fields = {
    device       = "string"
    pool         = "string"
    serial       = "string"
    model        = "string"
    reason       = "string"
    smart_status = "string"
    rate_24h     = "number"
    tier         = "string"
  }
  fingerprint = ["host", "device", "pool"]
  title       = "Disk errors{{ with .data.device }} on {{ . }}{{ end }}{{ with .data.pool }} in pool {{ . }}{{ end }}"
  body        = <<-EOT
    {{ .data.reason | default `The kernel could not read or write as it should.` }}

    Make sure that a current backup exists before anything else.
    Check: zpool status -x for pools, smartctl -a for the disk, and its cable.
  EOT
  details = {
    Model             = "{{ .data.model }}"
    Serial            = "{{ .data.serial }}"
    SMART             = "{{ .data.smart_status }}"
    "Errors in a day" = "{{ .data.rate_24h }}"
  }
}

event "storage_unavailable" {
  group    = "storage"
  severity = "CRITICAL"
  icon     = "🚫"
  summary  = "A storage that Proxmox VE is set up to use cannot be reached."
  fields = {
    storage      = "string"
    storage_type = "string"
    pool         = "string"
    reason       = "string"
    error_key    = "string"
  }
  fingerprint = ["host", "storage", "pool", "error_key"]
  title       = "{{ with .data.storage | default .data.pool }}Storage {{ . }}{{ else }}A storage{{ end }} is not available"
  body        = <<-EOT
    {{ .data.reason | default `Guests with disks there may hang, and backups to it fail.` }}

    Check: pvesm status, then whether the server or the disks behind it answer.
  EOT
  details = {
    Type = "{{ .data.storage_type }}"
    Pool = "{{ if .data.storage }}{{ .data.pool }}{{ end }}"
  }
}

event "smart_test_complete" {
  group    = "storage"
  severity = "INFO"
  outcome  = "success"
  resolves = ["smart_test_failed"]
  icon     = "✅"
  summary  = "A SMART self-test of a disk found no fault."
  fields = {
    device    = "string"
    serial    = "string"
    model     = "string"
    test_type = "string"
    result    = "string"
    duration  = "duration"
  }
  fingerprint = ["host", "device", "test_type"]
  title       = "SMART test{{ with .data.device }} of {{ . }}{{ end }} passed"
  body        = "{{ .data.result | default `The disk found no fault in itself.` }}"
  details = {
    Test   = "{{ .data.test_type }}"
    Model  = "{{ .data.model }}"
    Serial = "{{ .data.serial }}"
    Took   = "{{ .data.duration }}"
  }
}

event "smart_test_failed" {
  group    = "storage"
  severity = "CRITICAL"
  icon     = "💥"
  summary  = "A SMART self-test of a disk found faults."
  fields = {
    device    = "string"
    serial    = "string"
    model     = "string"
    test_type = "string"
    result    = "string"
    reason    = "string"
    duration  = "duration"
  }
  fingerprint = ["host", "device"]
  title       = "SMART test{{ with .data.device }} of {{ . }}{{ end }} failed"
  body        = <<-EOT
    {{ .data.reason | default .data.result | default `The disk found faults in itself and may fail soon.` }}

    Make sure that a current backup exists, then plan to replace the disk. smartctl -a shows the details.
  EOT
  details = {
    Test   = "{{ .data.test_type }}"
    Result = "{{ if .data.reason }}{{ .data.result }}{{ end }}"
    Model  = "{{ .data.model }}"
    Serial = "{{ .data.serial }}"
  }
}

event "mount_stale" {
  group    = "storage"
  severity = "CRITICAL"
  icon     = "🔗"
  summary  = "A network mount of the host or of a container does not answer."
  fields = {
    mount_target = "string"
    mount_source = "string"
    fstype       = "string"
    error        = "string"
    lxc_id       = "number"
    lxc_name     = "string"
    error_key    = "string"
  }
  fingerprint = ["host", "mount_target", "lxc_id", "error_key"]
  title       = "{{ with .data.mount_target }}Mount {{ . }}{{ else }}A network mount{{ end }}{{ with .data.lxc_id }} in CT {{ . }}{{ with $.data.lxc_name }} ({{ . }}){{ end }}{{ end }} does not answer"
  body        = <<-EOT
    {{ .data.error | default `Whatever touches the mount hangs until its server answers again.` }}

    Check: whether the server is up and reachable; findmnt shows where the mount comes from.
  EOT
  details = {
    Source = "{{ .data.mount_source }}"
    Type   = "{{ .data.fstype }}"
  }
}

event "mount_readonly" {
  group    = "storage"
  severity = "WARNING"
  icon     = "🔒"
  summary  = "A network mount of the host or of a container became read-only."
  fields = {
    mount_target = "string"
    mount_source = "string"
    fstype       = "string"
    lxc_id       = "number"
    lxc_name     = "string"
    error_key    = "string"
  }
  fingerprint = ["host", "mount_target", "lxc_id", "error_key"]
  title       = "{{ with .data.mount_target }}Mount {{ . }}{{ else }}A network mount{{ end }}{{ with .data.lxc_id }} in CT {{ . }}{{ with $.data.lxc_name }} ({{ . }}){{ end }}{{ end }} is read-only"
  body        = <<-EOT
    Nothing can be written there until it is mounted for writing again.

    Check: findmnt for the options, and the export or share on its server.
  EOT
  details = {
    Source = "{{ .data.mount_source }}"
    Type   = "{{ .data.fstype }}"
  }
}

event "lxc_disk_low" {
  group    = "storage"
  severity = "WARNING"
  icon     = "📉"
  summary  = "The root file system of a running container is nearly full."
  fields = {
    vmid          = "number"
    name          = "string"
    value         = "number"
    usage_percent = "number"
    used_percent  = "number"
    disk_bytes    = "bytes"
    maxdisk_bytes = "bytes"
    error_key     = "string"
  }
  fingerprint = ["vmid", "error_key"]
  title       = "Root disk of {{ with .data.vmid }}CT {{ . }}{{ else }}a container{{ end }}{{ with .data.name | default .guest.name }} ({{ . }}){{ end }} {{ with or .data.usage_percent .data.used_percent .data.value }}is {{ round . 1 }}% full{{ else }}is running full{{ end }}"
  body        = <<-EOT
    When it is full, the programs inside the container fail.

    Check: pct df lists the container's disks, pct resize makes one larger.
  EOT
  details = {
    Used = "{{ .data.disk_bytes }}"
    Size = "{{ .data.maxdisk_bytes }}"
  }
}

event "lxc_mount_low" {
  group    = "storage"
  severity = "WARNING"
  icon     = "📉"
  summary  = "A mount inside a running container is nearly full."
  fields = {
    vmid          = "number"
    name          = "string"
    mount         = "string"
    fstype        = "string"
    value         = "number"
    usage_percent = "number"
    used_percent  = "number"
    error_key     = "string"
  }
  fingerprint = ["vmid", "mount", "error_key"]
  title       = "{{ with .data.mount }}Mount {{ . }}{{ else }}A mount{{ end }} in {{ with .data.vmid }}CT {{ . }}{{ else }}a container{{ end }}{{ with .data.name | default .guest.name }} ({{ . }}){{ end }} {{ with or .data.usage_percent .data.used_percent .data.value }}is {{ round . 1 }}% full{{ else }}is running full{{ end }}"
  body        = <<-EOT
    When it is full, whatever the container writes there fails.

    Check: pct df lists the container's disks and mounts.
  EOT
  details = {
    Type = "{{ .data.fstype }}"
  }
}

event "pve_storage_full" {
  group    = "storage"
  severity = "WARNING"
  icon     = "📦"
  summary  = "A storage of Proxmox VE is nearly full."
  fields = {
    storage       = "string"
    storage_type  = "string"
    value         = "number"
    usage_percent = "number"
    used_percent  = "number"
    used          = "bytes"
    available     = "bytes"
    total         = "bytes"
    error_key     = "string"
  }
  fingerprint = ["host", "storage", "error_key"]
  title       = "{{ with .data.storage }}Storage {{ . }}{{ else }}A storage{{ end }} {{ with or .data.usage_percent .data.used_percent .data.value }}is {{ round . 1 }}% full{{ else }}is running full{{ end }}"
  body        = <<-EOT
    When it is full, guests on it stop and backups to it fail. A full thin pool can damage guests.

    Check: pvesm status, then old snapshots, backups and unused disks.
  EOT
  details = {
    Type  = "{{ .data.storage_type }}"
    Used  = "{{ .data.used }}"
    Free  = "{{ .data.available }}"
    Total = "{{ .data.total }}"
  }
}

event "zfs_pool_full" {
  group    = "storage"
  severity = "WARNING"
  icon     = "🌊"
  summary  = "A ZFS pool is nearly full."
  fields = {
    pool_name     = "string"
    value         = "number"
    usage_percent = "number"
    used_percent  = "number"
    used          = "bytes"
    available     = "bytes"
    total         = "bytes"
    error_key     = "string"
  }
  fingerprint = ["host", "pool_name", "error_key"]
  title       = "{{ with .data.pool_name }}ZFS pool {{ . }}{{ else }}A ZFS pool{{ end }} {{ with or .data.usage_percent .data.used_percent .data.value }}is {{ round . 1 }}% full{{ else }}is running full{{ end }}"
  body        = <<-EOT
    ZFS slows down long before it is full, and a full pool is hard to free again.

    Check: zfs list -o space shows what snapshots and data sets take.
  EOT
  details = {
    Used  = "{{ .data.used }}"
    Free  = "{{ .data.available }}"
    Total = "{{ .data.total }}"
  }
}

event "vm_disk_low" {
  group    = "storage"
  severity = "WARNING"
  icon     = "📉"
  summary  = "A file system inside a running virtual machine is nearly full."
  fields = {
    vmid          = "number"
    name          = "string"
    mount         = "string"
    value         = "number"
    usage_percent = "number"
    used_percent  = "number"
    disk_bytes    = "bytes"
    maxdisk_bytes = "bytes"
    error_key     = "string"
  }
  fingerprint = ["vmid", "mount", "error_key"]
  title       = "{{ with .data.mount }}Disk {{ . }}{{ else }}A disk{{ end }} in {{ with .data.vmid }}VM {{ . }}{{ else }}a virtual machine{{ end }}{{ with .data.name | default .guest.name }} ({{ . }}){{ end }} {{ with or .data.usage_percent .data.used_percent .data.value }}is {{ round . 1 }}% full{{ else }}is running full{{ end }}"
  body        = <<-EOT
    When it is full, the programs inside the virtual machine fail.

    Check: free space inside, or make the disk larger and grow the file system in it.
  EOT
  details = {
    Used = "{{ .data.disk_bytes }}"
    Size = "{{ .data.maxdisk_bytes }}"
  }
}
