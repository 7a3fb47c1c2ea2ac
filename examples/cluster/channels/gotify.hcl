# The push message to whoever is on call. In the office the team sees Discord
# anyway, so WARNING rings outside of office hours only, and only for what
# takes the cluster down with it.
channel "gotify" "on_call" {
  when  = <<-EOT
    event.severity == 'CRITICAL'
      or event.severity == 'WARNING'
        and event.group in ['cluster', 'storage']
        and not during(event.time, local.office)
  EOT
  url   = "https://push.cluster.example"
  token = secret("gotify_token")

  # People sleep. CRITICAL comes through, as it always does.
  quiet_hours {
    hours = "23:00-06:30"
  }
}
