service "notifico" {
  title   = "Notifico"
  doc     = "Delivers to channels of IRC by a message hook of a project in Notifico."
  site    = "https://n.tkte.ch/"
  schemas = ["notifico", "notificos"]
  secure  = ["notificos"]
  urls = [
    "notifico(s)://{project:[0-9]+}/{hook}",
    "notifico(s)://{user?}:{password?}@{server}:{port?}/{project}/{hook}",
    "https://n.tkte.ch/h/{project}/{hook}",
  ]

  field "project" {
    doc      = "The number of the project: the first part behind /h/ in the hook's address."
    example  = "2144"
    required = true
    query    = ["project"]
    match    = "[0-9]+"
  }
  field "hook" {
    type     = "secret"
    doc      = "The key of the message hook: what its address ends with."
    required = true
    query    = ["token"]
  }
  field "server" {
    doc     = "The address of a server of one's own."
    form    = "server"
    example = "https://irc.example.org"
    default = "https://n.tkte.ch"
  }
  field "user" {
    doc     = "The user's name, on a server that asks for one."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "color" {
    type    = "bool"
    doc     = "Mark messages with the color of their severity."
    default = true
    query   = ["color"]
  }
  field "prefix" {
    type    = "bool"
    doc     = "Begin messages with a sign for their severity and the sender's name."
    default = true
    query   = ["prefix"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 512
  }

  level "color" {
    info    = "10"
    success = "09"
    warning = "07"
    failure = "04"
  }
  level "mark" {
    info    = "i"
    success = "✔"
    warning = "!"
    failure = "✗"
  }

  request {
    method = "GET"
    url    = "{{ .channel.server }}/h/{{ segment .channel.project }}/{{ segment .channel.hook }}"
    query = {
      payload = "{{ if not .channel.prefix }}{{ .text }}{{ else if .channel.color }}\u0003{{ .level.color }}[{{ .level.mark }}]\u0003 \u0002{{ .app.name }}\u000f: {{ .text }}\u000f{{ else }}[{{ .level.mark }}] {{ .app.name }}: {{ .text }}{{ end }}"
    }
    headers = {
      Authorization = "{{ basic .channel.user .channel.password }}"
    }
    type = "application/x-www-form-urlencoded; charset=utf-8"
  }

  refusal "unknown_hook" {
    status = [404]
    do     = "set project and hook to those of a message hook that is still there"
  }
}
