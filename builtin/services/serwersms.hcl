service "serwersms" {
  title   = "SerwerSMS"
  doc     = "Sends text messages through SerwerSMS.pl; one needs a user of its API and a sender."
  site    = "https://dev.serwersms.pl/https-api-v2/wiadomosci/wysylka-sms"
  schemas = ["serwersms"]
  urls    = ["serwersms://{user}:{password}@{sender}/{to...?:\\+?[0-9]+}|#{groups...?}"]

  field "user" {
    doc      = "The name of the API's user."
    example  = "webapi_ops"
    required = true
  }
  field "password" {
    type     = "secret"
    doc      = "The password of the API's user."
    required = true
  }
  field "sender" {
    doc      = "The sender that messages show."
    example  = "INFORMACJA"
    required = true
    query    = ["sender", "from"]
    match    = "[-_. 0-9A-Za-z]{1,16}"
  }
  field "to" {
    type    = "list"
    doc     = "The numbers to send to."
    example = ["+48500100200"]
    form    = "phone"
    query   = ["to"]
  }
  field "groups" {
    type    = "list"
    doc     = "The IDs of groups of contacts to send to."
    example = ["5"]
    match   = "[0-9]+"
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 160
    over    = "truncate"
    plain   = true
  }

  request {
    when = "{{ or .channel.to .channel.groups }}"
    url  = "https://api2.serwersms.pl/messages/send_sms"
    each = ["<to", "<groups"]
    json = {
      username = "{{ .channel.user }}"
      password = "{{ .channel.password }}"
      text     = "{{ .text }}"
      sender   = "{{ .channel.sender }}"
      phone    = "{{ only (eq .kind `to`) (printf `+%s` (digits .target)) }}"
      group_id = "{{ only (eq .kind `groups`) .target }}"
    }
  }

  success {
    none = ["error"]
  }
  failure {
    why = ["error.message", "error.type", "error.code"]
  }
  refusal "bad_login" {
    text  = "\"code\":\\s*\"?(?:1001|1002|1003)\\b"
    class = "target"
    do    = "set user and password to those of a user of the API that may send"
  }
  refusal "no_credit" {
    text  = "\"code\":\\s*\"?(?:4100|4101)\\b"
    class = "temporary"
    do    = "add credit to the account; it is sent again"
  }
  receipt = "items.0.id"
}
