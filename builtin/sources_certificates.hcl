# The certificate that browsers and other nodes see of this one.

source "cert" "node_certificate" {
  every    = "12h"
  address  = "127.0.0.1:8006"
  optional = true
  when     = "result.days_left < 30"
  emit     = "new_error"
  resolved = "error_resolved"
  data = {
    category  = "security"
    entity    = "certificate of the node"
    error_key = "security_certificates"
    reason    = "The certificate of the node ends on {{ date `2 January 2006` .result.not_after }}"
  }
}

source "cert" "node_certificate_expired" {
  every    = "1h"
  address  = "127.0.0.1:8006"
  optional = true
  when     = "result.days_left < 0"
  emit     = "new_error"
  severity = "CRITICAL"
  resolved = "error_resolved"
  data = {
    category  = "security"
    entity    = "certificate of the node"
    error_key = "security_certificates_expired"
    reason    = "The certificate of the node has expired on {{ date `2 January 2006` .result.not_after }}"
  }
}
