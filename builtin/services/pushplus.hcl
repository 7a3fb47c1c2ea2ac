service "pushplus" {
  title   = "pushplus"
  doc     = "Delivers to people on WeChat, and by the other channels of pushplus, with the token of a user there."
  site    = "https://www.pushplus.plus/doc/guide/api.html"
  schemas = ["pushplus", "wecom"]
  urls = [
    "pushplus|wecom://{token}/{topics...?}",
    "https://www.pushplus.plus/send?token={token}",
    "https://www.pushplus.plus/send/{token}",
  ]

  field "token" {
    type     = "secret"
    doc      = "The token of the user, or of one of the user's messages."
    required = true
    query    = ["token"]
    match    = "[-0-9A-Za-z_]+"
  }
  field "topics" {
    type    = "list"
    doc     = "The codes of groups to send to; without any, and without to, the user's own devices are."
    example = ["ops"]
    query   = ["to", "topic"]
  }
  field "to" {
    type    = "list"
    doc     = "The tokens of friends to send to, or with channel cp the ids of users of WeCom."
    example = ["a1b2c3d4"]
  }
  field "channel" {
    doc     = "The way that messages take."
    example = "cp"
    default = "wechat"
    query   = ["channel", "mode"]
    schemas = { wecom = "cp" }
    words = {
      wechat    = []
      webhook   = []
      cp        = ["wecom"]
      mail      = []
      sms       = []
      voice     = []
      app       = []
      extension = []
      clawbot   = []
      qq        = []
    }
  }
  field "webhook" {
    doc     = "The code of the webhook or app in the user's settings that the channels webhook and cp send by."
    example = "team"
    query   = ["name", "webhook"]
  }

  message {
    formats   = ["html", "text", "markdown"]
    title_max = 200
    max       = 20000
  }

  request {
    each = ["<topics", "to"]
    url  = "https://www.pushplus.plus/send"
    json = {
      token    = "{{ .channel.token }}"
      title    = "{{ or .title (trunc 200 .body) }}"
      content  = "{{ .body }}"
      template = "{{ if eq .format `text` }}txt{{ else }}{{ .format }}{{ end }}"
      channel  = "{{ .channel.channel }}"
      topic    = "{{ only (eq .kind `topics`) .target }}"
      webhook  = "{{ only (has .channel.channel (list `webhook` `cp`)) .channel.webhook }}"
      to       = "{{ only (eq .kind `to`) .target }}"
    }
  }

  success {
    json = { code = 200 }
  }
  failure {
    why = ["msg"]
  }
  refusal "bad_token" {
    text = "\"code\": ?(401|403|600|903)\\b"
    do   = "set token to that which pushplus shows on the user's page"
  }
  refusal "rate_limited" {
    text  = "\"code\": ?900\\b"
    class = "temporary"
    do    = "send fewer messages: pushplus lets a user who sent too many wait"
  }
  refusal "not_confirmed" {
    text = "\"code\": ?905\\b"
    do   = "let the user confirm who they are at pushplus"
  }
  refusal "no_credit" {
    text = "\"code\": ?888\\b"
    do   = "get points for the account, which this channel costs"
  }
  receipt = "data"
}
