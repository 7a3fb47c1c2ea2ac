service "onesignal" {
  title   = "OneSignal"
  doc     = "Delivers to devices, users and segments of an app in OneSignal, with its id and API key."
  site    = "https://documentation.onesignal.com/reference/create-message"
  schemas = ["onesignal"]
  urls = [
    "onesignal://{app}@{key}/@{users...?}|#{segments...?}|{emails...?:[^@]+@[^@]+}|{devices...?}",
    "onesignal://{template}:{app}@{key}/@{users...?}|#{segments...?}|{emails...?:[^@]+@[^@]+}|{devices...?}",
  ]

  field "app" {
    doc      = "The id of the app."
    example  = "8250eaf6-1a58-489e-b136-7c74a864b434"
    required = true
  }
  field "key" {
    type     = "secret"
    doc      = "The API key of the app."
    required = true
  }
  field "devices" {
    type    = "list"
    doc     = "The ids of the subscriptions to notify."
    example = ["e4e87830-b954-11e3-811d-f3b376925f15"]
    query   = ["to"]
  }
  field "users" {
    type    = "list"
    doc     = "The users to notify, by the ids that your own system gave them."
    example = ["alice"]
  }
  field "emails" {
    type    = "list"
    doc     = "The e-mail addresses to notify."
    form    = "email"
    example = ["ops@example.org"]
  }
  field "segments" {
    type    = "list"
    doc     = "The segments of users to notify."
    example = ["Administrators"]
  }
  field "template" {
    doc     = "The id of a template of the app that messages are made with."
    example = "be4a8044-bbd6-11e4-a581-000c2940e62c"
    query   = ["template"]
  }
  field "contents" {
    type    = "bool"
    doc     = "Send the text of the message; a template may have one of its own."
    default = true
    query   = ["contents"]
  }
  field "subtitle" {
    doc     = "A line below the title, on devices of Apple."
    example = "nas01"
    query   = ["subtitle"]
  }
  field "language" {
    doc     = "The language that texts are sent as, in two letters; OneSignal asks for en among them. What stands behind the two is left out."
    example = "es"
    default = "en"
    query   = ["language", "lang"]
    match   = "[A-Za-z]{2}[-_0-9A-Za-z]*"
  }
  field "image" {
    type    = "bool"
    doc     = "Show an icon for the severity, where tocsin knows one."
    default = true
    query   = ["image"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Notify up to 2000 targets in one call, instead of each in one of its own."
    default = false
    query   = ["batch"]
  }
  field "custom_data" {
    type    = "map"
    doc     = "Values for the template."
    example = { site = "home" }
    pairs   = ":"
  }
  field "data" {
    type    = "map"
    doc     = "Values that the app gets along with the message."
    example = { page = "disks" }
    pairs   = "+"
  }

  request {
    each  = ["<devices", "<emails", "<users", "<segments"]
    batch = "{{ ternary 2000 1 .channel.batch }}"
    url   = "https://api.onesignal.com/notifications"
    headers = {
      Authorization = "{{ if regexMatch `^os_v2_` .channel.key }}Key{{ else }}Basic{{ end }} {{ .channel.key }}"
    }
    type = "application/json; charset=utf-8"
    json = {
      app_id            = "{{ .channel.app }}"
      content_available = true
      contents          = "{{ only (or .channel.contents (not .channel.template)) (dict `en` .body (lower (trunc 2 .channel.language)) .body) }}"
      headings          = "{{ only .title (dict `en` .title (lower (trunc 2 .channel.language)) .title) }}"
      subtitle          = "{{ only .channel.subtitle (dict `en` .channel.subtitle (lower (trunc 2 .channel.language)) .channel.subtitle) }}"
      template_id       = "{{ .channel.template }}"
      custom_data       = "{{ .channel.custom_data }}"
      data              = "{{ .channel.data }}"
      large_icon        = "{{ only .channel.image (index .image `72x72`) }}"
      small_icon        = "{{ only .channel.image (index .image `32x32`) }}"

      include_player_ids        = "{{ only (eq .kind `devices`) .targets }}"
      include_email_tokens      = "{{ only (eq .kind `emails`) .targets }}"
      include_external_user_ids = "{{ only (eq .kind `users`) .targets }}"
      included_segments         = "{{ only (eq .kind `segments`) .targets }}"
    }
  }

  success {
    text = "\"id\": ?\"[^\"]"
  }
  failure {
    why = ["errors.0", "errors.invalid_player_ids.0", "errors.invalid_external_user_ids.0"]
  }
  refusal "bad_key" {
    status = [401, 403]
    do     = "set app and key to the id and an API key of the same app"
  }
  refusal "no_recipients" {
    status = [200, 400]
    text   = "not subscribed|[Nn]o recipients|invalid_player_ids|[Ss]egment"
    do     = "set devices, users, emails and segments to what the app knows and what is subscribed"
  }
  receipt = "id"
}
