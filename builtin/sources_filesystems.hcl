# File systems and ZFS.

source "journal" "ext4_error" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^EXT[234]-fs (?:error \(device (?P<device>[^)]+)\)(?: in)?:? ?(?P<reason>.*)|warning \(device (?P<_device>[^)]+)\): \w+:\d+: (?P<_reason>I/O error.*))
  RE
  emit        = "disk_io_error"
  data        = { device = "{{ .match.device | default .match._device }}", reason = "{{ .match.reason | default .match._reason }}" }
}

source "journal" "ext4_readonly" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^EXT[234]-fs (?:error )?\((?:device )?(?P<device>[^)]+)\): (?P<reason>(?i:remounting filesystem read-only)|(?:I/O error while writing superblock|failed to convert unwritten extents|Delayed block allocation failed).*)
  RE
  emit        = "disk_io_error"
}

source "journal" "ext4_journal" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?P<reason>(?:Aborting journal on device|JBD2: (?:I/O error|Error -\d+|Detected IO errors)\b.* (?:for|on)) (?P<device>[\w!.-]+?)(?:-\d+)?)\.?$
  RE
  emit        = "disk_io_error"
}

source "journal" "xfs_error" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^XFS \((?P<device>[^)]+)\): (?P<reason>(?:[Mm]etadata I/O [Ee]rror|[Ll]og I/O [Ee]rror|Block device removal |Metadata (?:CRC error|corruption)|Internal error|Corruption |I/O Error Detected|writeback error|Failing async write|Filesystem has been shut down|page discard on page|xfs_do_force_shutdown).*)
  RE
  emit        = "disk_io_error"
}

source "journal" "btrfs_error" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^BTRFS:? (?:error|critical) \(device (?P<device>[^) ]+)(?: state \w+)?\)(?: in)?:? ?(?P<reason>.*)
  RE
  emit        = "disk_io_error"
}

source "journal" "btrfs_checksum" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^BTRFS warning \(device (?P<device>[^) ]+)(?: state \w+)?\): (?P<reason>(?:csum failed|checksum error|checksum verify failed|lost page write|i/o error).*)
  RE
  emit        = "disk_io_error"
  severity    = "WARNING"
}

source "journal" "fat_error" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^FAT-fs \((?P<device>[^)]+)\): (?P<reason>error, .*|Filesystem has been set read-only)
  RE
  emit        = "disk_io_error"
}

source "journal" "nfs_silent" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^nfs: server (?P<mount_source>\S+) not responding, (?:still trying|timed out)
  RE
  emit        = "mount_stale"
  data        = { fstype = "nfs", error = "The NFS server {{ .match.mount_source }} does not answer. What touches its mounts hangs until it does." }
}

source "journal" "cifs_silent" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^CIFS:? (?:VFS: )?(?:Server )?(?P<mount_source>\S+) has not responded in \d+ seconds
  RE
  emit        = "mount_stale"
  data        = { fstype = "cifs", error = "The server of {{ .match.mount_source }} does not answer." }
}

source "journal" "zfs_io" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^zio pool=(?P<pool>\S+) vdev=(?P<device>\S+) error=(?P<_error>\d+) type=\d+
  RE
  emit        = "disk_io_error"
  data        = { reason = "ZFS could not read or write there (error {{ .match._error }})." }
}

source "journal" "zfs_suspended" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?:WARNING: )?(?P<reason>Pool '(?P<pool>[^']+)' has encountered an uncorrectable I/O failure and has been suspended)
  RE
  emit        = "disk_io_error"
}

source "journal" "zed_state" {
  identifiers = ["zed"]
  uids        = [0]
  pattern     = <<-RE
    ^eid=\d+ class=(?:\S+\.)?statechange (?:pool='(?P<pool>[^']*)'|pool=\S+|pool_guid=\S+)(?: vdev(?:_path)?=(?P<device>\S+))?(?: .*)? vdev_state=(?P<_state>FAULTED|DEGRADED|UNAVAIL|REMOVED)\b
  RE
  emit        = "disk_io_error"
  data        = { reason = "ZFS: the disk is {{ .match._state }}. zpool status -x shows what is left." }
}

source "journal" "zed_error" {
  identifiers = ["zed"]
  uids        = [0]
  pattern     = <<-RE
    ^eid=\d+ class=(?:ereport\.fs\.zfs\.)?(?P<_class>io|checksum|data|io_failure|probe_failure|log_replay|deadman|vdev\.\w+)(?: (?:pool='(?P<pool>[^']*)'|pool=\S+|pool_guid=\S+))?(?: vdev(?:_path)?=(?P<device>\S+))?(?: .*)?$
  RE
  emit        = "disk_io_error"
  data        = { reason = "{{ if eq .match._class `checksum` }}ZFS read something else than it had written.{{ else if eq .match._class `io_failure` }}The pool has stopped: too many of its disks are gone.{{ else }}ZFS reports an error of the kind {{ .match._class }}.{{ end }} zpool status -v shows more." }
}

source "journal" "storage_offline" {
  identifiers = ["pvestatd"]
  uids        = [0]
  pattern     = <<-RE
    ^storage '(?P<storage>[^']+)' is not online$
  RE
  emit        = "storage_unavailable"
  data        = { reason = "Its server does not answer." }
}

source "journal" "storage_not_activated" {
  identifiers = ["pvestatd"]
  uids        = [0]
  pattern     = <<-RE
    ^(?:unable to|could not) activate storage '(?P<storage>[^']+)'(?: -|,|:)? ?(?P<reason>.*)
  RE
  emit        = "storage_unavailable"
}

source "journal" "storage_pool_gone" {
  identifiers = ["pvestatd"]
  uids        = [0]
  pattern     = <<-RE
    ^(?P<reason>zfs error: cannot (?:open|import) '(?P<pool>[^']+)'.*)
  RE
  emit        = "storage_unavailable"
}

source "journal" "storage_backup_server" {
  identifiers = ["pvestatd"]
  uids        = [0]
  pattern     = <<-RE
    ^(?P<storage>[A-Za-z][\w.-]*): error fetching datastores - (?P<reason>.+)$
  RE
  emit        = "storage_unavailable"
}
