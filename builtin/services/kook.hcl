service "kook" {
  title   = "KOOK"
  doc     = "Delivers to channels and users of KOOK by a bot, or to one channel by an incoming webhook."
  site    = "https://developer.kookapp.cn/doc/http/message"
  schemas = ["kook"]
  urls = [
    "kook://{webhook}?mode=webhook",
    "kook://{token}/@{users...?}|{channels...?}",
    "https://www.kookapp.cn/api/v3/incoming/{webhook}",
  ]

  field "token" {
    type  = "secret"
    doc   = "The token of a bot."
    query = ["token"]
  }
  field "webhook" {
    type = "secret"
    doc  = "The key of an incoming webhook, in place of a bot's token."
  }
  field "channels" {
    type    = "list"
    doc     = "The ids of the channels that a bot writes to."
    example = ["7200000000000000"]
    query   = ["to"]
    match   = "#?[0-9]{1,20}"
  }
  field "users" {
    type    = "list"
    doc     = "The ids of the users that a bot writes to."
    example = ["1700000"]
    match   = "[0-9]{1,20}"
  }

  message {
    formats = ["markdown", "text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 5000
  }

  request "webhook" {
    when = "{{ .channel.webhook }}"
    url  = "https://www.kookapp.cn/api/v3/incoming/{{ segment .channel.webhook }}"
    json = {
      type    = "{{ ternary 9 1 (eq .format `markdown`) }}"
      content = "{{ if eq .format `markdown` }}{{ regexReplaceAll `[(](met|rol|chn|emj|spl|ins|font)[)]` .text `\\($${1}\\)` }}{{ else }}{{ .text }}{{ end }}"
    }
  }
  request "bot" {
    when = "{{ and .channel.token (or .channel.channels .channel.users) }}"
    each = ["<channels", "<users"]
    url  = "https://www.kookapp.cn/api/v3/{{ if eq .kind `users` }}direct-message{{ else }}message{{ end }}/create"
    headers = {
      Authorization = "Bot {{ .channel.token }}"
    }
    json = {
      type      = "{{ ternary 9 1 (eq .format `markdown`) }}"
      target_id = "{{ trimAll `#` .target }}"
      content   = "{{ if eq .format `markdown` }}{{ regexReplaceAll `[(](met|rol|chn|emj|spl|ins|font)[)]` .text `\\($${1}\\)` }}{{ else }}{{ .text }}{{ end }}"
    }
  }

  success {
    json = { code = 0 }
  }
  failure {
    why = ["message"]
  }
  refusal "bad_token" {
    text = "\"code\": ?(401|40101|40103)\\b"
    do   = "set token to that of a bot, or webhook to the key of an incoming webhook, that is still there"
  }
  refusal "no_access" {
    text = "\"code\": ?(403|40300)\\b"
    do   = "invite the bot to the server of the channels, and let it write there"
  }
  receipt = "data.msg_id"
}
