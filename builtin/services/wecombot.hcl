service "wecombot" {
  title   = "WeCom Bot"
  doc     = "Delivers to a group chat of WeCom by a group robot."
  site    = "https://developer.work.weixin.qq.com/document/path/91770"
  schemas = ["wecombot"]
  urls = [
    "wecombot://{key}",
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}",
  ]

  field "key" {
    type     = "secret"
    doc      = "The key of the robot: what its address ends with."
    required = true
    query    = ["key"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 2048
    unit  = "bytes"
  }

  request {
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
    query = {
      key = "{{ .channel.key }}"
    }
    type = "application/json; charset=utf-8"
    json = {
      msgtype = "text"
      text = {
        content = "{{ .text }}"
      }
    }
  }

  success {
    json = { errcode = 0 }
  }
  failure {
    why = ["errmsg"]
  }
  refusal "bad_key" {
    text = "\"errcode\": ?93000\\D"
    do   = "set key to that of a robot which is still in the group"
  }
  refusal "rate_limited" {
    text  = "\"errcode\": ?45009\\D"
    class = "temporary"
    do    = "send this group fewer messages: a robot may send 20 a minute"
  }
  refusal "too_long" {
    text  = "\"errcode\": ?(45002|40058)\\D"
    class = "message"
    do    = "send shorter messages: a robot takes 2048 bytes"
  }
  refusal "busy" {
    text  = "\"errcode\": ?-1\\D"
    class = "temporary"
    do    = "wait: WeCom is busy"
  }
  pace {
    every = "3s"
    burst = 5
  }
}
