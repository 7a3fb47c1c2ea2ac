service "dingtalk" {
  title   = "DingTalk"
  doc     = "Delivers to a group in DingTalk by a custom robot."
  site    = "https://open.dingtalk.com/document/robots/custom-robot-access"
  schemas = ["dingtalk"]
  urls = [
    "dingtalk://{secret?}@{token}/{phones...?}",
    "https://oapi.dingtalk.com/robot/send?access_token={token}",
  ]

  field "token" {
    type     = "secret"
    doc      = "The access token of the robot: what its address ends with."
    required = true
    query    = ["token"]
  }
  field "secret" {
    type  = "secret"
    doc   = "The secret that calls are signed with, where the robot asks for signatures."
    query = ["secret"]
  }
  field "phones" {
    type    = "list"
    doc     = "The telephone numbers of members of the group to call to the message."
    form    = "phone"
    example = ["13800138000"]
    query   = ["to"]
  }

  message {
    formats = ["text", "markdown"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 18000
    unit    = "bytes"
  }

  request {
    url = "https://oapi.dingtalk.com/robot/send"
    query = {
      access_token = "{{ .channel.token }}"
      timestamp    = "{{ only .channel.secret (print (unixEpoch .now) `000`) }}"
      sign         = "{{ only .channel.secret (signBase64 `sha256` .channel.secret (print (unixEpoch .now) `000` `\n` .channel.secret)) }}"
    }
    json = {
      msgtype = "{{ .format }}"
      text = {
        "$if"   = "{{ eq .format `text` }}"
        content = "{{ .text }}"
      }
      # The title of its own stands only in the list of chats.
      markdown = {
        "$if" = "{{ eq .format `markdown` }}"
        title = "{{ or .title .app.title }}"
        text  = "{{ if .title }}{{ regexReplaceAll `^([^\\r\\n]*)\\r\\n` .text `# $1\n` }}{{ else }}{{ .text }}{{ end }}"
      }
      at = {
        atMobiles = "{{ ternary (splitList `,` (regexReplaceAll `[^0-9,]` (join `,` (sortAlpha (uniq (or .channel.phones (list))))) ``)) (list) (not (empty .channel.phones)) }}"
        isAtAll   = false
      }
    }
  }

  success {
    json = { errcode = 0 }
  }
  failure {
    why = ["errmsg"]
  }
  refusal "bad_token" {
    text = "\"errcode\": ?(300001|300005|40035|400101)\\D|token is not exist"
    do   = "set token to that of a robot which is still in the group"
  }
  refusal "not_admitted" {
    text = "\"errcode\": ?310000\\D"
    do   = "look at the robot's security settings: set secret where it asks for signatures, admit this host's address, or let its keyword stand in every message"
  }
  refusal "rate_limited" {
    text  = "\"errcode\": ?(130101|410100)\\D"
    class = "temporary"
    do    = "send this group fewer messages: a robot may send 20 a minute"
  }
  refusal "busy" {
    text  = "\"errcode\": ?-1\\D"
    class = "temporary"
    do    = "wait: DingTalk is busy"
  }
  pace {
    every = "3s"
    burst = 5
  }
}
