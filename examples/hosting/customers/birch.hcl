# birch: a mail in service hours, and a digest of the finished backups.
channel "email" "birch" {
  when = <<-EOT
    event.data.customer == 'birch' and event.data.tell == 'now'
      and (event.severity >= 'WARNING' or event.group == 'backups')
  EOT
  host = "mail.hosting.example"
  tls  = "none"
  from = "Hosting <hub@hosting.example>"
  to   = "it@birch.example"

  subject_prefix = "[hosting]"

  digest {
    at = "16:00"
  }
}
