service "signl4" {
  title   = "SIGNL4"
  doc     = "Alerts the team on duty at SIGNL4, with the secret of the team."
  site    = "https://connect.signl4.com/webhook/docs/index.html"
  schemas = ["signl4"]
  urls = [
    "signl4://{secret}",
    "https://connect.signl4.com/webhook/{secret}",
  ]

  field "secret" {
    type     = "secret"
    doc      = "The secret of the team or integration, the last part of the webhook's address."
    required = true
    query    = ["secret"]
    match    = "[-_0-9A-Za-z]+"
  }
  field "service" {
    doc     = "The service or system category that alerts are of."
    example = "NAS"
    query   = ["service"]
  }
  field "location" {
    doc     = "Where it is, as latitude and longitude."
    example = "52.39,13.06"
    query   = ["location"]
    match   = "-?[0-9.]+, ?-?[0-9.]+"
  }
  field "alerting_scenario" {
    doc     = "How alerts are to be acknowledged."
    example = "single_ack"
    query   = ["alerting_scenario"]
    words   = ["single_ack", "multi_ack", "emergency"]
  }
  field "filtering" {
    type    = "bool"
    doc     = "Let the filters of the team decide whether it is alerted."
    example = true
    query   = ["filtering"]
  }
  field "external_id" {
    doc     = "The id by which alerts are updated later."
    example = "nas01-disk"
    query   = ["external_id"]
  }
  field "status" {
    doc     = "What becomes of the alert with the external id."
    example = "new"
    query   = ["status"]
    words = {
      new          = []
      acknowledged = ["ack"]
      resolved     = []
    }
  }

  message {
    formats = ["text"]
  }

  request {
    url = "https://connect.signl4.com/webhook/{{ segment .channel.secret }}/"
    json = {
      title                 = "{{ or .title .app.title }}"
      body                  = "{{ .body }}"
      X-S4-SourceSystem     = "{{ .app.name }}"
      X-S4-Service          = "{{ .channel.service }}"
      X-S4-Location         = "{{ .channel.location }}"
      X-S4-AlertingScenario = "{{ .channel.alerting_scenario }}"
      X-S4-Filtering        = "{{ only .channel.filtering true }}"
      X-S4-ExternalID       = "{{ .channel.external_id }}"
      X-S4-Status           = "{{ .channel.status }}"
    }
  }

  failure {
    why = ["error", "message", "title"]
  }
  refusal "bad_secret" {
    status = [400, 401, 403, 404]
    text   = "(?i)secret|team"
    do     = "set secret to the secret of the team, which the SIGNL4 app shows under Integrations"
  }
  receipt = "eventId"
}
