service "flock" {
  title   = "Flock"
  doc     = "Delivers to a channel of Flock by an incoming webhook, or to channels and users by the token of a bot."
  site    = "https://docs.flock.com/display/flockos/Incoming+Webhooks"
  schemas = ["flock"]
  urls = [
    "flock://{name?}@{token}/#{channels...?}|{users...?}",
    "https://api.flock.com/hooks/sendMessage/{token}",
  ]

  field "token" {
    type     = "secret"
    doc      = "The key of the webhook, which is what its address ends with, or the token of a bot."
    required = true
    match    = "[-0-9A-Za-z]+"
  }
  field "channels" {
    type    = "list"
    doc     = "The ids of channels that a bot writes to; a webhook has a channel of its own."
    example = ["0a1b2c3d4e"]
    query   = ["to"]
    match   = "[0-9A-Za-z_]+"
  }
  field "users" {
    type    = "list"
    doc     = "The ids of users that a bot writes to; one that begins with g: is of a channel."
    example = ["5f6a7b8c9d"]
    match   = "(@|u:|g:)?[0-9A-Za-z_]+"
  }
  field "name" {
    doc     = "The name that messages show as their sender."
    example = "Ops"
  }
  field "image" {
    type    = "bool"
    doc     = "Show a picture for the severity, where tocsin knows one."
    default = true
    query   = ["image"]
  }

  request {
    each = ["<channels", "<users"]
    url  = "{{ if .target }}https://api.flock.co/v1/chat.sendMessage{{ else }}https://api.flock.com/hooks/sendMessage/{{ segment .channel.token }}{{ end }}"
    json = {
      token   = "{{ .channel.token }}"
      to      = "{{ only .target (ternary .target (print (ternary `u:` `g:` (eq .kind `users`)) (regexReplaceAll `^(@|u:)` .target ``)) (regexMatch `^g:` .target)) }}"
      flockml = "<flockml>{{ with .title }}<b>{{ xml . }}</b><br/>{{ end }}{{ xml .body }}</flockml>"
      sendAs = {
        name         = "{{ or .channel.name .app.name }}"
        profileImage = "{{ orNull (only .channel.image (index .image `72x72`)) }}"
      }
    }
  }

  failure {
    why = ["description", "error"]
  }
  refusal "bad_token" {
    text = "InvalidToken|[Ii]nvalid token|[Uu]nauthori[sz]ed|webhook does not exist"
    do   = "set token to the key of a webhook that is still there, or to the token of a bot where there are channels or users"
  }
  receipt = "uid"
}
