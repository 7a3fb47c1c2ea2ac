# An address as Apprise writes it. One of a service that tocsin speaks is a channel
# of that (tocsin services lists them); any other is sent by a real Apprise: its
# command on this host (apt install apprise), which is found by itself, or its API
# server, which a block names:
#
#   apprise {
#     api = "http://127.0.0.1:8000"
#   }
#
# tocsin check says what the Apprise at hand does not speak. One address a channel:
# it holds the service's tokens, so it stands in secrets/irc_address.

channel "apprise" "team" {
  url = secret("irc_address") # ircs://nick:password@irc.example.org/#alerts
}
