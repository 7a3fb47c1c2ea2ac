service "enigma2" {
  title   = "Enigma2"
  doc     = "Shows on the screen of a receiver with Enigma2, by its OpenWebif."
  site    = "https://github.com/E2OpenPlugins/e2openplugin-OpenWebif/wiki/OpenWebif-API-documentation"
  schemas = ["enigma2", "enigma2s"]
  secure  = ["enigma2s"]
  urls = [
    "enigma2(s)://{server}:{port?}/{path+?}",
    "enigma2(s)://{user}:{password?}@{server}:{port?}/{path+?}",
  ]

  field "server" {
    doc      = "The address of the receiver's OpenWebif."
    form     = "server"
    example  = "http://receiver.example.org"
    required = true
  }
  field "path" {
    doc     = "The path that OpenWebif is below, behind a proxy."
    example = "living-room"
  }
  field "user" {
    doc     = "The user's name, where it asks for one."
    example = "root"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "timeout" {
    type    = "number"
    doc     = "After how many seconds messages disappear; -1: never."
    example = 20
    default = 13
    query   = ["timeout"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 1000
  }

  level "type" {
    info    = 1
    success = 1
    warning = 2
    failure = 3
  }

  request {
    method  = "GET"
    url     = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ segments . }}{{ end }}/api/message"
    headers = { Authorization = "{{ basic .channel.user .channel.password }}" }
    query = {
      text    = "{{ .text }}"
      type    = "{{ .level.type }}"
      timeout = "{{ .channel.timeout }}"
    }
  }

  success {
    json = { result = true }
  }
  failure {
    why = ["message"]
  }
  refusal "bad_password" {
    status = [401]
    do     = "set user and password to those of OpenWebif"
  }
}
