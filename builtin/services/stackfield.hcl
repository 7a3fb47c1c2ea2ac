service "stackfield" {
  title   = "Stackfield"
  doc     = "Delivers to a room of Stackfield by a webhook."
  site    = "https://www.stackfield.com/developer-api"
  schemas = ["stackfield"]
  urls = [
    "stackfield://{token}",
    "https://www.stackfield.com/apiwh/{token}",
  ]

  field "token" {
    type     = "secret"
    doc      = "The key of the webhook: what its address ends with."
    required = true
    query    = ["token"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 4000
  }

  request {
    url = "https://www.stackfield.com/apiwh/{{ segment .channel.token }}"
    json = {
      Title = "{{ .text }}"
    }
  }

  failure {
    why = ["Message", "message", "error"]
  }
}
