service "google_chat" {
  title   = "Google Chat"
  doc     = "Delivers to a space of Google Chat; one needs a webhook of the space."
  site    = "https://developers.google.com/workspace/chat/quickstart/webhooks"
  schemas = ["gchat"]
  urls = [
    "gchat://{space}/{key}/{token}/{thread?}",
    "https://chat.googleapis.com/v1/spaces/{space}/messages?key={key}&token={token}",
  ]

  field "space" {
    doc      = "The space's id, which stands behind spaces in the webhook's address."
    example  = "AAAAb3F0ZXN0"
    required = true
    query    = ["workspace"]
    match    = "[-_0-9A-Za-z]+"
  }
  field "key" {
    type     = "secret"
    doc      = "What stands behind key in the webhook's address."
    required = true
    query    = ["key"]
  }
  field "token" {
    type     = "secret"
    doc      = "What stands behind token in the webhook's address."
    required = true
    query    = ["token"]
  }
  field "thread" {
    doc     = "A name for the thread that messages go to, which begins with the first of them."
    example = "pve-alerts"
    query   = ["thread", "threadkey"]
  }

  message {
    formats = ["chat"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 4000
  }

  request {
    url = "https://chat.googleapis.com/v1/spaces/{{ segment .channel.space }}/messages"
    query = {
      token              = "{{ .channel.token }}"
      key                = "{{ .channel.key }}"
      messageReplyOption = "{{ only .channel.thread `REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD` }}"
    }
    type = "application/json; charset=utf-8"
    json = {
      text = "{{ .text }}"
      thread = {
        "$if"      = "{{ .channel.thread }}"
        thread_key = "{{ .channel.thread }}"
      }
    }
  }

  failure {
    why = ["error.message"]
  }
  refusal "bad_webhook" {
    status = [400, 401, 403]
    text   = "API key|invalid_argument|UNAUTHENTICATED|PERMISSION_DENIED"
    do     = "copy key and token anew from the webhook in the space's settings, or make a new webhook there"
  }
  refusal "no_space" {
    status = [404]
    do     = "look whether the space and its webhook still exist, and make a new webhook"
  }
  receipt = "name"
  pace {
    every = "1s"
  }
}
