service "pushward" {
  title   = "PushWard"
  doc     = "Delivers to iPhones with the app PushWard; one needs an integration key of the app."
  site    = "https://pushward.app/docs/api"
  schemas = ["pushward"]
  urls    = ["pushward://{apikey}"]

  field "apikey" {
    type     = "secret"
    doc      = "The integration key, which begins with hlk_."
    required = true
    query    = ["apikey"]
    match    = "(?i:hlk_[0-9a-z]+)"
  }
  field "priority" {
    doc     = "How loud messages are: one of Apple's levels; without it, or with auto, it follows the severity."
    example = "active"
    query   = ["level"]
    words   = ["auto", "passive", "active", "time-sensitive", "critical"]
  }
  field "info" {
    doc     = "How loud messages that inform are."
    example = "passive"
    query   = ["info"]
    words   = ["passive", "active", "time-sensitive", "critical"]
  }
  field "success" {
    doc     = "How loud messages of a success are."
    example = "passive"
    query   = ["success"]
    words   = ["passive", "active", "time-sensitive", "critical"]
  }
  field "warning" {
    doc     = "How loud warnings are."
    example = "active"
    query   = ["warning"]
    words   = ["passive", "active", "time-sensitive", "critical"]
  }
  field "failure" {
    doc     = "How loud messages of a failure are."
    example = "critical"
    query   = ["failure"]
    words   = ["passive", "active", "time-sensitive", "critical"]
  }
  field "volume" {
    type    = "number"
    doc     = "How loud the sound of critical messages is, from 0 to 1."
    example = 0.8
    query   = ["volume"]
  }

  message {
    formats   = ["text"]
    title_max = 256
    max       = 3000
  }

  level "priority" {
    info    = "active"
    success = "active"
    warning = "time-sensitive"
    failure = "time-sensitive"
  }

  request {
    url = "https://api.pushward.app/notifications"
    headers = {
      Authorization = "{{ bearer .channel.apikey }}"
    }
    type = "application/json; charset=utf-8"
    json = {
      title    = "{{ or .title .app.title .app.name }}"
      body     = "{{ .body }}"
      level    = "{{ or (index .channel .tone) (only (ne .channel.priority `auto`) .channel.priority) .level.priority }}"
      icon_url = "{{ index .image `128x128` }}"
      volume   = "{{ only (eq `critical` (or (index .channel .tone) .channel.priority)) .channel.volume }}"
    }
  }

  failure {
    why = ["detail", "message", "error", "title"]
  }
  refusal "bad_token" {
    status = [401, 403]
    class  = "target"
    do     = "set apikey to an integration key that the app lists"
  }
  receipt = "id"
}
