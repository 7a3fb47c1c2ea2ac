service "kodi" {
  title   = "Kodi"
  doc     = "Shows on the screen of a Kodi, or of an XBMC as it was called, which lets itself be controlled over HTTP."
  site    = "https://kodi.wiki/view/JSON-RPC_API"
  schemas = ["kodi", "xbmc", "kodis", "xbmcs"]
  secure  = ["kodis", "xbmcs"]
  urls = [
    "kodi(s)|xbmc(s)://{server}:{port?}",
    "kodi(s)|xbmc(s)://{user}:{password?}@{server}:{port?}",
  ]

  field "server" {
    doc      = "The address of its web server; an xbmc without a port is at 8080."
    form     = "server"
    example  = "http://tv.example.org:8080"
    required = true
  }
  field "user" {
    doc     = "The user's name, where it asks for one."
    example = "kodi"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "application" {
    doc     = "Which of the two it is."
    example = "xbmc"
    default = "kodi"
    schemas = { xbmc = "xbmc", xbmcs = "xbmc" }
    words   = ["kodi", "xbmc"]
  }
  field "duration" {
    type    = "number"
    doc     = "How many seconds messages are shown for."
    example = 8
    default = 12
    query   = ["duration"]
  }
  field "image" {
    type    = "bool"
    doc     = "Show an icon for the severity."
    example = false
    default = true
    query   = ["image"]
  }

  message {
    formats = ["text"]
    over    = "truncate"
  }

  level "icon" {
    info    = "info"
    success = "info"
    warning = "warning"
    failure = "error"
  }

  request {
    url     = "{{ .channel.server }}{{ if and (eq .channel.application `xbmc`) (not (regexMatch `:[0-9]+$` .channel.server)) }}:8080{{ end }}/jsonrpc"
    headers = { Authorization = "{{ basic .channel.user .channel.password }}" }
    json = {
      jsonrpc = "2.0"
      id      = 1
      method  = "GUI.ShowNotification"
      params = {
        title       = "{{ .title }}"
        message     = "{{ join \"\\r\\n\" (slice (splitList `\n` .body) 0 (min 2 (len (splitList `\n` .body)))) }}"
        displaytime = "{{ mul .channel.duration 1000 }}"
        image       = "{{ only .channel.image (or (index .image `128x128`) .level.icon) }}"
      }
      type = "{{ only (and .channel.image (eq .channel.application `kodi`)) .level.icon }}"
    }
  }

  success {
    json = { result = "OK" }
  }
  failure {
    why = ["error.message"]
  }
  refusal "bad_password" {
    status = [401]
    do     = "set user and password to those of Settings, Services, Control of the Kodi"
  }
}
