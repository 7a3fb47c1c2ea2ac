# Memory, processors and the kernel itself.
#
# The name of a process is what the process calls itself: up to 15 bytes of any
# text, and some messages begin with it. So the fixed beginning of a pattern is
# longer than that, or it also says how the message ends, or a condition leaves
# those messages out.

source "journal" "oom_killed" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?P<_group>Memory cgroup out of memory: |Out of memory(?: \(oom_kill_allocating_task\))?: )?Killed process (?P<pid>\d+)(?: |, )?\((?P<process>.*)\)(?:,? UID:? ?\d+)?,? total-vm:\d+kB, anon-rss:(?P<_rss>\d+)kB
  RE
  emit        = "oom_kill"
  data = {
    rss    = "{{ .match._rss }} KiB"
    reason = "{{ if hasPrefix `Memory cgroup` .match._group }}The container or service had used up the memory that it is allowed, and the kernel ended a process in it.{{ end }}"
  }
}

source "journal" "oom_guest" {
  identifiers = ["systemd"]
  uids        = [0]
  pattern     = <<-RE
    ^(?P<unit>(?:pve-container(?:-debug)?@)?(?P<vmid>\d{1,9})\.(?:scope|service)): A process of this unit has been killed by the OOM killer\.?$
  RE
  emit        = "oom_kill"
  data        = { reason = "The kernel ended a process of guest {{ .match.vmid }} because memory ran out. A virtual machine that was hit is off." }
}

source "journal" "oomd_killed" {
  identifiers = ["systemd-oomd"]
  pattern     = <<-RE
    ^Killed (?P<unit>/\S+) due to (?P<_why>memory (?:pressure|used).*)$
  RE
  when        = "entry.unit == nil or entry.unit == 'systemd-oomd.service'"
  emit        = "oom_kill"
  data        = { reason = "systemd-oomd ended it: {{ abbrev 200 .match._why }}." }
}

source "journal" "kernel_panic" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?P<reason>Kernel panic - not syncing: .*)
  RE
  emit        = "system_problem"
  data        = { entity = "kernel" }
}

source "journal" "kernel_fault" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?P<reason>(?:NMI )?(?:watchdog: )?BUG: (?:soft lockup - CPU#|unable to handle |kernel NULL pointer dereference|Bad page (?:state|map) in process |Bad rss-counter state |scheduling while atomic: |workqueue lockup|stack guard page was hit|non-zero pgtables_bytes).*|(?:(?:NMI )?watchdog: )?Watchdog detected hard LOCKUP.*|(?:Oops: (?:.*: )?|(?:invalid opcode|divide error|stack segment|double fault): )[0-9a-f]{4,16} \[#\d+\](?: [A-Z_]+)*$|PANIC at \w+\.c:\d+:\w+\(\)$|general protection fault.*\[#\d+\].*|kernel BUG at \S+:\d+!)
  RE
  emit        = "system_problem"
  data        = { entity = "kernel" }
}

source "journal" "kernel_stall" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?P<reason>(?:rcu: )?INFO: rcu\w* (?:self-)?detected (?:expedited )?stalls?.*)
  RE
  emit        = "system_problem"
  severity    = "WARNING"
  data        = { entity = "kernel" }
}

source "journal" "hung_task" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^INFO: task (?P<process>.*):\d+ (?:<writer> )?blocked (?:on .* )?for more than (?P<_seconds>\d+) seconds\.
  RE
  emit        = "system_problem"
  severity    = "WARNING"
  data        = { entity = "hung task", reason = "A process has waited for {{ .match._seconds }} seconds and cannot be ended: most often for a disk or a network mount that does not answer." }
}

source "journal" "machine_check" {
  identifiers = ["kernel", "mcelog", "rasdaemon"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?:mce: |\{\d+\})?\[Hardware Error\]: (?P<reason>Machine check events logged|CPU \d+: Machine Check.*|Hardware error from APEI.*|Uncorrected.*|Deferred error.*)
  RE
  emit        = "system_problem"
  data        = { entity = "hardware" }
}

source "journal" "memory_corrected" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^EDAC (?P<entity>MC\d+): \d+ CE (?P<_what>(?:.* )?on .*)
  RE
  when        = "not (entry.message matches `: segfault at | invoked oom-killer: |: page allocation failure: `)"
  emit        = "system_problem"
  severity    = "WARNING"
  data        = { reason = "A memory module gave a wrong bit that could be corrected. When it comes again and again the module is failing: {{ abbrev 200 .match._what }}" }
}

source "journal" "memory_uncorrected" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^EDAC (?P<entity>MC\d+): \d+ UE (?P<_what>(?:.* )?on .*)
  RE
  when        = "not (entry.message matches `: segfault at | invoked oom-killer: |: page allocation failure: `)"
  emit        = "system_problem"
  data        = { reason = "A memory module gave wrong data that could not be corrected: {{ abbrev 200 .match._what }}" }
}

source "journal" "cpu_throttled" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?:mce: )?CPU(?P<_cpu>\d+): (?:Core|Package) temperature (?:is )?above threshold, cpu clock (?:is )?throttled
  RE
  emit        = "temp_high"
  data        = { sensor = "CPU", reason = "The processor is so hot that it has slowed itself down." }
}

source "journal" "thermal_critical" {
  identifiers = ["kernel"]
  transport   = "kernel"
  pattern     = <<-RE
    ^(?:thermal|ACPI: thermal:|ACPI:)?:? ?(?P<sensor>thermal_zone\d+|\w+)?:? ?(?:[\w .-]+: )?[cC]ritical temperature reached(?: ?\((?P<value>\d+) ?C\))?(?:, shutting down)?\.?$
  RE
  emit        = "temp_high"
  severity    = "CRITICAL"
  data        = { reason = "The hardware is so hot that the host shuts down to save it." }
}
