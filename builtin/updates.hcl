# Updates of packages, drivers and applications.
#
# The version or the list counts in the fingerprint: a newer one is news within
# the day for which the same one stays silent.

event "update_summary" {
  group    = "updates"
  severity = "INFO"
  icon     = "📦"
  summary  = "How many package updates wait on the host, by kind."
  fields = {
    total_count    = "number"
    security_count = "number"
    pve_count      = "number"
    kernel_count   = "number"
    important_list = "list"
  }
  fingerprint = ["host"]
  title       = "{{ with .data.total_count }}{{ . }} package {{ plural `update waits` `updates wait` . }}{{ else }}Package updates wait{{ end }}"
  body        = <<-EOT
    {{ join "\n" .data.important_list | default `Nothing is marked as important.` }}

    To install: apt update, then apt full-upgrade.
  EOT
  details = {
    Security     = "{{ with .data.security_count }}{{ . }}{{ end }}"
    "Proxmox VE" = "{{ with .data.pve_count }}{{ . }}{{ end }}"
    Kernel       = "{{ with .data.kernel_count }}{{ . }}{{ end }}"
  }
}

event "update_available" {
  group    = "updates"
  severity = "INFO"
  icon     = "📦"
  summary  = "Proxmox VE itself reports new packages."
  fields = {
    total_count    = "number"
    security_count = "number"
    pve_count      = "number"
    kernel_count   = "number"
    important_list = "list"
    packages       = "list" # "name old → new"
    message        = "string"
    hostname       = "string" # as Proxmox names the host
    pve_type       = "string"
    pve_severity   = "string"
    pve_title      = "string"
  }
  fingerprint = ["host", "pve_title", "packages"]
  title       = "{{ with .data.total_count }}{{ . }} new package {{ plural `version` `versions` . }}{{ else }}New package versions{{ end }} available"
  body        = <<-EOT
    {{ $all := .data.packages | default .data.important_list }}{{ $shown := $all }}
    {{ if and .data.important_list (gt (len $all) 30) }}{{ $shown = .data.important_list }}{{ end }}
    {{ join "\n" (slice $shown 0 30) }}
    {{ with sub (len $all) (min 30 (len $shown)) }}… and {{ . }} more{{ end }}
    {{ if not $all }}{{ .data.message | default `The update list of the node names them.` | abbrev 1500 }}{{ end }}

    To install: apt update, then apt full-upgrade.
  EOT
  details = {
    Security     = "{{ with .data.security_count }}{{ . }}{{ end }}"
    "Proxmox VE" = "{{ with .data.pve_count }}{{ . }}{{ end }}"
    Kernel       = "{{ with .data.kernel_count }}{{ . }}{{ end }}"
  }
}

event "pve_update" {
  group    = "updates"
  severity = "INFO"
  icon     = "🆕"
  summary  = "A newer version of Proxmox VE is available."
  fields = {
    current_version = "string"
    new_version     = "string"
    details         = "string"
  }
  fingerprint = ["host", "new_version"]
  title       = "{{ with .data.new_version }}Proxmox VE {{ . }}{{ else }}A newer Proxmox VE{{ end }} is available"
  body        = "{{ .data.details | default `Read the release notes before you upgrade a cluster, and then one node at a time.` }}"
  details = {
    Installed = "{{ .data.current_version }}"
    Available = "{{ .data.new_version }}"
  }
}

event "update_complete" {
  group       = "updates"
  severity    = "INFO"
  enabled     = false
  outcome     = "success"
  icon        = "✅"
  summary     = "A package upgrade of the host finished."
  fields      = { details = "string", count = "number", reboot = "bool" }
  fingerprint = ["host", "details"]
  title       = "{{ with .data.count }}{{ . }} {{ plural `package was` `packages were` . }}{{ else }}Packages were{{ end }} upgraded"
  body        = <<-EOT
    {{ .data.details | default `The host is up to date.` }}

    {{ if .data.reboot }}A new kernel is in place; it runs after a reboot.{{ end }}
  EOT
}

event "tocsin_update" {
  group    = "updates"
  severity = "INFO"
  icon     = "🔔"
  summary  = "A newer version of tocsin is available."
  fields = {
    current_version = "string"
    new_version     = "string"
  }
  fingerprint = ["host", "new_version"]
  title       = "{{ with .data.new_version }}tocsin {{ . }}{{ else }}A newer tocsin{{ end }} is available"
  body        = "An upgrade keeps the configuration and whatever waits to be sent."
  details = {
    Installed = "{{ .data.current_version }}"
    Available = "{{ .data.new_version }}"
  }
}

event "post_install_update" {
  group    = "updates"
  severity = "INFO"
  icon     = "✨"
  summary  = "Newer versions of host optimisations that were applied are available."
  fields = {
    count     = "number"
    tool_list = "list"
  }
  fingerprint = ["host", "tool_list"]
  title       = "{{ with .data.count }}{{ . }} host {{ plural `optimisation has` `optimisations have` . }}{{ else }}Host optimisations have{{ end }} a newer version"
  body        = <<-EOT
    {{ join "\n" .data.tool_list | default `Running the post-install script again applies them.` }}
  EOT
}

event "secure_gateway_update_available" {
  group    = "updates"
  severity = "INFO"
  icon     = "🔐"
  summary  = "The container that is the gateway for remote access has updates."
  fields = {
    app_name        = "string"
    current_version = "string"
    latest_version  = "string"
    package_count   = "number"
    package_list    = "list"
  }
  fingerprint = ["host", "app_name", "latest_version", "package_list"]
  title       = "Update for {{ .data.app_name | default `the secure gateway` }}{{ with .data.latest_version }}: {{ . }}{{ end }}"
  body        = <<-EOT
    {{ join "\n" .data.package_list | default `It stands at the door to the network: update it soon.` }}
  EOT
  details = {
    Installed = "{{ .data.current_version }}"
    Available = "{{ .data.latest_version }}"
    Packages  = "{{ .data.package_count }}"
  }
}

event "nvidia_driver_update_available" {
  group    = "updates"
  severity = "INFO"
  icon     = "🎮"
  summary  = "A newer NVIDIA driver fits the running kernel."
  fields = {
    current_version = "string"
    latest_version  = "string"
    kernel          = "string"
    upgrade_reason  = "string"
    menu_label      = "string"
  }
  fingerprint = ["host", "latest_version"]
  title       = "{{ with .data.latest_version }}NVIDIA driver {{ . }}{{ else }}A newer NVIDIA driver{{ end }} is available"
  body        = "{{ .data.upgrade_reason | default `Containers that use the GPU need the same version as the host.` }}"
  details = {
    Installed = "{{ .data.current_version }}"
    Available = "{{ .data.latest_version }}"
    Kernel    = "{{ .data.kernel }}"
    Menu      = "{{ .data.menu_label }}"
  }
}

event "coral_driver_update_available" {
  group    = "updates"
  severity = "INFO"
  icon     = "🧠"
  summary  = "A newer driver or runtime for a Coral TPU is available."
  fields = {
    current_version = "string"
    latest_version  = "string"
    variant_label   = "string"
    upgrade_reason  = "string"
    menu_label      = "string"
    reboot_note     = "string"
  }
  fingerprint = ["host", "variant_label", "latest_version"]
  title       = "{{ with .data.latest_version }}Driver {{ . }}{{ else }}A newer driver{{ end }} for the Coral TPU{{ with .data.variant_label }} ({{ . }}){{ end }} is available"
  body        = <<-EOT
    {{ .data.upgrade_reason | default `What uses the TPU goes on with the old driver until then.` }}

    {{ .data.reboot_note }}
  EOT
  details = {
    Installed = "{{ .data.current_version }}"
    Available = "{{ .data.latest_version }}"
    Menu      = "{{ .data.menu_label }}"
  }
}

event "app_update_available" {
  group    = "updates"
  severity = "INFO"
  icon     = "🆕"
  summary  = "An application inside a container has a new release."
  fields = {
    app_name  = "string"
    vmid      = "number"
    ct_name   = "string"
    installed = "string"
    latest    = "string"
  }
  fingerprint = ["host", "vmid", "app_name", "latest"]
  title       = "{{ .data.app_name | default `An application` }}{{ with .data.vmid }} in CT {{ . }}{{ with $.data.ct_name | default $.guest.name }} ({{ . }}){{ end }}{{ end }} has a new release{{ with .data.latest }}: {{ . }}{{ end }}"
  body        = "Take a snapshot of the container before you update it."
  details = {
    Installed = "{{ .data.installed }}"
    Available = "{{ .data.latest }}"
  }
}
