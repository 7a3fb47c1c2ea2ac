# A file with every message in words, or standard output: to try tocsin out, or
# to keep a record that needs no service.

channel "log" "record" {
  # The file is made for tocsin alone to read. tocsin opens it anew for every
  # message, so logrotate can move it away at any time. Left out: standard output.
  path = "/var/lib/tocsin/messages.log"

  # rich = false # without emoji, details as "Label: value"
}
