service "bark" {
  title   = "Bark"
  doc     = "Delivers to iPhones through a Bark server; one needs the device keys that the app shows."
  site    = "https://github.com/Finb/bark-server/blob/master/docs/API_V2.md"
  schemas = ["bark", "barks"]
  secure  = ["barks"]
  urls = [
    "bark(s)://{server}:{port?}/{keys...}",
    "bark(s)://{user}:{password?}@{server}:{port?}/{keys...}",
  ]

  field "keys" {
    type     = "list"
    doc      = "The keys of the devices to notify."
    example  = ["devKEY4kP2xQ"]
    required = true
    query    = ["to"]
  }
  field "server" {
    doc     = "The server's address."
    form    = "server"
    example = "https://bark.example.org"
    default = "https://api.day.app"
  }
  field "user" {
    doc     = "The user's name, on a server that asks for one."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "sound" {
    doc     = "The name of the sound to play."
    example = "alarm"
    query   = ["sound"]
  }
  field "priority" {
    doc     = "How loud messages are: one of Bark's levels, or auto to follow the severity."
    example = "auto"
    query   = ["level"]
    words = {
      auto          = []
      passive       = []
      active        = []
      timeSensitive = ["time-sensitive", "time_sensitive"]
      critical      = []
    }
  }
  field "volume" {
    type    = "number"
    doc     = "How loud the sound of critical messages is, from 0 to 10."
    example = 7
    query   = ["volume"]
  }
  field "click" {
    doc     = "The address that a tap on the message opens."
    example = "https://pve.example.org:8006"
    query   = ["click"]
  }
  field "badge" {
    type    = "number"
    doc     = "The number that the app's icon shows."
    example = 1
    query   = ["badge"]
  }
  field "category" {
    doc     = "The category of messages, which Bark keeps for later use."
    example = "alarm"
    query   = ["category"]
  }
  field "group" {
    doc     = "The group in which the app shows messages."
    example = "infra"
    query   = ["group"]
  }
  field "icon" {
    doc     = "The address of an icon, in place of the one for the severity."
    example = "https://pve.example.org/icon.png"
    query   = ["icon"]
  }
  field "image" {
    type    = "bool"
    doc     = "Show an icon for the severity, where tocsin knows one."
    default = true
    query   = ["image"]
  }
  field "call" {
    type    = "bool"
    doc     = "Repeat the sound for half a minute, as a call does."
    default = false
    query   = ["call"]
  }
  field "encryption" {
    doc     = "Whether messages are encrypted with a key of the app: tocsin does not do that, so it is off."
    example = "off"
    query   = ["key"]
    words   = ["off"]
  }

  level "priority" {
    info    = "passive"
    success = "passive"
    warning = "timeSensitive"
    failure = "critical"
  }

  request {
    url = "{{ .channel.server }}/push"
    headers = {
      Authorization = "{{ basic .channel.user .channel.password }}"
    }
    each = [">keys"]
    type = "application/json; charset=utf-8"
    json = {
      device_key = "{{ .target }}"
      title      = "{{ or .title .app.title }}"
      body       = "{{ .body }}"
      icon       = "{{ or .channel.icon (only .channel.image (index .image `128x128`)) }}"
      sound      = "{{ only .channel.sound (printf `%s.caf` (trimSuffix `.caf` .channel.sound)) }}"
      level      = "{{ ternary .level.priority .channel.priority (eq .channel.priority `auto`) }}"
      volume     = "{{ .channel.volume }}"
      url        = "{{ .channel.click }}"
      badge      = "{{ .channel.badge }}"
      category   = "{{ .channel.category }}"
      group      = "{{ .channel.group }}"
      call       = "{{ only .channel.call 1 }}"
    }
  }

  failure {
    why = ["message"]
  }
  refusal "bad_key" {
    text  = "device token|BadDeviceToken|Unregistered"
    class = "target"
    do    = "set keys to those that the app shows now: a device that was reset or has lost the app gets new ones"
  }
}
