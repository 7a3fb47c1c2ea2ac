service "notica" {
  title   = "Notica"
  doc     = "Delivers to the browser tabs that are open at notica.us, or at a server of one's own; one needs the token of the tab's address."
  site    = "https://github.com/tannercollin/Notica"
  schemas = ["notica", "noticas"]
  secure  = ["noticas"]
  urls = [
    "notica(s)://{token}",
    "notica(s)://{server}:{port?}/{token}",
    "notica(s)://{server}:{port?}/{path+}/{token}",
    "notica(s)://{user}:{password?}@{server}:{port?}/{token}",
    "notica(s)://{user}:{password?}@{server}:{port?}/{path+}/{token}",
    "https://notica.us/?{token}",
  ]

  field "token" {
    type     = "secret"
    doc      = "What stands behind the question mark of the tab's address."
    required = true
  }
  field "server" {
    doc     = "The address of a server of one's own, in place of notica.us."
    form    = "server"
    example = "https://notica.example.org"
  }
  field "path" {
    doc     = "The path under which that server has Notica."
    example = "notica"
  }
  field "user" {
    doc     = "The user's name, on a server that asks for one."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "headers" {
    type    = "map"
    doc     = "Headers to send to a server of one's own as well."
    example = { X-Team = "infra" }
    pairs   = "+"
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
  }

  request "own" {
    when = "{{ .channel.server }}"
    url  = "{{ .channel.server }}/{{ with trimAll `/` .channel.path }}{{ segments . }}/{{ end }}"
    query = {
      token = "{{ .channel.token }}"
    }
    headers = {
      "$merge"      = "{{ .channel.headers }}"
      Authorization = "{{ basic .channel.user .channel.password }}"
    }
    text = "d:{{ .text }}"
    type = "application/x-www-form-urlencoded"
  }
  request {
    url  = "https://notica.us/?{{ urlquery .channel.token }}"
    text = "d:{{ .text }}"
    type = "application/x-www-form-urlencoded"
  }
}
