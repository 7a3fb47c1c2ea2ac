service "qq" {
  title   = "Qmsg"
  doc     = "Delivers to a user of QQ by the robots of Qmsg, with a key of one's account there."
  site    = "https://qmsg.zendee.cn/docs/api"
  schemas = ["qq"]
  urls = [
    "qq://{token}",
    "https://qmsg.zendee.cn/send/{token}",
  ]

  field "token" {
    type     = "secret"
    doc      = "The key of the account."
    required = true
    query    = ["token"]
  }

  message {
    merge = "{{ .title }}\n{{ .body }}"
  }

  request {
    url = "https://qmsg.zendee.cn/send/{{ segment .channel.token }}"
    form = {
      msg = "{{ .text }}"
    }
  }

  success {
    json = { success = true }
  }
  failure {
    why = ["reason"]
  }
  refusal "bad_token" {
    text = "KEY"
    do   = "set token to the key that Qmsg shows for the account"
  }
}
