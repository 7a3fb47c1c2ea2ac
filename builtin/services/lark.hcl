service "lark" {
  title   = "Lark"
  doc     = "Says it in the Lark group of a custom bot, with the token of the bot's webhook."
  site    = "https://open.larksuite.com/document/client-docs/bot-v3/add-custom-bot"
  schemas = ["lark"]
  urls = [
    "lark://{token}",
    "https://open.larksuite.com/open-apis/bot/v2/hook/{token}",
  ]

  field "token" {
    type     = "secret"
    doc      = "The last part of the address of the bot's webhook."
    required = true
    query    = ["token"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\n{{ .body }}"
    max     = 19985
    unit    = "bytes"
  }

  request {
    url = "https://open.larksuite.com/open-apis/bot/v2/hook/{{ segment .channel.token }}"
    json = {
      msg_type = "text"
      content  = { text = "{{ regexReplaceAll `(?i)<(/?at\\b)` .text `($${1}` }}" }
    }
  }

  success {
    json = { code = 0 }
  }
  failure {
    why = ["msg", "StatusMessage"]
  }
  refusal "bad_token" {
    text = "\"code\":\\s*19001\\b"
    do   = "set token to the last part of the webhook's address, as the settings of the bot show it"
  }
  refusal "bad_sign" {
    text = "\"code\":\\s*19021\\b"
    do   = "turn off the signature check of the bot, which tocsin does not do"
  }
  refusal "bad_address" {
    text = "\"code\":\\s*19022\\b"
    do   = "add the address of this host to those that the bot takes messages from"
  }
  refusal "no_keyword" {
    text = "\"code\":\\s*19024\\b"
    do   = "remove the keywords of the bot, or add one that every message has"
  }
  refusal "rate_limited" {
    text  = "\"code\":\\s*(9499|11232)\\b"
    class = "temporary"
    do    = "nothing: it is tried again"
  }

  pace {
    every = "600ms"
    burst = 5
  }
}
