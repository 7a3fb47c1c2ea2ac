# Virtual machines and containers: starts and stops, migrations, replication, and
# the packages inside containers.
#
# A guest's number is unique within a cluster and stays with it when it moves,
# so the node is not part of what makes two of these events the same.

event "vm_start" {
  group       = "vm_ct"
  severity    = "INFO"
  live        = true
  resolves    = ["vm_fail", "vm_start_warning"]
  icon        = "▶️"
  summary     = "A virtual machine was started."
  fields      = { vmid = "number", vmname = "string", user = "string", duration = "duration", upid = "string" }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}VM {{ . }}{{ else }}A VM{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} started"
  body        = "The virtual machine is running."
  details = {
    "Started by" = "{{ .data.user }}"
    Took         = "{{ .data.duration }}"
  }
}

event "vm_start_warning" {
  group    = "vm_ct"
  severity = "WARNING"
  resolves = ["vm_fail"]
  icon     = "⚠️"
  summary  = "A virtual machine was started, and Proxmox VE noted warnings."
  fields = {
    vmid          = "number"
    vmname        = "string"
    reason        = "string"
    warning_count = "number"
    user          = "string"
    duration      = "duration"
    upid          = "string"
  }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}VM {{ . }}{{ else }}A VM{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} started with warnings"
  body        = <<-EOT
    {{ .data.reason | default `The virtual machine is running, but its start was not clean.` }}

    The task history of the node holds the full log.
  EOT
  details = {
    Warnings     = "{{ .data.warning_count }}"
    "Started by" = "{{ .data.user }}"
    Took         = "{{ .data.duration }}"
  }
}

event "vm_stop" {
  group       = "vm_ct"
  severity    = "INFO"
  enabled     = false
  live        = true
  resolves    = ["vm_fail"]
  icon        = "⏹️"
  summary     = "A virtual machine was stopped at once, without a clean shutdown."
  fields      = { vmid = "number", vmname = "string", user = "string", duration = "duration", upid = "string" }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}VM {{ . }}{{ else }}A VM{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} was stopped"
  body        = "It was switched off hard; its system had no chance to end in order."
  details = {
    "Stopped by" = "{{ .data.user }}"
    Took         = "{{ .data.duration }}"
  }
}

event "vm_shutdown" {
  group       = "vm_ct"
  severity    = "INFO"
  enabled     = false
  live        = true
  resolves    = ["vm_fail"]
  icon        = "⏏️"
  summary     = "A virtual machine was shut down cleanly."
  fields      = { vmid = "number", vmname = "string", user = "string", duration = "duration", upid = "string" }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}VM {{ . }}{{ else }}A VM{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} was shut down"
  body        = "Its system ended in order; the virtual machine is off."
  details = {
    "Shut down by" = "{{ .data.user }}"
    Took           = "{{ .data.duration }}"
  }
}

event "vm_restart" {
  group       = "vm_ct"
  severity    = "INFO"
  enabled     = false
  live        = true
  resolves    = ["vm_fail"]
  icon        = "🔄"
  summary     = "A virtual machine was restarted."
  fields      = { vmid = "number", vmname = "string", user = "string", duration = "duration", upid = "string" }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}VM {{ . }}{{ else }}A VM{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} restarted"
  body        = "The virtual machine was rebooted or reset and is running again."
  details = {
    "Restarted by" = "{{ .data.user }}"
    Took           = "{{ .data.duration }}"
  }
}

event "vm_fail" {
  group    = "vm_ct"
  severity = "CRITICAL"
  live     = true
  icon     = "💥"
  summary  = "A virtual machine could not be started, stopped or restarted."
  fields = {
    vmid     = "number"
    vmname   = "string"
    action   = "string" # start, stop, shutdown, restart
    reason   = "string"
    user     = "string"
    duration = "duration"
    upid     = "string"
  }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}VM {{ . }}{{ else }}A VM{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }}{{ with .data.action }}: {{ . }}{{ end }} failed"
  body        = <<-EOT
    {{ .data.reason | default `Proxmox VE could not do what it was asked to.` }}

    Check: qm list shows whether it runs; the task history of the node holds the full log.
  EOT
  details = {
    "Asked for by"  = "{{ .data.user }}"
    "Gave up after" = "{{ .data.duration }}"
  }
}

event "ct_start" {
  group       = "vm_ct"
  severity    = "INFO"
  live        = true
  resolves    = ["ct_fail", "ct_start_warning"]
  icon        = "▶️"
  summary     = "A container was started."
  fields      = { vmid = "number", vmname = "string", user = "string", duration = "duration", upid = "string" }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}CT {{ . }}{{ else }}A container{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} started"
  body        = "The container is running."
  details = {
    "Started by" = "{{ .data.user }}"
    Took         = "{{ .data.duration }}"
  }
}

event "ct_start_warning" {
  group    = "vm_ct"
  severity = "WARNING"
  resolves = ["ct_fail"]
  icon     = "⚠️"
  summary  = "A container was started, and Proxmox VE noted warnings."
  fields = {
    vmid          = "number"
    vmname        = "string"
    reason        = "string"
    warning_count = "number"
    user          = "string"
    duration      = "duration"
    upid          = "string"
  }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}CT {{ . }}{{ else }}A container{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} started with warnings"
  body        = <<-EOT
    {{ .data.reason | default `The container is running, but its start was not clean.` }}

    The task history of the node holds the full log.
  EOT
  details = {
    Warnings     = "{{ .data.warning_count }}"
    "Started by" = "{{ .data.user }}"
    Took         = "{{ .data.duration }}"
  }
}

event "ct_stop" {
  group       = "vm_ct"
  severity    = "INFO"
  enabled     = false
  live        = true
  resolves    = ["ct_fail"]
  icon        = "⏹️"
  summary     = "A container was stopped at once, without a clean shutdown."
  fields      = { vmid = "number", vmname = "string", user = "string", duration = "duration", upid = "string" }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}CT {{ . }}{{ else }}A container{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} was stopped"
  body        = "It was switched off hard; its system had no chance to end in order."
  details = {
    "Stopped by" = "{{ .data.user }}"
    Took         = "{{ .data.duration }}"
  }
}

event "ct_shutdown" {
  group       = "vm_ct"
  severity    = "INFO"
  enabled     = false
  live        = true
  resolves    = ["ct_fail"]
  icon        = "⏏️"
  summary     = "A container was shut down cleanly."
  fields      = { vmid = "number", vmname = "string", user = "string", duration = "duration", upid = "string" }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}CT {{ . }}{{ else }}A container{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} was shut down"
  body        = "Its system ended in order; the container is off."
  details = {
    "Shut down by" = "{{ .data.user }}"
    Took           = "{{ .data.duration }}"
  }
}

event "ct_restart" {
  group       = "vm_ct"
  severity    = "INFO"
  enabled     = false
  live        = true
  resolves    = ["ct_fail"]
  icon        = "🔄"
  summary     = "A container was restarted."
  fields      = { vmid = "number", vmname = "string", user = "string", duration = "duration", upid = "string" }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}CT {{ . }}{{ else }}A container{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} restarted"
  body        = "The container was rebooted and is running again."
  details = {
    "Restarted by" = "{{ .data.user }}"
    Took           = "{{ .data.duration }}"
  }
}

event "ct_fail" {
  group    = "vm_ct"
  severity = "CRITICAL"
  live     = true
  icon     = "💥"
  summary  = "A container could not be started, stopped or restarted."
  fields = {
    vmid     = "number"
    vmname   = "string"
    action   = "string" # start, stop, shutdown, restart
    reason   = "string"
    user     = "string"
    duration = "duration"
    upid     = "string"
  }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}CT {{ . }}{{ else }}A container{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }}{{ with .data.action }}: {{ . }}{{ end }} failed"
  body        = <<-EOT
    {{ .data.reason | default `Proxmox VE could not do what it was asked to.` }}

    Check: pct list shows whether it runs; a start by hand with --debug shows each step.
  EOT
  details = {
    "Asked for by"  = "{{ .data.user }}"
    "Gave up after" = "{{ .data.duration }}"
  }
}

event "migration_start" {
  group    = "vm_ct"
  severity = "INFO"
  icon     = "🚚"
  summary  = "A guest began to move to another node."
  fields = {
    vmid        = "number"
    vmname      = "string"
    node        = "string"
    target_node = "string"
    user        = "string"
    upid        = "string"
  }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}Guest {{ . }}{{ else }}A guest{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} is moving{{ with .data.target_node }} to {{ . }}{{ end }}"
  body        = "A migration has begun. The guest stays where it is until all of it has been copied."
  details = {
    From         = "{{ .data.node }}"
    To           = "{{ .data.target_node }}"
    "Started by" = "{{ .data.user }}"
  }
}

event "migration_complete" {
  group    = "vm_ct"
  severity = "INFO"
  outcome  = "success"
  resolves = ["migration_fail"]
  icon     = "✅"
  summary  = "A guest moved to another node."
  fields = {
    vmid        = "number"
    vmname      = "string"
    node        = "string"
    target_node = "string"
    duration    = "duration"
    user        = "string"
    upid        = "string"
  }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}Guest {{ . }}{{ else }}A guest{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} moved{{ with .data.target_node }} to {{ . }}{{ end }}"
  body        = "The migration is complete; the guest now belongs to {{ .data.target_node | default `its new node` }}."
  details = {
    From         = "{{ .data.node }}"
    To           = "{{ .data.target_node }}"
    Took         = "{{ .data.duration }}"
    "Started by" = "{{ .data.user }}"
  }
}

event "migration_warning" {
  group    = "vm_ct"
  severity = "WARNING"
  resolves = ["migration_fail"]
  icon     = "⚠️"
  summary  = "A guest moved to another node, and Proxmox VE noted warnings."
  fields = {
    vmid          = "number"
    vmname        = "string"
    node          = "string"
    target_node   = "string"
    reason        = "string"
    warning_count = "number"
    duration      = "duration"
    user          = "string"
    upid          = "string"
  }
  fingerprint = ["vmid"]
  title       = "{{ with .data.vmid }}Guest {{ . }}{{ else }}A guest{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }} moved{{ with .data.target_node }} to {{ . }}{{ end }} with warnings"
  body        = <<-EOT
    {{ .data.reason | default `The guest has moved, but something was left unfinished on the way.` }}

    Check: the task log, and whether disks were left behind on the old node.
  EOT
  details = {
    From         = "{{ .data.node }}"
    To           = "{{ .data.target_node }}"
    Warnings     = "{{ .data.warning_count }}"
    Took         = "{{ .data.duration }}"
    "Started by" = "{{ .data.user }}"
  }
}

event "migration_fail" {
  group    = "vm_ct"
  severity = "CRITICAL"
  icon     = "❌"
  summary  = "A guest could not be moved to another node."
  fields = {
    vmid        = "number"
    vmname      = "string"
    node        = "string"
    target_node = "string"
    reason      = "string"
    duration    = "duration"
    user        = "string"
    upid        = "string"
  }
  fingerprint = ["vmid"]
  title       = "Migration of {{ with .data.vmid }}guest {{ . }}{{ else }}a guest{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }}{{ with .data.target_node }} to {{ . }}{{ end }} failed"
  body        = <<-EOT
    {{ .data.reason | default `Proxmox VE broke the migration off.` }}

    Check: qm list or pct list on the old node shows whether the guest still runs there.
  EOT
  details = {
    From            = "{{ .data.node }}"
    To              = "{{ .data.target_node }}"
    "Started by"    = "{{ .data.user }}"
    "Gave up after" = "{{ .data.duration }}"
  }
}

event "replication_fail" {
  group    = "vm_ct"
  severity = "CRITICAL"
  live     = true
  icon     = "❌"
  summary  = "The storage replication of a guest failed."
  fields = {
    vmid         = "number"
    vmname       = "string"
    job_id       = "string"
    target_node  = "string"
    schedule     = "string"
    last_sync    = "string"
    next_sync    = "string"
    failures     = "number"
    reason       = "string"
    message      = "string"
    hostname     = "string" # as Proxmox names the host
    pve_type     = "string"
    pve_severity = "string"
    pve_title    = "string"
  }
  fingerprint = ["vmid", "target_node"]
  title       = "Replication of {{ with .data.vmid }}guest {{ . }}{{ else }}a guest{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }}{{ with .data.target_node }} to {{ . }}{{ end }} failed"
  body        = <<-EOT
    {{ .data.reason | default .data.message | default `The copy on the other node could not be brought up to date.` }}

    Until a run succeeds, a failover would start from the last copy and lose what came after it.
    Check: pvesr status
  EOT
  details = {
    Job               = "{{ .data.job_id }}"
    Schedule          = "{{ .data.schedule }}"
    "Last copy"       = "{{ .data.last_sync }}"
    "Next try"        = "{{ .data.next_sync }}"
    "Failures so far" = "{{ .data.failures }}"
  }
}

event "replication_complete" {
  group    = "vm_ct"
  severity = "INFO"
  enabled  = false
  outcome  = "success"
  resolves = ["replication_fail"]
  icon     = "✅"
  summary  = "The storage replication of a guest succeeded."
  fields = {
    vmid        = "number"
    vmname      = "string"
    job_id      = "string"
    target_node = "string"
    duration    = "duration"
  }
  fingerprint = ["vmid", "target_node"]
  title       = "Replication of {{ with .data.vmid }}guest {{ . }}{{ else }}a guest{{ end }}{{ with .data.vmname | default .guest.name }} ({{ . }}){{ end }}{{ with .data.target_node }} to {{ . }}{{ end }} succeeded"
  body        = "The copy on the other node is up to date."
  details = {
    Job  = "{{ .data.job_id }}"
    Took = "{{ .data.duration }}"
  }
}

event "lxc_updates_available" {
  group    = "vm_ct"
  severity = "INFO"
  enabled  = false
  icon     = "📦"
  summary  = "Running containers have package updates waiting."
  fields = {
    count          = "number" # of containers
    total_packages = "number"
    security_count = "number"
    ct_list        = "list"
  }
  fingerprint = ["host", "total_packages", "ct_list"]
  title       = "Package updates wait in {{ with .data.count }}{{ . }} {{ plural `container` `containers` . }}{{ else }}containers{{ end }}"
  body        = <<-EOT
    {{ join "\n" .data.ct_list | default `Packages inside running containers can be updated.` }}
  EOT
  details = {
    Packages           = "{{ .data.total_packages }}"
    "Security updates" = "{{ with .data.security_count }}{{ . }}{{ end }}"
  }
}

event "lxc_update_applied" {
  group    = "vm_ct"
  severity = "INFO"
  outcome  = "success"
  icon     = "✅"
  summary  = "The packages inside a container were updated."
  fields = {
    vmid     = "number"
    ct_name  = "string"
    result   = "string"
    target   = "string"
    duration = "duration"
  }
  fingerprint = ["vmid", "target"]
  title       = "{{ with .data.vmid }}CT {{ . }}{{ else }}A container{{ end }}{{ with .data.ct_name | default .guest.name }} ({{ . }}){{ end }} was updated"
  body        = "{{ .data.result | default `The packages inside the container are up to date.` }}"
  details = {
    Updated = "{{ .data.target }}"
    Took    = "{{ .data.duration }}"
  }
}
