# A program of this host: what no other kind can do.
#
# It gets the whole event as one line of JSON on its standard input (the reference
# says what is in it) and tells by its exit code what became of the message: 0 it
# was delivered, 75 it shall be tried again, 65 this message cannot be, 78 none can
# be until somebody mends something. Its last line on standard error is shown as
# the reason.
#
# It runs as tocsin's user, within the sandbox of its unit.

channel "exec" "siren" {
  # No shell is in between: each argument by itself.
  command = ["/usr/local/bin/siren", "--room", "rack"]

  # env     = { SIREN_KEY = secret("siren_key") } # beside PATH, LANG and HOME
  # dir     = "/var/lib/siren"
  # timeout = "30s"

  when = "event.severity == 'CRITICAL'"
}
