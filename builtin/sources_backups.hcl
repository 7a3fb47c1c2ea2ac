# The beginning of a backup job. Its end is told by Proxmox VE itself.

source "journal" "vzdump_started" {
  identifiers = ["vzdump", "pvescheduler", "pvedaemon", "pvesh", "CRON"]
  uids        = [0]
  pattern     = <<-RE
    ^INFO: starting new backup job: vzdump(?: (?P<vmid>\d+))?(?P<_more>(?: \d+)*)(?: --?storage[ =]'?(?P<storage>[^\s']+)'?| \S+)*$
  RE
  emit        = "backup_start"
  data        = { vmid = "{{ if not .match._more }}{{ .match.vmid }}{{ end }}", reason = "{{ with .match._more }}The job covers the guests {{ $.match.vmid }}{{ . }}.{{ end }}" }
}
