service "viber" {
  title   = "Viber"
  doc     = "Says it as a Viber bot to people who subscribed to it."
  site    = "https://developers.viber.com/docs/api/rest-bot-api/#send-message"
  schemas = ["viber"]
  urls    = ["viber://{token}/{receivers...}", "viber://{receivers...}"]

  field "token" {
    type     = "secret"
    doc      = "The authentication token of the bot."
    required = true
    query    = ["token"]
  }
  field "receivers" {
    type     = "list"
    doc      = "The ids of the people, as the bot's webhook was told them."
    example  = ["01234567890A="]
    required = true
    query    = ["to"]
  }
  field "name" {
    doc     = "The name that the bot shows, of at most 28 characters."
    example = "tocsin"
    query   = ["from"]
  }
  field "avatar" {
    doc     = "The address of a picture that the bot shows."
    example = "https://pve.example.org/icon.png"
    query   = ["avatar"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 7000
  }

  request {
    url     = "https://chatapi.viber.com/pa/send_message"
    headers = { X-Viber-Auth-Token = "{{ .channel.token }}" }
    each    = ["<receivers"]
    json = {
      receiver = "{{ .target }}"
      type     = "text"
      text     = "{{ .text }}"
      sender = {
        name   = "{{ trunc 28 (or .channel.name .app.title) }}"
        avatar = "{{ .channel.avatar }}"
      }
    }
  }

  success {
    json = { status = 0 }
  }
  failure {
    why = ["status_message"]
  }
  refusal "bad_token" {
    text = "\"status\":\\s*2\\b"
    do   = "set token to the authentication token of the bot, from partners.viber.com"
  }
  refusal "unknown_receiver" {
    text = "\"status\":\\s*(5|6)\\b"
    do   = "set receivers to ids of people who are subscribed to the bot"
  }
  refusal "rate_limited" {
    text  = "\"status\":\\s*12\\b"
    class = "temporary"
    do    = "nothing: it is tried again"
  }
}
