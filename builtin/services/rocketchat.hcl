service "rocketchat" {
  title   = "Rocket.Chat"
  doc     = "Delivers to channels, people and rooms of a Rocket.Chat server; one needs an incoming webhook, a personal access token or a user's password."
  site    = "https://developer.rocket.chat/apidocs/send-message"
  schemas = ["rocket", "rockets"]
  secure  = ["rockets"]
  urls = [
    "rocket(s)://{webhook:[0-9A-Za-z]+/[0-9A-Za-z]+}@{server}:{port?}/@{users...?}|#{channels...?}|{rooms...?}",
    "rocket(s)://{user}:{webhook:[0-9A-Za-z]+/[0-9A-Za-z]+}@{server}:{port?}/@{users...?}|#{channels...?}|{rooms...?}",
    "rocket(s)://{user}:{password}@{server}:{port?}/@{users...?}|#{channels...?}|{rooms...?}",
    "rocket(s)://{user}:{token:.{33,}}@{server}:{port?}/@{users...?}|#{channels...?}|{rooms...?}",
    "rocket(s)://{user}:{password:.*}@{server}:{port?}/@{users...?}|#{channels...?}|{rooms...?}?mode=basic",
    "rocket(s)://{user}:{token}@{server}:{port?}/@{users...?}|#{channels...?}|{rooms...?}?mode=token",
  ]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "https://chat.example.org"
    required = true
  }
  field "webhook" {
    type  = "secret"
    doc   = "The end of an incoming webhook's address, behind hooks: two words with a slash between them."
    query = ["webhook"]
  }
  field "user" {
    doc     = "The user's name; with a token, the user's id."
    example = "tocsin"
  }
  field "token" {
    type = "secret"
    doc  = "A personal access token, in place of a webhook."
  }
  field "password" {
    type = "secret"
    doc  = "The user's password, in place of a token; messages then sign in and out."
  }
  field "channels" {
    type    = "list"
    doc     = "Names of channels; a webhook has one of its own."
    example = ["alerts"]
  }
  field "users" {
    type    = "list"
    doc     = "Names of people, for direct messages."
    example = ["ann"]
  }
  field "rooms" {
    type    = "list"
    doc     = "Ids of rooms."
    example = ["GENERAL"]
    query   = ["to"]
  }
  field "avatar" {
    type    = "bool"
    doc     = "Show a picture for the severity, where tocsin knows one; without it, webhooks and tokens do."
    example = false
    query   = ["avatar"]
  }

  message {
    formats = ["chat"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 1000
  }

  step "login" {
    save = {
      token = "data.authToken"
      user  = "data.userId"
    }
    request {
      when = "{{ .channel.password }}"
      url  = "{{ .channel.server }}/api/v1/login"
      form = {
        username = "{{ .channel.user }}"
        password = "{{ .channel.password }}"
      }
    }
  }
  step "logout" {
    after = true
    request {
      when = "{{ .step.login.token }}"
      url  = "{{ .channel.server }}/api/v1/logout"
      headers = {
        X-Auth-Token = "{{ .step.login.token }}"
        X-User-Id    = "{{ .step.login.user }}"
      }
    }
  }
  request "webhook" {
    when = "{{ .channel.webhook }}"
    each = ["users", "channels", "rooms"]
    url  = "{{ .channel.server }}/hooks/{{ .channel.webhook }}"
    json = {
      text    = "{{ .text }}"
      avatar  = "{{ only (or (not (isSet .channel.avatar)) .channel.avatar) (index .image `128x128`) }}"
      channel = "{{ only (and .target (ne .kind `rooms`)) (print (ternary `@` `#` (eq .kind `users`)) .target) }}"
      roomId  = "{{ only (eq .kind `rooms`) .target }}"
    }
  }
  request "user" {
    when = "{{ and (or .channel.token .channel.password) (any .channel.users .channel.channels .channel.rooms) }}"
    each = ["users", "channels", "rooms"]
    url  = "{{ .channel.server }}/api/v1/chat.postMessage"
    headers = {
      X-Auth-Token = "{{ or .channel.token .step.login.token }}"
      X-User-Id    = "{{ ternary .channel.user .step.login.user .channel.token }}"
    }
    json = {
      text    = "{{ .text }}"
      avatar  = "{{ only (ternary .channel.avatar .channel.token (isSet .channel.avatar)) (index .image `128x128`) }}"
      channel = "{{ only (ne .kind `rooms`) (print (ternary `@` `#` (eq .kind `users`)) .target) }}"
      roomId  = "{{ only (eq .kind `rooms`) .target }}"
    }
  }

  success {
    none = ["error"]
  }
  failure {
    why = ["error", "message"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "set user with a token or password that the server takes, or the webhook as its page in the administration shows it"
  }
  refusal "no_room" {
    text = "invalid-channel|room-not-found|channel-not-found"
    do   = "correct channels, users or rooms, and let the user or webhook into the room"
  }
  refusal "not_allowed" {
    text = "error-not-allowed|error-action-not-allowed|not-authorized"
    do   = "give the user the right to post to the room"
  }
  refusal "too_fast" {
    text  = "error-too-many-requests"
    class = "temporary"
  }
  receipt = "message._id"
}
