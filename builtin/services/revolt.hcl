service "revolt" {
  title   = "Revolt"
  doc     = "Says it in channels of Revolt, which is called Stoat now, as a bot that may send there."
  site    = "https://developers.stoat.chat/"
  schemas = ["revolt"]
  urls    = ["revolt://{token}/{channels...}"]

  field "token" {
    type     = "secret"
    doc      = "The token of the bot."
    required = true
    query    = ["bot_token"]
  }
  field "channels" {
    type     = "list"
    doc      = "The ids of the channels."
    example  = ["01HZX0A1B2C3D4E5F6G7H8J9K0"]
    required = true
    query    = ["channel", "to"]
    match    = "[0-9A-Za-z]{1,40}"
  }
  field "url" {
    doc     = "The address that the title leads to."
    example = "https://pve.example.org:8006"
    query   = ["url"]
  }
  field "icon_url" {
    doc     = "The address of a picture beside messages."
    example = "https://pve.example.org/icon.png"
    query   = ["icon_url"]
  }

  message {
    formats   = ["markdown"]
    title_max = 100
    max       = 2000
  }

  request {
    url     = "https://api.revolt.chat/channels/{{ segment .target }}/messages"
    headers = { X-Bot-Token = "{{ .channel.token }}" }
    each    = ["<channels"]
    type    = "application/json; charset=utf-8"
    json = {
      embeds = [{
        title       = "{{ orNull .title }}"
        description = "{{ .body }}"
        colour      = "{{ .color }}"
        replies     = null
        icon_url    = "{{ or .channel.icon_url (index .image `256x256`) }}"
        url         = "{{ .channel.url }}"
      }]
    }
  }

  failure {
    why = ["type", "error"]
  }
  refusal "bad_token" {
    status = [401]
    do     = "set token to that of the bot, from the settings of its owner"
  }
  refusal "not_allowed" {
    status = [403]
    do     = "invite the bot to the server and let it send messages and embeds in the channel"
  }
  refusal "unknown_channel" {
    status = [404]
    do     = "set channels to ids of channels that the bot can see"
  }
  receipt = "_id"

  pace {
    every = "1s"
    burst = 5
  }
}
