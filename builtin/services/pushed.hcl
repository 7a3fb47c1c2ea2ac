service "pushed" {
  title   = "Pushed"
  doc     = "Delivers to the subscribers of an app, a channel or a user of Pushed, with the app's key and secret."
  site    = "https://about.pushed.co/docs/api"
  schemas = ["pushed"]
  urls    = ["pushed://{key}/{secret}/@{users...?}|{channels...?}"]

  field "key" {
    type     = "secret"
    doc      = "The key of the app."
    required = true
  }
  field "secret" {
    type     = "secret"
    doc      = "The secret of the app."
    required = true
  }
  field "channels" {
    type    = "list"
    doc     = "The aliases of channels to send to; without any and without users all subscribers of the app are sent to."
    example = ["alerts"]
    query   = ["to"]
  }
  field "users" {
    type    = "list"
    doc     = "The Pushed IDs of users to send to."
    example = ["a1b2c3d4"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
  }

  # Pushed reads JSON as well as forms.
  request {
    each = ["<channels", "<users"]
    url  = "https://api.pushed.co/1/push"
    json = {
      app_key      = "{{ .channel.key }}"
      app_secret   = "{{ .channel.secret }}"
      target_type  = "{{ if eq .kind `channels` }}channel{{ else if eq .kind `users` }}pushed_id{{ else }}app{{ end }}"
      target_alias = "{{ only (eq .kind `channels`) (trimPrefix `#` .target) }}"
      pushed_id    = "{{ only (eq .kind `users`) .target }}"
      content      = "{{ .text }}"
    }
  }

  success {
    none = ["error"]
  }
  failure {
    why = ["error.message", "error.type"]
  }
}
