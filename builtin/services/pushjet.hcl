service "pushjet" {
  title   = "Pushjet"
  doc     = "Delivers to the subscribers of a service on a Pushjet server of one's own; one needs the service's secret key. The public server has ended."
  site    = "https://github.com/Pushjet/Pushjet-Server-Api"
  schemas = ["pjet", "pjets"]
  secure  = ["pjets"]
  urls    = ["pjet(s)://{user?}:{password?}@{server}:{port?}/{secret}"]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "https://push.example.org"
    required = true
  }
  field "secret" {
    type     = "secret"
    doc      = "The service's secret key, of 32 characters."
    required = true
    query    = ["secret"]
  }
  field "user" {
    doc     = "The user's name, where a proxy before the server asks for one."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "priority" {
    doc     = "How important messages are, from 1 to 5; auto goes by their severity."
    example = "auto"
    words   = ["auto", "1", "2", "3", "4", "5"]
  }

  message {
    title_max = 250
  }

  level "priority" {
    info    = "2"
    success = "2"
    warning = "4"
    failure = "5"
  }

  request {
    url = "{{ .channel.server }}/message"
    headers = {
      Authorization = "{{ basic .channel.user .channel.password }}"
    }
    form = {
      secret  = "{{ .channel.secret }}"
      message = "{{ .body }}"
      title   = "{{ .title }}"
      level   = "{{ only .channel.priority (ternary .level.priority .channel.priority (eq .channel.priority `auto`)) }}"
    }
  }

  success {
    none = ["error"]
  }
  failure {
    why = ["error.message"]
  }
  refusal "bad_token" {
    text = "\"id\"\\s*:\\s*(?:3|6)\\b"
    do   = "set secret to the secret key of a service on the server"
  }
}
