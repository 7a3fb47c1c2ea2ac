service "synology" {
  title   = "Synology Chat"
  doc     = "Delivers to a channel of Synology Chat; one needs the token of an incoming webhook."
  site    = "https://kb.synology.com/en-global/DSM/help/Chat/chat_integration"
  schemas = ["synology", "synologys"]
  secure  = ["synologys"]
  urls = [
    "synology(s)://{server}:{port?}/{token}",
    "synology(s)://{server}:{port?}/?token={token}",
    "synology(s)://{user}:{password?}@{server}:{port?}/{token}",
    "synology(s)://{user}:{password?}@{server}:{port?}/?token={token}",
  ]

  field "server" {
    doc      = "The address of the NAS, with the port of DSM."
    form     = "server"
    example  = "https://nas.example.org:5001"
    required = true
  }
  field "token" {
    type     = "secret"
    doc      = "The token at the end of the webhook's address, without its quotation marks."
    required = true
    query    = ["token"]
  }
  field "user" {
    doc     = "The user's name, where a proxy before the NAS asks for one."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "file_url" {
    doc     = "The address of a file that messages show."
    example = "https://pve.example.org/graph.png"
    query   = ["file_url"]
  }
  field "headers" {
    type    = "map"
    doc     = "Headers to send as well."
    example = { X-Team = "infra" }
    pairs   = "+"
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    quiet   = true
  }

  request {
    url = "{{ .channel.server }}/webapi/entry.cgi"
    query = {
      api     = "SYNO.Chat.External"
      method  = "incoming"
      version = "2"
      token   = "{{ .channel.token }}"
    }
    headers = {
      "$merge"      = "{{ .channel.headers }}"
      Authorization = "{{ basic .channel.user .channel.password }}"
    }
    form = {
      payload = {
        text     = "{{ .text }}"
        file_url = "{{ .channel.file_url }}"
      }
    }
  }

  success {
    json = { success = true }
  }
  failure {
    why = ["error.errors", "error.code"]
  }
  refusal "rate_limited" {
    text  = "too fast"
    class = "temporary"
    do    = "it is sent again"
  }
  refusal "bad_token" {
    text  = "token|\"code\":\\s*(404|105|119)\\b"
    class = "target"
    do    = "set token to that of a webhook which Synology Chat lists under Integration, Incoming Webhooks"
  }
  pace {
    every = "1s"
    burst = 2
  }
}
