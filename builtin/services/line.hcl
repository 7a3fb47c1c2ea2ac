service "line" {
  title   = "LINE"
  doc     = "Delivers to users, groups and rooms of LINE by an official account with the Messaging API."
  site    = "https://developers.line.biz/en/reference/messaging-api/#send-push-message"
  schemas = ["line"]
  urls = [
    "line://{token+:.+=}/{targets...?}", # tokens hold slashes and end with =
    "line://{token}/{targets...?}",
  ]

  field "token" {
    type     = "secret"
    doc      = "A channel access token of the account."
    required = true
    query    = ["token"]
  }
  field "targets" {
    type     = "list"
    doc      = "The ids of the users, groups and rooms to write to."
    example  = ["U4af4980629a1b2c3d4e5f60718293a4b"]
    required = true
    query    = ["to"]
  }
  field "image" {
    type    = "bool"
    doc     = "Show a picture for the severity beside the message, where tocsin knows one."
    default = true
    query   = ["image"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 5000
    unit  = "utf16"
  }

  request {
    each = ["<targets"]
    url  = "https://api.line.me/v2/bot/message/push"
    headers = {
      Authorization = "{{ bearer .channel.token }}"
    }
    json = {
      to = "{{ .target }}"
      messages = [
        {
          type = "text"
          text = "{{ .text }}"
          sender = {
            name    = "{{ .app.name }}"
            iconUrl = "{{ only .channel.image (index .image `128x128`) }}"
          }
        },
      ]
    }
  }

  failure {
    why = ["details.0.message", "message"]
  }
  refusal "bad_token" {
    status = [401]
    do     = "set token to a channel access token that has not run out"
  }
  refusal "quota_used_up" {
    status = [429]
    text   = "monthly limit"
    class  = "target"
    do     = "take a larger plan for the account, or wait for the next month"
  }
  refusal "unknown_target" {
    status = [400]
    text   = "'to'|property, to"
    do     = "set targets to ids that the account's webhook has seen: not names that people show"
  }
  receipt = "sentMessages.0.id"
}
