service "webexteams" {
  title   = "Webex"
  doc     = "Delivers to spaces of Webex; one needs the token of an incoming webhook, or a bot's access token and the IDs of rooms."
  site    = "https://developer.webex.com/docs/api/v1/messages/create-a-message"
  schemas = ["wxteams", "webex"]
  urls = [
    "wxteams|webex://{token}/{rooms...?}",
    "https://api.ciscospark.com/v1/webhooks/incoming/{token}",
    "https://webexapis.com/v1/webhooks/incoming/{token}",
  ]

  field "token" {
    type     = "secret"
    doc      = "The end of the incoming webhook's address; or, with rooms, a bot's access token."
    required = true
    query    = ["token"]
  }
  field "rooms" {
    type    = "list"
    doc     = "The IDs of the rooms, or the e-mail addresses of the people, that a bot writes to."
    example = ["Y2lzY29zcGFyazovL3VzL1JPT00vYjE"]
    query   = ["to"]
  }
  field "mode" {
    doc     = "Whether the token is a webhook's or a bot's; without it, a channel with rooms is a bot."
    example = "bot"
    query   = ["mode"]
    words = {
      webhook = ["w", "web", "hook"]
      bot     = ["b"]
    }
  }

  message {
    formats = ["markdown", "text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 1000
    quiet   = true
  }

  request "bot" {
    when = "{{ and .channel.rooms (ne .channel.mode `webhook`) }}"
    url  = "https://webexapis.com/v1/messages"
    headers = {
      Authorization = "{{ bearer .channel.token }}"
    }
    each = ["rooms"]
    json = {
      roomId        = "{{ only (not (contains `@` .target)) .target }}"
      toPersonEmail = "{{ only (contains `@` .target) .target }}"
      markdown      = "{{ only (eq .format `markdown`) .text }}"
      text          = "{{ only (eq .format `text`) .text }}"
    }
  }
  request "webhook" {
    when = "{{ ne .channel.mode `bot` }}"
    url  = "https://api.ciscospark.com/v1/webhooks/incoming//{{ segment .channel.token }}"
    json = {
      markdown = "{{ only (eq .format `markdown`) .text }}"
      text     = "{{ only (eq .format `text`) .text }}"
    }
  }

  failure {
    why = ["errors.0.description", "message"]
  }
  refusal "bad_token" {
    status = [401]
    class  = "target"
    do     = "set token to that of a webhook or bot which still exists; a personal token ends after twelve hours"
  }
  refusal "room_gone" {
    status = [404]
    class  = "target"
    do     = "check that the room still exists and that the bot, or the webhook, belongs to it"
  }
  receipt = "id"
}
