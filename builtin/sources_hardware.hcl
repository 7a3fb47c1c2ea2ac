# Who has a GPU: the host's driver, or guests through vfio-pci. Proxmox VE switches
# it when a guest starts.

source "file" "gpu_driver" {
  every    = "1m"
  path     = "/sys/bus/pci/devices/*/uevent"
  optional = true
  matches = {
    gpus = "\\A(?:DRIVER=(?P<driver>\\S+)\\n)?PCI_CLASS=3[0-9A-F]{4}\\n(?:.*\\n)*?PCI_SLOT_NAME=(?P<gpu_pci>\\S+)$"
  }
  each = "result.matches.gpus"
  key  = "{{ .item.gpu_pci }}"
  when = "item.changed and item.previous != nil"
  emit = "gpu_mode_switch"
  data = {
    old_mode = "{{ with .item.previous.driver }}{{ if eq . `vfio-pci` }}guests (vfio-pci){{ else }}host ({{ . }}){{ end }}{{ else }}no driver{{ end }}"
    new_mode = "{{ with .item.driver }}{{ if eq . `vfio-pci` }}guests (vfio-pci){{ else }}host ({{ . }}){{ end }}{{ else }}no driver{{ end }}"
  }
}
