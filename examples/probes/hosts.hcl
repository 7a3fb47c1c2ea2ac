# Hosts that watch each other. A host that is down cannot say so: somebody has to look.
# Here a hub asks the tocsin of each host whether it can keep events. One block a host;
# "host" makes the event one about that host, so that rules, silences and inhibitions by
# event.host fit. Its end is told, too, by the next answer or by the host's own start.
#
# The other tocsin has api.listen, tls_cert and allowed_hosts for it; /readyz needs no
# token. One look without an answer is enough, also while the host reboots.

source "http" "barn_silent" {
  every    = "1m"
  url      = "https://barn.example.org:8008/readyz"
  timeout  = "30s"
  when     = "result.error != nil or result.status != 200"
  emit     = "host_silent"
  resolved = "error_resolved"
  host     = "barn"
  data     = { reason = "Its tocsin is not ready: {{ .result.error | default (print `it answers with ` .result.status) }}" }
}
