service "flowtriq" {
  title   = "Flowtriq"
  doc     = "Delivers to a webhook of Flowtriq; one needs its address and API key."
  site    = "https://flowtriq.com/docs"
  schemas = ["flowtriq", "flowtriqs"]
  secure  = ["flowtriqs"]
  urls    = ["flowtriq(s)://{key}@{server}:{port?}/{path+?}"]

  field "server" {
    doc      = "The address of the webhook's server."
    form     = "server"
    example  = "https://flowtriq.example.org"
    required = true
  }
  field "path" {
    doc     = "The webhook's path."
    example = "hooks/a1b2c3"
  }
  field "key" {
    type     = "secret"
    doc      = "The API key."
    required = true
  }

  message {
    title_max = 250
  }

  level "severity" {
    info    = "info"
    success = "success"
    warning = "warning"
    failure = "critical"
  }

  request {
    url = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ segments . }}{{ end }}"
    headers = {
      X-API-Key = "{{ .channel.key }}"
    }
    json = {
      title    = "{{ .title }}"
      body     = "{{ .body }}"
      severity = "{{ .level.severity }}"
      type     = "{{ .tone }}"
      source   = "apprise"
    }
  }

  failure {
    why = ["error", "message"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "set key to the API key of the webhook"
  }
}
