# GPUs and other devices that are handed to guests, and the language model that
# rewrites messages.

event "gpu_mode_switch" {
  group    = "hardware"
  severity = "INFO"
  icon     = "🎮"
  summary  = "A GPU was switched between the host and the guests."
  fields = {
    gpu_name = "string"
    gpu_pci  = "string"
    old_mode = "string"
    new_mode = "string"
    details  = "string"
  }
  fingerprint = ["host", "gpu_pci", "new_mode"]
  title       = "{{ .data.gpu_name | default `A GPU` }} was switched{{ with .data.new_mode }} to {{ . }}{{ end }}"
  body        = "{{ .data.details | default `The new mode may need a reboot to take effect.` }}"
  details = {
    Address = "{{ .data.gpu_pci }}"
    Before  = "{{ .data.old_mode }}"
    Now     = "{{ .data.new_mode }}"
  }
}

event "gpu_passthrough_blocked" {
  group    = "hardware"
  severity = "WARNING"
  icon     = "🚫"
  summary  = "A guest was not started because a device that it wants is taken."
  fields = {
    guest_type = "string"
    guest_id   = "number"
    guest_name = "string"
    reason     = "string"
    details    = "string"
  }
  fingerprint = ["host", "guest_id"]
  title       = "{{ with .data.guest_id }}Guest {{ . }}{{ else }}A guest{{ end }}{{ with .data.guest_name }} ({{ . }}){{ end }} was not started: its device is taken"
  body        = <<-EOT
    {{ .data.reason | default .data.details | default `Another guest or the host uses the device.` }}

    Stop the guest that holds the device, or take it out of the configuration of one of them.
  EOT
  details = {
    Type = "{{ .data.guest_type }}"
  }
}

event "pci_passthrough_conflict" {
  group    = "hardware"
  severity = "WARNING"
  icon     = "⚠️"
  summary  = "One device is assigned to more than one guest."
  fields = {
    device_pci = "string"
    guest_list = "list"
  }
  fingerprint = ["host", "device_pci"]
  title       = "{{ with .data.device_pci }}Device {{ . }}{{ else }}A device{{ end }} is assigned to several guests"
  body        = "Only one of them can run at a time. If that is not what you want, take it out of the others."
  details = {
    Guests = "{{ join `, ` .data.guest_list | abbrev 300 }}"
  }
}

event "ai_model_migrated" {
  group    = "hardware"
  severity = "WARNING"
  icon     = "🤖"
  summary  = "The language model that rewrites messages is gone, and another took its place."
  fields = {
    provider  = "string"
    old_model = "string"
    new_model = "string"
    message   = "string"
  }
  fingerprint = ["host", "provider", "old_model"]
  title       = "{{ with .data.old_model }}Language model {{ . }}{{ else }}The language model{{ end }} was replaced{{ with .data.new_model }} by {{ . }}{{ end }}"
  body        = "{{ .data.message | default `The provider no longer offers the old one. Messages may read differently from now on.` }}"
  details = {
    Provider = "{{ .data.provider }}"
    Before   = "{{ .data.old_model }}"
    Now      = "{{ .data.new_model }}"
  }
}
