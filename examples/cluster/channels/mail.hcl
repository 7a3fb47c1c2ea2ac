# The managers hear of what has lasted, and of nothing else: `when = false` means
# that only rules send here.
channel "email" "managers" {
  when = false
  host = "mail.cluster.example"
  tls  = "none" # a relay in the same rack
  from = "tocsin <tocsin@cluster.example>"
  to   = ["ops-lead@cluster.example", "it-lead@cluster.example"]
}
