service "serverchan" {
  title   = "ServerChan"
  doc     = "Delivers to WeChat and other apps by ServerChan; one needs a SendKey."
  site    = "https://sct.ftqq.com/"
  schemas = ["schan"]
  urls = [
    "schan://{key}",
    "https://sctapi.ftqq.com/{key}.send",
    "https://{account:[0-9]+\\.push\\.ft07\\.com}/send/{key}.send",
  ]

  field "key" {
    type     = "secret"
    doc      = "The SendKey, which begins with SCT, or with sctp for the app of ServerChan 3."
    required = true
    match    = "[0-9A-Za-z]+"
  }
  field "account" {
    doc     = "The host that keys of ServerChan 3 are for; without it, the number in the key tells."
    example = "1234.push.ft07.com"
    match   = "[0-9]+\\.push\\.ft07\\.com"
  }

  message {
    formats   = ["markdown"]
    title_max = 32
    max       = 32000
    unit      = "bytes"
  }

  request "three" {
    when = "{{ regexMatch `^sctp[0-9]+t` .channel.key }}"
    url  = "https://{{ or .channel.account (print (regexFind `[0-9]+` .channel.key) `.push.ft07.com`) }}/send/{{ .channel.key }}.send"
    form = {
      title = "{{ .title }}"
      desp  = "{{ .body }}"
    }
  }
  request "turbo" {
    url = "https://sctapi.ftqq.com/{{ .channel.key }}.send"
    form = {
      title = "{{ .title }}"
      desp  = "{{ .body }}"
    }
  }

  success {
    json = { code = 0 }
  }
  failure {
    why = ["message", "info", "data.error"]
  }
  refusal "bad_token" {
    text = "\"code\"\\s*:\\s*(?:40001|20001)\\b|(?i)bad pushkey|sendkey"
    do   = "set key to the SendKey that the page of ServerChan shows"
  }
  refusal "no_messages_left" {
    text  = "\"code\"\\s*:\\s*40010\\b|超过当天"
    class = "temporary"
    do    = "wait until tomorrow, or buy a plan with more messages a day"
  }
  receipt = "data.pushid"
}
