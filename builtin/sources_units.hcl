# Units of systemd, and the end of the host.
#
# A failure makes up to four lines. The one with the result is written once for
# each, so it is the one that counts.

source "journal" "unit_failed" {
  identifiers = ["systemd"]
  uids        = [0]
  pattern     = <<-RE
    ^(?P<unit>\S+): Failed with result '(?P<result>[\w-]+)'\.?$
  RE
  when        = <<-EOT
    entry.UNIT == match.unit
    and not (match.unit matches `^(session-|user@|user-runtime-dir@|systemd-coredump@|run-[ru][0-9a-f]+\.|run-user-|run-docker|run-containerd)`)
    and not (match.unit matches `^\d+\.scope$` and match.result == 'oom-kill')
  EOT
  emit        = "service_fail"
}

source "journal" "unit_failed_once" {
  identifiers = ["systemd"]
  uids        = [0]
  pattern     = <<-RE
    ^Unit (?P<unit>\S+) entered failed state\.?$
  RE
  when        = "entry.UNIT == match.unit and not (match.unit matches '^(session-|user@)')"
  emit        = "service_fail"
}

source "journal" "host_reboots" {
  identifiers = ["systemd", "systemd-logind"]
  uids        = [0]
  pattern     = <<-RE
    ^(?:The system will (?:reboot|be rebooted|kexec)|System is rebooting)\b
  RE
  emit        = "system_reboot"
}

source "journal" "host_powers_off" {
  identifiers = ["systemd", "systemd-logind"]
  uids        = [0]
  pattern     = <<-RE
    ^(?:The system will (?:power off|halt|be powered off|be halted)|System is (?:powering down|halting))\b
  RE
  emit        = "system_shutdown"
}
