service "wxpusher" {
  title   = "WxPusher"
  doc     = "Delivers by WxPusher to people and topics that follow an application there."
  site    = "https://wxpusher.zjiecode.com/docs/"
  schemas = ["wxpusher"]
  urls    = ["wxpusher://{token:(?i:AT_).+}/{targets...}", "wxpusher://{targets...}"]

  field "token" {
    type     = "secret"
    doc      = "The app token of the application, which begins with AT_."
    required = true
    query    = ["token"]
    match    = "(?i:AT_)\\S+"
  }
  field "targets" {
    type     = "list"
    doc      = "The ids of people, which begin with UID_, and the numbers of topics."
    example  = ["UID_a1B2c3D4", "123"]
    required = true
    query    = ["to"]
    match    = "[1-9][0-9]{0,17}|(?i:UID_)[-_0-9A-Za-z]+"
  }

  message {
    formats   = ["text", "html", "markdown"]
    title_max = 100
    max       = 40000
  }

  request {
    url = "https://wxpusher.zjiecode.com/api/send/message"
    json = {
      appToken    = "{{ .channel.token }}"
      content     = "{{ .body }}"
      summary     = "{{ .title }}"
      contentType = "{{ get (dict `text` 1 `html` 2 `markdown` 3) .format }}"
      topicIds    = "{{ fromJson (printf `[%s]` (join `,` (regexFindAll `\\b[1-9][0-9]*\\b` (regexReplaceAll `(?i)UID_[^,]*` (join `,` .channel.targets) ``) -1))) }}"
      uids        = "{{ or (regexFindAll `(?i)UID_[^,]+` (join `,` .channel.targets) -1) list }}"
      url         = null
    }
  }

  success {
    json = { code = 1000 }
  }
  failure {
    why = ["msg"]
  }
  refusal "bad_token" {
    text = "\"code\":\\s*(1001|1002)\\b"
    do   = "set token to the app token of the application, from wxpusher.zjiecode.com/admin"
  }
  refusal "unknown_receiver" {
    text = "\"code\":\\s*1004\\b"
    do   = "set targets to people and topics that follow the application"
  }
  refusal "rate_limited" {
    text  = "\"code\":\\s*1008\\b"
    class = "temporary"
    do    = "nothing: it is tried again"
  }
  receipt = "data.0.messageId"
}
