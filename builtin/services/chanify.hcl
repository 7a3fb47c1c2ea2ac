service "chanify" {
  title   = "Chanify"
  doc     = "Delivers to the devices of a Chanify account, with the token of a channel."
  site    = "https://github.com/chanify/chanify#as-sender-client"
  schemas = ["chanify"]
  urls = [
    "chanify://{token}",
    "https://api.chanify.net/v1/sender/{token}",
  ]

  field "token" {
    type     = "secret"
    doc      = "The token of the channel, as the app shows it."
    required = true
    query    = ["token"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
  }

  request {
    url  = "https://api.chanify.net/v1/sender/{{ segment .channel.token }}/"
    form = { text = "{{ .text }}" }
  }

  failure {
    why = ["msg", "message"]
  }
  receipt = "request-uid"
}
