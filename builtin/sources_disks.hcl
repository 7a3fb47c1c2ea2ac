# Disks, as the kernel reports them: block devices, ATA, SCSI, NVMe, RAID.
#
# One bad sector makes many lines. The events are those of the lines that say most;
# the others would only raise them again. What is tried again with success is a
# WARNING; what was lost is reported by the block layer, too.

source "journal" "block_error" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?:blk_update_request: |print_req_error: |end_request: |\w+: )?(?P<reason>(?P<_kind>I/O|critical \w+(?: \w+)?|protection|timeout|(?:recoverable )?transport|device (?:offline(?: or changed)?|resource)|reservation conflict) error, dev (?P<device>[\w!-]+), sector \d+(?: op 0x\w+:\((?P<_op>\w+)\))?.*)
  RE
  when        = "not (match.device matches '^(sr|fd)[0-9]') and match._op not in ['DISCARD', 'SECURE_ERASE', 'WRITE_ZEROES']"
  emit        = "disk_io_error"
}

source "journal" "buffer_error" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?P<reason>(?:Buffer I/O error on dev(?:ice)?|lost (?:async |sync )?page write due to I/O error on) (?P<device>[\w!-]+)\b.*)
  RE
  when        = "not (match.device matches '^(sr|fd)[0-9]')"
  emit        = "disk_io_error"
}

source "journal" "ata_error" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?P<device>ata\d+\.\d+): error: \{ (?P<_bits>(?:[A-Z0-9]+ )*(?:UNC|IDNF|AMNF|BBK|ICRC)(?: [A-Z0-9]+)*) \}
  RE
  emit        = "disk_io_error"
  severity    = "WARNING"
  data        = { reason = "{{ if contains `ICRC` .match._bits }}Data was garbled between the disk and its controller: look at the cable.{{ else }}The disk could not read or find a sector.{{ end }} The kernel tries again. ({{ .match._bits }})" }
}

source "journal" "ata_frozen" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?P<device>ata\d+(?:\.\d+)?): exception Emask 0x\w+ SAct 0x\w+ SErr 0x\w+ action 0x\w+ frozen
  RE
  when        = "entry.uptime == nil or entry.uptime > duration('2m')" # ports are searched while starting
  emit        = "disk_io_error"
  severity    = "WARNING"
  data        = { reason = "The disk at this port did not answer, and the kernel resets the link. Look at cable and power if it comes again." }
}

source "journal" "ata_disabled" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?P<device>ata\d+\.\d+): (?:disabled|disable device|disabling device)$
  RE
  emit        = "disk_io_error"
  data        = { reason = "The disk at this port does not answer any more: the kernel has given it up." }
}

source "journal" "scsi_sense" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^sd \S+: \[(?P<device>sd[a-z]+)\] (?:tag#\d+ )?(?P<reason>Sense Key : (?:Medium|Hardware) Error\b.*)
  RE
  emit        = "disk_io_error"
}

source "journal" "scsi_offline" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?P<_address>sd \S+): (?:\[(?P<device>sd[a-z]+)\] )?(?P<reason>rejecting I/O to (?:offline|dead) device|Device offlined - not ready after error recovery)
  RE
  emit        = "disk_io_error"
  data        = { device = "{{ .match.device | default .match._address }}" }
}

source "journal" "nvme_error" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^nvme (?P<device>nvme\d+): (?P<reason>controller is down; will reset.*|Removing after probe failure.*|Disabling device after reset failure.*|Device not ready; aborting .*|I/O (?:tag )?\d+ .*timeout, .*|frozen state error detected.*|failed to (?:reset|recover).*|Identify Controller failed.*)$
  RE
  emit        = "disk_io_error"
}

source "journal" "nvme_command" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?P<device>nvme\d+(?:c\d+)?n\d+): (?P<reason>[\w/ ]+\(0x(?P<_opcode>\w+)\) @ LBA \d+, \d+ blocks, .+ \(sct 0x\w+ / sc 0x\w+\).*)
  RE
  when        = "match._opcode not in ['8', '9']" # zeroes and discards, which a disk may refuse
  emit        = "disk_io_error"
}

source "journal" "md_disk_failed" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?:md/)?raid\w*:(?:(?P<pool>md\w+):)? Disk failure on (?P<device>[\w-]+), disabling device
  RE
  emit        = "disk_io_error"
  data        = { reason = "The array goes on without this disk. Until it is replaced, {{ .match.pool | default `the array` }} has less redundancy or none." }
}

source "journal" "md_unreadable" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^md/raid\w*:(?P<pool>md\w+): (?P<reason>(?:read error not correctable|Cannot continue operation|unrecoverable I/O (?:read )?error).*)
  RE
  emit        = "disk_io_error"
}

source "journal" "mdadm_monitor" {
  identifiers = ["mdadm"]
  uids        = [0]
  pattern     = <<-RE
    ^(?P<reason>(?:Fail|FailSpare|DegradedArray) event detected on md device (?P<pool>\S+?)(?:, component device (?P<device>\S+))?)$
  RE
  emit        = "disk_io_error"
}

source "journal" "thin_pool_full" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^device-mapper: thin: (?P<device>\d+:\d+): (?:switching pool to out-of-data-space|no free (?:data|metadata) space available)
  RE
  emit        = "disk_space_low"
  severity    = "CRITICAL"
  data        = { reason = "A thin pool is full. Guests on it cannot write, and their file systems may be damaged: make it larger or free space at once. lvs -a shows which." }
}

source "journal" "thin_pool_failed" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^device-mapper: thin: (?P<device>\d+:\d+): (?P<reason>switching pool to (?:read-only|failure) mode|metadata operation '.*' failed.*)
  RE
  emit        = "disk_io_error"
}

source "journal" "thin_pool_filling" {
  identifiers = ["dmeventd", "lvm"]
  uids        = [0]
  pattern     = <<-RE
    ^WARNING: Thin pool (?P<device>\S+) (?P<_part>data|metadata) is now (?P<used_percent>[\d.]+)% full\.?$
  RE
  emit        = "disk_space_low"
  data        = { reason = "The {{ .match._part }} of the thin pool {{ .match.device }} runs full. When nothing is left, guests on it cannot write and may be damaged." }
}
