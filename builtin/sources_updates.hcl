# Package updates of the host, as apt knows them. Nothing is installed, and no list
# is fetched: Proxmox VE does that daily by itself, as unattended-upgrades does.

# The list of what waits is what is told, so another list is told anew.
source "command" "updates_pending" {
  every    = "24h"
  command  = ["apt-get", "-s", "-o", "Debug::NoLocking=1", "dist-upgrade"]
  optional = true
  matches = {
    all       = "^Inst (?P<package>\\S+) (?:\\[(?P<old>[^\\]\\s]+)\\] )?\\((?P<new>[^\\s)]+)"
    security  = "^Inst \\S+ (?:\\[\\S+\\] )?\\([^\\s)]+ [^\\[)]*[Ss]ecurity"
    pve       = "^Inst (?:pve-|proxmox-|libpve-|libproxmox-|qemu-server |lxc-pve |ifupdown2 )"
    kernel    = "^Inst (?:proxmox-kernel|proxmox-default-kernel|pve-kernel|linux-image)"
    important = "^Inst (?P<package>(?:pve-|proxmox-|libpve-|libproxmox-|linux-image)\\S*|qemu-server|lxc-pve|ifupdown2) (?:\\[(?P<old>[^\\]\\s]+)\\] )?\\((?P<new>[^\\s)]+)"
  }
  key  = "{{ range .result.matches.all }}{{ .package }} {{ .new }} {{ end }}"
  when = "len(result.matches.all) > 0"
  emit = "update_summary"
  data = {
    total_count    = "{{ len .result.matches.all }}"
    security_count = "{{ len .result.matches.security }}"
    pve_count      = "{{ sub (len .result.matches.pve) (len .result.matches.kernel) | max 0 }}"
    kernel_count   = "{{ len .result.matches.kernel }}"
    important_list = "{{ range slice .result.matches.important 0 (min 30 (len .result.matches.important)) }}{{ .package }} {{ with .old }}{{ . }} → {{ end }}{{ .new }}\n{{ end }}"
  }
}

source "command" "pve_version" {
  every    = "12h"
  command  = ["apt-get", "-s", "-o", "Debug::NoLocking=1", "dist-upgrade"]
  optional = true
  matches  = { pve = "^Inst pve-manager \\[(?P<current_version>[^\\]\\s]+)\\] \\((?P<new_version>[^\\s)]+)" }
  each     = "result.matches.pve"
  key      = "{{ .item.new_version }}"
  emit     = "pve_update"
}

# Each run of apt that upgraded packages and came to its end, once.
source "file" "upgrade_done" {
  every    = "5m"
  path     = "/var/log/apt/history.log"
  optional = true
  matches = {
    runs = "^Start-Date: (?P<start>.*)\\n(?P<before>(?:[A-Z][\\w-]*: .*\\n)*?)Upgrade: (?P<packages>.*)\\n(?:[A-Z][\\w-]*: .*\\n)*?End-Date: "
  }
  each = "result.matches.runs"
  key  = "{{ .item.start }}"
  when = "item.changed"
  emit = "update_complete"
  data = {
    count   = "{{ len (splitList `), ` .item.packages) }}"
    details = "{{ join `\n` (slice (splitList `), ` (regexReplaceAll `:\\w+ \\(` .item.packages ` (`)) 0 30) | replace `(` `` | replace `, ` ` → ` | trimSuffix `)` }}"
    reboot  = "{{ regexMatch `(proxmox-kernel|pve-kernel|linux-image)` (print .item.before .item.packages) }}"
  }
}
