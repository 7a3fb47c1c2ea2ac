service "nextcloudtalk" {
  title   = "Nextcloud Talk"
  doc     = "Delivers to conversations of Nextcloud Talk; one needs a user who takes part in them, best with an app password."
  site    = "https://nextcloud-talk.readthedocs.io/en/latest/chat/#sending-a-new-chat-message"
  schemas = ["nctalk", "nctalks"]
  secure  = ["nctalks"]
  urls    = ["nctalk(s)://{user}:{password}@{server}:{port?}/{rooms...}"]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "https://cloud.example.org"
    required = true
  }
  field "prefix" {
    doc     = "The path below which Nextcloud is, where it has no host for itself."
    example = "nextcloud"
    query   = ["url_prefix"]
    match   = "[-_./0-9A-Za-z]+"
  }
  field "user" {
    doc      = "The user's name."
    example  = "tocsin"
    required = true
  }
  field "password" {
    type     = "secret"
    doc      = "The user's password, or an app password."
    required = true
  }
  field "rooms" {
    type     = "list"
    doc      = "The tokens of conversations, which stand behind call in their addresses."
    example  = ["d3fr8t6y"]
    required = true
    query    = ["to"]
    match    = "[0-9A-Za-z]+"
  }
  field "headers" {
    type    = "map"
    doc     = "Further headers of the request, for a proxy before the server."
    example = { X-Team = "ops" }
    pairs   = "+"
  }
  field "silent" {
    type    = "bool"
    doc     = "Let messages raise no notification on devices."
    default = false
    query   = ["silent"]
  }

  message {
    formats   = ["chat"]
    title_max = 255
    max       = 4000
    marked    = true
  }

  # Nextcloud takes several slashes for one.
  request {
    each = ["<rooms"]
    url  = "{{ .channel.server }}/{{ trimAll `/` .channel.prefix }}/ocs/v2.php/apps/spreed/api/v1/chat/{{ .target }}"
    headers = {
      OCS-APIRequest = "true"
      Accept         = "application/json"
      Authorization  = "{{ basic .channel.user .channel.password }}"
      "$merge"       = "{{ .channel.headers }}"
    }
    json = {
      message = "{{ or .title .app.title }}\r\n{{ .body }}"
      silent  = "{{ present .channel.silent }}"
    }
  }

  failure {
    why = ["ocs.meta.message", "ocs.data.error"]
  }
  refusal "bad_token" {
    status = [401]
    do     = "compare user and password with Nextcloud; with two factors on, make an app password in the user's security settings"
  }
  refusal "no_room" {
    status = [404]
    do     = "correct rooms, and let the user into the conversation"
  }
  refusal "not_allowed" {
    status = [403]
    do     = "let the user post: the conversation is read-only, or locked"
  }
  refusal "lobby" {
    status = [412]
    do     = "make the user a moderator, or open the conversation's lobby"
  }
  receipt = "ocs.data.id"
}
