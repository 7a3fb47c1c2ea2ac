service "mattermost" {
  title   = "Mattermost"
  doc     = "Delivers to channels of a Mattermost server by an incoming webhook or a bot account."
  site    = "https://developers.mattermost.com/integrate/webhooks/incoming/"
  schemas = ["mmost", "mmosts"]
  secure  = ["mmosts"]
  urls = [
    "mmost(s)://{username?}@{server}:{port?}/{path+?}/{webhook}",
    "mmost(s)://{username?}@{server}:{port?}/{path+?}/{token}?mode=bot",
    "https://{server:mattermost\\..+}:{port?}/hooks/{webhook}",
  ]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "https://chat.example.org"
    required = true
  }
  field "path" {
    doc     = "The path below which the server is, where it has no host for itself."
    example = "mattermost"
  }
  field "webhook" {
    type = "secret"
    doc  = "The key of an incoming webhook: what stands behind /hooks/ in its address."
  }
  field "token" {
    type = "secret"
    doc  = "The access token of a bot account, in place of a webhook."
  }
  field "channels" {
    type    = "list"
    doc     = "The channels to post to: names for a webhook, which has one of its own, and ids for a bot."
    example = ["alerts"]
    query   = ["channels", "channel", "to"]
  }
  field "username" {
    doc     = "The name that a webhook's messages show, where the server lets it."
    example = "Ops"
    query   = ["botname"]
  }
  field "icon_url" {
    doc     = "The address of a picture for a webhook's messages."
    example = "https://pve.example.org/icon.png"
    query   = ["icon_url"]
  }
  field "image" {
    type    = "bool"
    doc     = "Show a picture for the severity, where tocsin knows one."
    default = true
    query   = ["image"]
  }
  field "priority" {
    doc     = "The mark on a webhook's messages; auto goes by their severity."
    example = "auto"
    query   = ["priority"]
    words   = ["auto", "standard", "important", "urgent"]
  }

  message {
    formats = ["markdown"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 4000
    quiet   = true
  }

  level "priority" {
    info    = "standard"
    success = "standard"
    warning = "important"
    failure = "urgent"
  }

  request "bot" {
    when = "{{ .channel.token }}"
    each = ["channels"]
    url  = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ segments . }}{{ end }}/api/v4/posts"
    headers = {
      Authorization = "{{ bearer .channel.token }}"
    }
    json = {
      channel_id = "{{ only .target (regexReplaceAll `^#` .target ``) }}"
      message    = "{{ .text }}"
      metadata = {
        "$if" = "{{ ne `standard` (ternary .level.priority (or .channel.priority `standard`) (eq .channel.priority `auto`)) }}"
        priority = {
          priority = "{{ ternary .level.priority (or .channel.priority `standard`) (eq .channel.priority `auto`) }}"
        }
      }
    }
  }
  request "webhook" {
    when = "{{ .channel.webhook }}"
    each = ["channels"]
    url  = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ segments . }}{{ end }}/hooks/{{ segment .channel.webhook }}"
    json = {
      text     = "{{ .text }}"
      username = "{{ or .channel.username .app.name }}"
      icon_url = "{{ or .channel.icon_url (only .channel.image (index .image `72x72`)) }}"
      channel  = "{{ only .target (regexReplaceAll `^#` .target ``) }}"
      priority = {
        "$if"    = "{{ ne `standard` (ternary .level.priority (or .channel.priority `standard`) (eq .channel.priority `auto`)) }}"
        priority = "{{ ternary .level.priority (or .channel.priority `standard`) (eq .channel.priority `auto`) }}"
      }
    }
  }

  failure {
    why = ["message"]
  }
  refusal "unknown_channel" {
    status = [400, 403, 404]
    text   = "incoming_webhook[.](channel|permissions|user)|[Cc]hannel"
    do     = "set channels to those that exist and that the webhook or bot may post to: names for a webhook, ids for a bot"
  }
  refusal "bad_webhook" {
    status = [400, 403, 404]
    text   = "webhook"
    do     = "set webhook to the key of an incoming webhook that is still there"
  }
  refusal "bad_token" {
    status = [401]
    do     = "set token to an access token of the bot that has not been revoked"
  }
  receipt = "id"
}
