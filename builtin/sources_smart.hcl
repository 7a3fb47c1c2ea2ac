# What smartd says about disks.
#
# Behind a controller several disks share a device file, so the number that smartd
# adds belongs to the name.

source "journal" "smart_failing" {
  identifiers = ["smartd"]
  uids        = [0]
  pattern     = <<-RE
    ^Device: (?P<device>/dev/\S+(?: \[(?:hpt|\w+_disk)[^\]]*\])?)(?: \[[^\]]*\])*, (?P<reason>(?:FAILED SMART self-check|SMART Failure: |Critical Warning \(0x|\d+ (?:Currently unreadable|Total unreadable|Offline uncorrectable|Total offline uncorrectable) |Failed SMART usage Attribute: |FAILED SMART health).*)
  RE
  emit        = "disk_io_error"
  data        = { smart_status = "{{ if regexMatch `^[0-9]` .match.reason }}{{ else }}failing{{ end }}" }
}

source "journal" "smart_error_count" {
  identifiers = ["smartd"]
  uids        = [0]
  pattern     = <<-RE
    ^Device: (?P<device>/dev/\S+(?: \[(?:hpt|\w+_disk)[^\]]*\])?)(?: \[[^\]]*\])*, (?P<reason>(?:(?:ATA|NVMe) error count|number of Error Log entries) increased from \d+ to \d+(?: \((?P<_new>\d+) new,.*)?)
  RE
  when        = "match._new != '0'" # a question that a disk does not understand counts as an error of it
  emit        = "disk_io_error"
  severity    = "WARNING"
}

source "journal" "smart_unreachable" {
  identifiers = ["smartd"]
  uids        = [0]
  pattern     = <<-RE
    ^Device: (?P<device>/dev/\S+(?: \[(?:hpt|\w+_disk)[^\]]*\])?)(?: \[[^\]]*\])*, (?P<reason>unable to open (?:\w+ )?device|failed to read SMART .*|Read SMART (?:Self-Test|Self Test|Error) Log Failed|failed to read NVMe SMART.*|not capable of SMART self-check)$
  RE
  when        = "entry.uptime == nil or entry.uptime > duration('5m')"
  emit        = "disk_io_error"
  severity    = "WARNING"
}

source "journal" "smart_test_failed" {
  identifiers = ["smartd"]
  uids        = [0]
  pattern     = <<-RE
    ^Device: (?P<device>/dev/\S+(?: \[(?:hpt|\w+_disk)[^\]]*\])?)(?: \[[^\]]*\])*, (?P<reason>(?:Self-[Tt]est Log error count increased from \d+ to \d+|new Self-Test Log error|previous self-test (?:completed with error|could not complete|completed: )).*)
  RE
  emit        = "smart_test_failed"
}

source "journal" "smart_test_passed" {
  identifiers = ["smartd"]
  uids        = [0]
  pattern     = <<-RE
    ^Device: (?P<device>/dev/\S+(?: \[(?:hpt|\w+_disk)[^\]]*\])?)(?: \[[^\]]*\])*, previous self-test completed without error
  RE
  emit        = "smart_test_complete"
}

source "journal" "smart_hot" {
  identifiers = ["smartd"]
  uids        = [0]
  pattern     = <<-RE
    ^Device: (?P<device>/dev/\S+(?: \[(?:hpt|\w+_disk)[^\]]*\])?)(?: \[[^\]]*\])*, Temperature (?P<value>\d+) Celsius reached critical limit of (?P<threshold>\d+) Celsius
  RE
  emit        = "temp_high"
  data        = { reason = "The disk is hotter than its critical limit. Heat shortens its life." }
}
