service "home_assistant" {
  title   = "Home Assistant"
  doc     = "Delivers to Home Assistant, as notifications of its own or by its notifiers and other actions, with a long-lived access token."
  site    = "https://developers.home-assistant.io/docs/api/rest/"
  schemas = ["hassio", "hassios"]
  secure  = ["hassios"]
  urls = [
    "hassio(s)://{user?}:{password?}@{server}:{port?}/{token}/{actions/...?:[0-9A-Za-z_]+[.].+}|{notifiers/...?}",
  ]

  field "server" {
    doc      = "The server's address; port 8123 is meant where http has none."
    form     = "server"
    example  = "http://homeassistant.example.org:8123"
    required = true
  }
  field "token" {
    type     = "secret"
    doc      = "A long-lived access token, made on the profile page of a user."
    required = true
    query    = ["token"]
  }
  field "notifiers" {
    type    = "list"
    doc     = "The notifiers to call, by the name behind notify; where there are neither these nor actions, notifications show in Home Assistant itself."
    example = ["mobile_app_phone"]
    match   = "[0-9A-Za-z_]+(:.+)?"
  }
  field "actions" {
    type    = "list"
    doc     = "Actions to call with title and message, and behind a colon what they are for."
    example = ["notify.telegram", "script.announce"]
    query   = ["to"]
    match   = "([0-9A-Za-z_]+[.])?[0-9A-Za-z_]+(:.+)?"
  }
  field "notification_id" {
    doc     = "The id of the notification in Home Assistant, which each message replaces; without one each has its own."
    example = "tocsin"
    query   = ["nid"]
    match   = "[-0-9A-Za-z_]+"
  }
  field "path" {
    doc     = "The path below which Home Assistant is, where it has no host for itself; it holds for notifiers and actions."
    example = "/home"
    query   = ["prefix"]
  }
  field "user" {
    doc     = "The user's name for a proxy that signs in to Home Assistant by itself; it goes in place of the token."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password for that proxy."
  }

  message {
    formats = ["markdown", "text"]
  }

  request "actions" {
    when = "{{ or .channel.actions .channel.notifiers }}"
    each = ["actions", "notifiers"]
    url  = "{{ regexReplaceAll `^(http://([[][^/]*[]]|[^/:]*))(/|$)` .channel.server `$${1}:8123$${3}` }}{{ with trimAll `/` .channel.path }}/{{ . }}{{ end }}/api/services/{{ if not (regexMatch `^[^:]*[.]` .target) }}notify/{{ end }}{{ regexReplaceAll `:.*` .target `` | replace `.` `/` }}"
    headers = {
      Authorization = "{{ if .channel.user }}{{ basic .channel.user .channel.password }}{{ else }}{{ bearer .channel.token }}{{ end }}"
    }
    json = {
      title     = "{{ .title }}"
      message   = "{{ .plain }}"
      target    = "{{ only (and (regexMatch `^(notify[.])?[^.:]+:` .target) (not (regexMatch `^notify[.]send_message:` .target))) (regexSplit `[,;[:space:]]+` (regexReplaceAll `^[^:]*:` .target ``) -1) }}"
      entity_id = "{{ only (and (regexMatch `:` .target) (not (and (regexMatch `^(notify[.])?[^.:]+:` .target) (not (regexMatch `^notify[.]send_message:` .target))))) (regexSplit `[,;[:space:]]+` (regexReplaceAll `^[^:]*:` .target ``) -1) }}"
    }
  }
  request "notification" {
    url = "{{ regexReplaceAll `^(http://([[][^/]*[]]|[^/:]*))(/|$)` .channel.server `$${1}:8123$${3}` }}/api/services/persistent_notification/create"
    headers = {
      Authorization = "{{ if .channel.user }}{{ basic .channel.user .channel.password }}{{ else }}{{ bearer .channel.token }}{{ end }}"
    }
    json = {
      title           = "{{ .title }}"
      message         = "{{ if eq .format `markdown` }}{{ .body }}{{ else }}{{ regexReplaceAll \"[][\\\\`*_<~|]\" .body `\\$${0}` }}{{ end }}"
      notification_id = "{{ or .channel.notification_id (printf `%s%s` .delivery (ternary (printf `-%d` .part) `` (gt .parts 1))) }}"
    }
  }

  failure {
    why = ["message"]
  }
  refusal "bad_token" {
    status = [401]
    do     = "set token to a long-lived access token that is still listed on the user's profile page"
  }
  refusal "unknown_action" {
    status = [400]
    text   = "Bad Request|not found"
    do     = "set notifiers and actions to names that the developer tools of Home Assistant list, and give notifiers only what they take"
  }
}
