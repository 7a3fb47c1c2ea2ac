service "splunk" {
  title   = "Splunk On-Call"
  doc     = "Opens and closes incidents of Splunk On-Call, which was VictorOps; one needs the REST integration's API key and a routing key."
  site    = "https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/"
  schemas = ["splunk", "victorops"]
  urls = [
    "splunk|victorops://{routing_key}@{apikey}/{entity_id?}",
    "https://alert.victorops.com/integrations/generic/20131114/alert/{apikey}/{routing_key}/{entity_id?}",
  ]

  field "apikey" {
    type     = "secret"
    doc      = "The API key of the REST integration."
    required = true
    query    = ["apikey"]
    match    = "[-_0-9A-Za-z]+"
  }
  field "routing_key" {
    doc      = "The routing key of the team to alert."
    example  = "infra"
    required = true
    query    = ["routing_key", "route"]
    match    = "[-_0-9A-Za-z]+"
  }
  field "entity_id" {
    doc     = "The incident that messages are about; without it, all of a routing key are one."
    example = "nas01-disk"
    query   = ["entity_id"]
  }
  field "action" {
    doc     = "What messages do: map follows the severity, the others are the same for all."
    example = "critical"
    default = "map"
    query   = ["action"]
    words = {
      map             = ["m", "auto"]
      info            = ["i"]
      acknowledgement = ["a", "ack", "acknowledge"]
      warning         = ["w", "warn"]
      recovery        = ["r", "resolve", "recover"]
      critical        = ["c", "crit"]
    }
  }
  field "mapping" {
    type    = "map"
    doc     = "What messages of a tone do, in place of what they do by themselves: info, success, warning and failure."
    example = { warning = "critical" }
    pairs   = ":"
  }

  message {
    formats   = ["text"]
    title_max = 60
    max       = 400
  }

  level "type" {
    info    = "INFO"
    success = "RECOVERY"
    warning = "WARNING"
    failure = "CRITICAL"
  }

  request {
    url = "https://alert.victorops.com/integrations/generic/20131114/alert/{{ segment .channel.apikey }}/{{ segment .channel.routing_key }}"
    json = {
      entity_id           = "{{ or .channel.entity_id (printf `%s/%s` .app.name .channel.routing_key) }}"
      message_type        = "{{ if ne .channel.action `map` }}{{ upper .channel.action }}{{ else }}{{ or (upper (dig .tone `` (or .channel.mapping dict))) .level.type }}{{ end }}"
      entity_display_name = "{{ or .title .app.title }}"
      state_message       = "{{ .body }}"
      monitoring_tool     = "{{ .app.name }}"
    }
  }

  success {
    none = ["message", "messages"]
  }
  failure {
    why = ["messages.0", "message"]
  }
  refusal "bad_token" {
    text  = "(?i)routing.?key|api.?key|org(?:anization)? slug"
    class = "target"
    do    = "set apikey to the end of the REST integration's address before the routing key, and routing_key to one that is set up"
  }
}
