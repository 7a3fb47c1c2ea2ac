# A service that wants a sign-in first.
service "gate" {
  title = "Gate"
  doc   = "Opens a gate."
  site  = "https://gate.example/api"

  field "user" {
    doc = "The user's name."
  }
  field "password" {
    type = "secret"
    doc  = "The password."
  }

  step "login" {
    save      = { token = "token" }
    keep_path = "expires"
    request {
      url  = "http://gate.example/login"
      json = { user = "{{ .channel.user }}", password = "{{ .channel.password }}" }
    }
  }
  request {
    url     = "http://gate.example/send"
    headers = { Authorization = "{{ bearer .step.login.token }}" }
    json    = { text = "{{ .text }}" }
  }

  refusal "ended" {
    text  = "ended"
    class = "temporary"
    do    = "nothing: it is tried again"
    renew = true
  }
  success {
    none = ["error"]
  }
}
