# A service of one's own: the bell in the workshop takes an HTTP request. This
# file alone teaches tocsin to ring it; no release is needed.
service "doorbell" {
  title   = "Workshop bell"
  doc     = "Rings the bell in the workshop; needs the address of its little server."
  site    = "https://wiki.example.org/workshop/bell"
  schemas = ["bell", "bells"]
  secure  = ["bells"]
  urls    = ["bell(s)://{key}@{server}:{port?}/{rooms...}"]

  field "server" {
    doc      = "The address of the bell's server."
    form     = "server"
    example  = "https://bell.example.org"
    required = true
  }
  field "key" {
    type     = "secret"
    doc      = "The key that the server asks for."
    required = true
  }
  field "rooms" {
    type     = "list"
    doc      = "The rooms to ring in, one ring each."
    example  = ["workshop"]
    required = true
    query    = ["to"]
  }
  field "sound" {
    doc     = "How it rings; auto: as loud as the message is urgent."
    example = "chime"
    default = "auto"
    words   = ["auto", "chime", "gong", "siren"]
    query   = ["sound"]
  }

  message {
    merge = "{{ .title }}\n{{ .body }}"
    max   = 500
    over  = "truncate"
  }

  level "sound" {
    info    = "chime"
    success = "chime"
    warning = "gong"
    failure = "siren"
  }

  request {
    each    = ["rooms"]
    url     = "{{ .channel.server }}/ring/{{ segment .target }}"
    headers = { X-Key = "{{ .channel.key }}" }
    json = {
      text  = "{{ .text }}"
      sound = "{{ if eq .channel.sound `auto` }}{{ .level.sound }}{{ else }}{{ .channel.sound }}{{ end }}"
    }
  }

  success {
    json = { rung = true }
  }
  failure {
    why = ["reason"]
  }
}
