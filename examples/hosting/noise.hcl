# With 80 hosts the same thing happens somewhere all the time. What is here is
# for everybody: customers and NOC.

dedup {
  window = "30s"
}

# The most specific key wins: type, then group, then severity. The pack has keys
# for the groups resources and updates; those are set as well, or they would
# overrule the severities.
cooldown {
  critical  = "5m"
  warning   = "30m"
  info      = "6h"
  resources = "2h"
  updates   = "7d"

  disk_space_low = "12h"
  auth_fail      = "1h"
}

toggles {
  updates  = false # patched by the automation
  hardware = false

  # Starts and stops are the customers' own doing.
  vm_start = false
  ct_start = false
}

# A backup server that is gone fails every guest of a site within minutes. The
# first failures are told one by one, the others as one summary. A flood is of one
# Proxmox cluster, and each site is one; `by` splits it further.
burst "burst_backups" {
  events    = ["backup_fail"]
  threshold = 5
  window    = "10m"
  by        = ["storage"]
  samples   = 10
  icon      = "💾"
  summary   = "Many backups to one storage failed within a short time."
  title     = "{{ .count }} backups to {{ .data.storage | default `a storage` }} failed"
  body      = <<-EOT
    {{ range .samples }}{{ .host }}: {{ .data.vmname | default .data.vmid }} {{ .data.reason | trunc 80 }}
    {{ end }}
    One cause is likely: the storage itself.
  EOT
}

# Guessing passwords is normal on the internet. The pack merges three failures;
# here it takes twenty, and one message a host.
burst "burst_auth_fail" {
  threshold = 20
  window    = "15m"
  by        = ["host"]
}
