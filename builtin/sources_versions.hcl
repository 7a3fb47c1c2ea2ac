# Newer versions of single programs that come by apt, which a host knows by itself.
# What is inside of guests it sees only as root, so lxc_updates_available,
# app_update_available and secure_gateway_update_available are sent by programs that
# look there; so is post_install_update, by who keeps what was installed.

source "command" "tocsin_version" {
  every    = "24h"
  command  = ["apt-get", "-s", "-o", "Debug::NoLocking=1", "dist-upgrade"]
  optional = true
  matches  = { tocsin = "^Inst tocsin \\[(?P<current_version>[^\\]\\s]+)\\] \\((?P<new_version>[^\\s)]+)" }
  each     = "result.matches.tocsin"
  key      = "{{ .item.new_version }}"
  emit     = "tocsin_update"
}

source "command" "nvidia_driver_version" {
  every    = "24h"
  command  = ["apt-get", "-s", "-o", "Debug::NoLocking=1", "dist-upgrade"]
  optional = true
  matches  = { drivers = "^Inst nvidia-(?:driver|open|kernel-dkms|kernel-open-dkms|driver-full)(?:-\\d+)? \\[(?P<current_version>[^\\]\\s]+)\\] \\((?P<latest_version>[^\\s)]+)" }
  each     = "result.matches.drivers"
  key      = "{{ .item.latest_version }}"
  emit     = "nvidia_driver_update_available"
}

source "command" "coral_driver_version" {
  every    = "24h"
  command  = ["apt-get", "-s", "-o", "Debug::NoLocking=1", "dist-upgrade"]
  optional = true
  matches  = { drivers = "^Inst (?P<variant_label>gasket-dkms|libedgetpu1-(?:std|max)) \\[(?P<current_version>[^\\]\\s]+)\\] \\((?P<latest_version>[^\\s)]+)" }
  each     = "result.matches.drivers"
  key      = "{{ .item.variant_label }} {{ .item.latest_version }}"
  emit     = "coral_driver_update_available"
  data     = { reboot_note = "{{ if hasPrefix `gasket` .item.variant_label }}The module is loaded anew by a reboot.{{ end }}" }
}
