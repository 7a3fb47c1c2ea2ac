service "pagerduty" {
  title   = "PagerDuty"
  doc     = "Opens alerts in PagerDuty; one needs the integration key of a service with the integration Events API V2."
  site    = "https://developer.pagerduty.com/docs/events-api-v2/trigger-events/"
  schemas = ["pagerduty"]
  urls = [
    "pagerduty://{integrationkey}@{apikey?}/{source?}/{component?}",
  ]

  field "integrationkey" {
    type     = "secret"
    doc      = "The integration key of the service, which PagerDuty calls a routing key too."
    required = true
    query    = ["integrationkey"]
  }
  field "apikey" {
    type  = "secret"
    doc   = "An API key, which addresses of this service have; alerts need none."
    query = ["apikey"]
  }
  field "source" {
    doc     = "What alerts are said to come from; without it the host of the event."
    example = "pve.example.org"
    query   = ["source"]
  }
  field "component" {
    doc     = "The part of the source that alerts are about."
    example = "storage"
    default = "Notification"
    query   = ["component"]
  }
  field "group" {
    doc     = "The group that the component belongs to."
    example = "cluster1"
    query   = ["group"]
  }
  field "class" {
    doc     = "The class of alerts."
    example = "disk"
    query   = ["class"]
  }
  field "click" {
    doc     = "The address that alerts link to."
    example = "https://pve.example.org:8006"
    query   = ["click"]
  }
  field "region" {
    doc     = "Where the account is served: us or eu."
    example = "eu"
    default = "us"
    query   = ["region"]
    words   = ["us", "eu"]
  }
  field "priority" {
    doc     = "The severity of all alerts; without it, or with auto, it follows that of the message."
    example = "error"
    query   = ["severity"]
    words = {
      auto     = []
      info     = ["i"]
      warning  = ["w", "warn"]
      critical = ["c", "crit"]
      error    = ["e", "err"]
    }
  }
  field "image" {
    type    = "bool"
    doc     = "Show a picture for the severity, where tocsin knows one."
    default = true
    query   = ["image"]
  }
  field "details" {
    type    = "map"
    doc     = "Details that every alert shows."
    example = { rack = "B3" }
    pairs   = "+"
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 1024
    over    = "truncate"
  }

  level "priority" {
    info    = "info"
    success = "info"
    warning = "warning"
    failure = "critical"
  }

  request {
    url = "https://events.{{ if eq .channel.region `eu` }}eu.{{ end }}pagerduty.com/v2/enqueue"
    headers = {
      Authorization = "{{ only .channel.apikey (printf `Token token=%s` .channel.apikey) }}"
    }
    json = {
      routing_key = "{{ .channel.integrationkey }}"
      payload = {
        summary        = "{{ .text }}"
        severity       = "{{ ternary .level.priority .channel.priority (or (not .channel.priority) (eq .channel.priority `auto`)) }}"
        source         = "{{ or .channel.source .host .app.name }}"
        component      = "{{ .channel.component }}"
        group          = "{{ .channel.group }}"
        class          = "{{ .channel.class }}"
        custom_details = "{{ present .channel.details }}"
      }
      client       = "{{ .app.name }}"
      event_action = "trigger"
      links = [{
        "$if" = "{{ .channel.click }}"
        href  = "{{ .channel.click }}"
      }]
      images = [{
        "$if" = "{{ and .channel.image (index .image `128x128`) }}"
        src   = "{{ index .image `128x128` }}"
        alt   = "{{ .tone }}"
      }]
    }
  }

  failure {
    why = ["errors.0", "message", "error.message"]
  }
  refusal "bad_token" {
    text  = "routing_key|[Ii]nvalid [Rr]outing [Kk]ey"
    class = "target"
    do    = "set integrationkey to that of an integration with the Events API V2, and check its region"
  }
  receipt = "dedup_key"
  pace {
    every = "500ms"
    burst = 20
  }
}
