service "pushdeer" {
  title   = "PushDeer"
  doc     = "Delivers to the devices of a PushDeer account, at pushdeer.com or at a server of one's own."
  site    = "https://github.com/easychen/pushdeer"
  schemas = ["pushdeer", "pushdeers"]
  secure  = ["pushdeers"]
  urls = [
    "pushdeer(s)://{push_key}",
    "pushdeer(s)://{server}:{port?}/{push_key}",
  ]

  field "push_key" {
    type     = "secret"
    doc      = "The key of the account, as the app shows it."
    required = true
    match    = "[0-9A-Za-z]+"
  }
  field "server" {
    doc     = "The server's address."
    form    = "server"
    example = "https://push.example.org"
    default = "https://api2.pushdeer.com"
    schemas = { pushdeer = "http://api2.pushdeer.com:80" }
  }

  message {
    formats = ["text", "markdown"]
  }

  request {
    url   = "{{ .channel.server }}/message/push"
    query = { pushkey = "{{ .channel.push_key }}" }
    form = {
      text = "{{ or .title .body }}"
      type = "{{ .format }}"
      desp = "{{ ternary .body `` .title }}"
    }
  }

  success {
    json = { code = 0 }
  }
  failure {
    why = ["error", "msg"]
  }
  refusal "bad_key" {
    text = "(?i)key"
    do   = "set push_key to a key of the app's page Key"
  }
}
