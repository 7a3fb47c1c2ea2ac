# E-mail by a mail server that you have an account with.
#
# The password stands in secrets/smtp_password. Gmail and other large services
# do not take the account's own one: make a password for apps in the settings of
# the account.

channel "email" "mail" {
  host     = "smtp.example.org"
  tls      = "starttls" # port 587; "tls" is port 465
  username = "alerts@example.org"
  password = secret("smtp_password")

  from = "tocsin <alerts@example.org>"
  to   = ["ana@example.org", "Ops <ops@example.org>"] # one mail, all see each other

  # port           = 2525
  # subject_prefix = "[lab]" # left out: the host of the event, as in [pve1]

  # What this channel leaves out, whatever the others carry: a group of events, a
  # type of them, or a severity.
  toggles {
    vm_ct = false
  }
}

# A mail server on this host, such as the postfix of Proxmox VE, needs no login.
# It is spoken to in the clear on port 25, which never leaves the machine.
#
# channel "email" "local" {
#   host = "localhost"
#   from = "tocsin@pve1.example.org"
#   to   = "root@pve1.example.org"
# }
