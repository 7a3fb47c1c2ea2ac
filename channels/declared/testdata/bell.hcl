# A service that there is not: it has a bit of everything.
service "bell" {
  title   = "Bell"
  doc     = "Rings a bell."
  site    = "https://bell.example/api"
  schemas = ["bell", "bells"]
  secure  = ["bells"]
  urls    = ["bell(s)://{token}@{server}:{port?}/{rooms...}"]

  field "server" {
    doc      = "The bell's address."
    form     = "server"
    example  = "https://bell.example"
    required = true
  }
  field "token" {
    type     = "secret"
    doc      = "The token."
    required = true
  }
  field "rooms" {
    type    = "list"
    doc     = "The rooms to ring in."
    example = ["hall"]
    query   = ["to"]
  }

  message {
    formats   = ["text", "markdown", "html", "mrkdwn", "chat"]
    title_max = 250
    max       = 8000
  }

  request {
    each    = ["rooms"]
    url     = "{{ .channel.server }}/push"
    headers = { Authorization = "{{ bearer .channel.token }}" }
    json = {
      room   = "{{ .target }}"
      title  = "{{ .title }}"
      text   = "{{ .body }}"
      format = "{{ .format }}"
    }
  }

  success {
    json = { ok = true }
  }
  failure {
    why         = ["error"]
    retry_after = "wait"
  }
  refusal "bad_token" {
    status = [401, 403]
    class  = "target"
    do     = "set token to one that is valid"
  }
  receipt = "id"
}
