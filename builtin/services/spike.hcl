service "spike" {
  title   = "Spike.sh"
  doc     = "Opens incidents at Spike.sh; one needs the key of an Apprise or webhook integration."
  site    = "https://docs.spike.sh/integrations-guideline/integrate-spike-with-apprise"
  schemas = ["spike"]
  urls = [
    "spike://{key}",
    "https://api.spike.sh/v1/alerts/{key}",
  ]

  field "key" {
    type     = "secret"
    doc      = "The key of the integration: the end of its address."
    required = true
    query    = ["token"]
    match    = "[-_0-9A-Za-z]+"
  }

  message {
    over = "truncate"
  }

  request {
    url = "https://api.spike.sh/v1/alerts/{{ segment .channel.key }}"
    json = {
      message     = "{{ or .title .body }}"
      description = "{{ .body }}"
    }
  }

  failure {
    why = ["message", "error"]
  }
  refusal "bad_token" {
    status = [401, 403, 404]
    do     = "copy the key anew from the integration's page at Spike.sh"
  }
}
