service "notifiarr" {
  title   = "Notifiarr"
  doc     = "Says it in Discord channels by Notifiarr, with an API key of its Apprise integration."
  site    = "https://notifiarr.wiki/pages/integrations/passthrough/"
  schemas = ["notifiarr"]
  urls    = ["notifiarr://{api_key}/{channels...}", "notifiarr://{channels...}"]

  field "api_key" {
    type     = "secret"
    doc      = "The API key of the account or of the integration."
    required = true
    query    = ["apikey", "key"]
  }
  field "channels" {
    type     = "list"
    doc      = "The ids of the Discord channels."
    example  = ["735481457153277994"]
    required = true
    query    = ["to"]
    match    = "#?[0-9]{1,20}"
  }
  field "source" {
    doc     = "What messages are said to come from, in place of tocsin."
    example = "nas01"
    query   = ["source", "from"]
  }
  field "event" {
    type    = "number"
    doc     = "The number of an earlier message that this one replaces."
    example = 42
    query   = ["event"]
  }
  field "image" {
    type    = "bool"
    doc     = "Show an icon for the severity, where tocsin knows one."
    example = true
    default = false
    query   = ["image"]
  }
  field "discord_user" {
    doc     = "The id of a Discord user to ping."
    example = "735481457153277001"
    query   = ["discord_user"]
    match   = "[0-9]{1,20}"
  }
  field "discord_role" {
    doc     = "The id of a Discord role to ping."
    example = "735481457153277002"
    query   = ["discord_role"]
    match   = "[0-9]{1,20}"
  }

  message {
    formats = ["markdown"]
  }

  request {
    url     = "https://notifiarr.com/api/v1/notification/apprise"
    headers = { X-api-Key = "{{ .channel.api_key }}" }
    each    = ["<channels"]
    json = {
      source = "{{ or .channel.source .app.name }}"
      type   = "{{ .tone }}"
      notification = {
        update = "{{ not (empty .channel.event) }}"
        name   = "{{ .app.name }}"
        event  = "{{ if .channel.event }}{{ .channel.event }}{{ end }}"
      }
      discord = {
        color = "{{ .color }}"
        ping = {
          pingUser = "{{ atoi (or .channel.discord_user `0`) }}"
          pingRole = "{{ atoi (or .channel.discord_role `0`) }}"
        }
        text = {
          title       = "{{ .title }}"
          content     = ""
          description = "{{ .body }}"
          footer      = "{{ .app.title }}"
          icon        = "{{ only .channel.image (present (index .image `256x256`)) }}"
        }
        images = {
          "$if"     = "{{ only .channel.image (index .image `256x256`) }}"
          thumbnail = "{{ index .image `256x256` }}"
        }
        ids = { channel = "{{ atoi (trimPrefix `#` .target) }}" }
      }
    }
  }

  failure {
    why = ["details.response", "message", "result"]
  }
  refusal "bad_token" {
    status = [401]
    do     = "set api_key to an API key of the profile page of notifiarr.com"
  }

  pace {
    every = "1s"
    burst = 5
  }
}
