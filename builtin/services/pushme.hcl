service "pushme" {
  title   = "PushMe"
  doc     = "Delivers to phones with the app PushMe; one needs the push key that the app shows."
  site    = "https://push.i-i.me/docs/index"
  schemas = ["pushme"]
  urls    = ["pushme://{token}"]

  field "token" {
    type     = "secret"
    doc      = "The push key."
    required = true
    query    = ["token", "push_key"]
  }
  field "status" {
    type    = "bool"
    doc     = "Begin titles with a mark for the severity: [i], [+], [~] or [!]."
    default = true
    query   = ["status"]
  }

  message {
    formats = ["text", "markdown"]
  }

  level "mark" {
    info    = "[i]"
    success = "[+]"
    warning = "[~]"
    failure = "[!]"
  }

  request {
    url = "https://push.i-i.me/"
    query = {
      push_key = "{{ .channel.token }}"
      title    = "{{ if .channel.status }}{{ .level.mark }} {{ end }}{{ .title }}"
      content  = "{{ .body }}"
      type     = "{{ .format }}"
    }
  }
}
