service "pagertree" {
  title   = "PagerTree"
  doc     = "Opens alerts at PagerTree, by a webhook integration."
  site    = "https://pagertree.com/docs/integration-guides/webhook"
  schemas = ["pagertree"]
  urls = [
    "pagertree://{integration}",
    "https://api.pagertree.com/integration/{integration}",
  ]

  field "integration" {
    type     = "secret"
    doc      = "The id of the integration, the last part of its address."
    required = true
    query    = ["id"]
    match    = "[-_0-9A-Za-z]+"
  }
  field "action" {
    doc     = "What is done: create opens an alert, acknowledge and resolve change the one with the id of thirdparty."
    example = "create"
    default = "create"
    query   = ["action"]
    words   = ["create", "acknowledge", "resolve"]
  }
  field "thirdparty" {
    doc     = "The id that alerts have, in place of one each."
    example = "nas01-disk"
    query   = ["thirdparty"]
  }
  field "urgency" {
    doc     = "How urgent alerts are; auto goes by the severity of messages."
    example = "high"
    query   = ["urgency"]
    words   = ["silent", "low", "medium", "high", "critical", "auto"]
  }
  field "tags" {
    type    = "list"
    doc     = "Tags of alerts."
    example = ["disk"]
    query   = ["tags"]
  }
  field "headers" {
    type    = "map"
    doc     = "Headers to add to the request."
    example = { X-Team = "infra" }
    pairs   = "+"
  }
  field "meta" {
    type    = "map"
    doc     = "Values that alerts show beside their text."
    example = { site = "home" }
    pairs   = "-"
  }
  field "values" {
    type    = "map"
    doc     = "Fields to add to the request."
    example = { source = "nas01" }
    pairs   = ":"
  }

  message {
    formats = ["text"]
  }

  level "urgency" {
    info    = "low"
    success = "low"
    warning = "high"
    failure = "critical"
  }

  request {
    url     = "https://api.pagertree.com/integration/{{ segment .channel.integration }}"
    headers = { "$merge" = "{{ .channel.headers }}" }
    json = {
      id          = "{{ or .channel.thirdparty .delivery }}"
      event_type  = "{{ .channel.action }}"
      title       = "{{ or .title .app.title }}"
      description = "{{ .body }}"
      meta        = "{{ or .channel.meta dict }}"
      tags        = "{{ or .channel.tags list }}"
      urgency     = "{{ ternary .level.urgency .channel.urgency (eq .channel.urgency `auto`) }}"
      "$merge"    = "{{ .channel.values }}"
    }
  }

  failure {
    why = ["errors.0.detail", "error", "message"]
  }
  refusal "unknown_integration" {
    status = [404]
    do     = "set integration to the last part of the address that the integration shows at pagertree.com"
  }
  receipt = "id"
}
