# CPU, memory, temperature and load of the host.
#
# These findings have no subject but the host, so error_key, which names the
# check that found them, keeps the recovery of one from ending another.

event "cpu_high" {
  group       = "resources"
  severity    = "WARNING"
  icon        = "🔥"
  summary     = "The CPU has been busy above its limit for some time."
  fields      = { value = "number", threshold = "number", cores = "number", details = "string", reason = "string", error_key = "string" }
  fingerprint = ["host", "error_key"]
  title       = "CPU is {{ with .data.value }}{{ round . 1 }}% busy{{ else }}very busy{{ end }}"
  body        = <<-EOT
    {{ .data.reason | default .data.details | default `It has been that busy for a while, so guests may respond slowly.` }}

    Check: top shows which process or guest needs it.
  EOT
  details = {
    Limit = "{{ with .data.threshold }}{{ . }}%%{{ end }}"
    Cores = "{{ .data.cores }}"
  }
}

event "ram_high" {
  group    = "resources"
  severity = "WARNING"
  icon     = "💧"
  summary  = "Memory has been scarce for some time."
  fields = {
    value     = "number"
    threshold = "number"
    used      = "bytes"
    available = "bytes"
    total     = "bytes"
    details   = "string"
    reason    = "string"
    error_key = "string"
  }
  fingerprint = ["host", "error_key"]
  title       = "Memory {{ with .data.value }}is {{ round . 1 }}% used{{ else }}is running out{{ end }}"
  body        = <<-EOT
    {{ .data.reason | default .data.details | default `When nothing is left, the kernel ends processes, guests among them.` }}

    Check: free -h, and the memory of the guests. With ZFS, its cache counts as used.
  EOT
  details = {
    Used      = "{{ .data.used }}"
    Available = "{{ .data.available }}"
    Total     = "{{ .data.total }}"
    Limit     = "{{ with .data.threshold }}{{ . }}%%{{ end }}"
  }
}

event "temp_high" {
  group    = "resources"
  severity = "WARNING"
  icon     = "🌡️"
  summary  = "A temperature stayed above its limit."
  fields = {
    value     = "number" # °C
    threshold = "number"
    sensor    = "string"
    device    = "string"
    details   = "string"
    reason    = "string"
    error_key = "string"
  }
  fingerprint = ["host", "sensor", "device", "error_key"]
  title       = "{{ with .data.device }}{{ . }}{{ else with .data.sensor }}Sensor {{ . }}{{ else }}CPU{{ end }} is {{ with .data.value }}{{ round . 1 }} °C hot{{ else }}too hot{{ end }}"
  body        = <<-EOT
    {{ .data.reason | default .data.details | default `The hardware slows itself down, and in the end switches itself off.` }}

    Check: fans, dust and air flow; sensors lists all readings.
  EOT
  details = {
    Sensor = "{{ if .data.device }}{{ .data.sensor }}{{ end }}"
    Limit  = "{{ with .data.threshold }}{{ . }} °C{{ end }}"
  }
}

event "load_high" {
  group       = "resources"
  severity    = "WARNING"
  icon        = "⏳"
  summary     = "More processes wait for the CPU or for disks than the host has cores."
  fields      = { value = "number", threshold = "number", cores = "number", details = "string", reason = "string", error_key = "string" }
  fingerprint = ["host", "error_key"]
  title       = "Load is high{{ with .data.value }}: {{ round . 2 }}{{ end }}{{ with .data.cores }} on {{ . }} {{ plural `core` `cores` . }}{{ end }}"
  body        = <<-EOT
    {{ .data.reason | default .data.details | default `Processes queue for the CPU or wait for disks and the network.` }}

    Check: top; a high "wa" figure points at slow storage, not at the CPU.
  EOT
  details = {
    Limit = "{{ .data.threshold }}"
  }
}
