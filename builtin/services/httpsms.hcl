service "httpsms" {
  title   = "httpSMS"
  doc     = "Sends text messages by one's own Android phone with the app httpSMS; one needs an API key and the phone's number."
  site    = "https://docs.httpsms.com/"
  schemas = ["httpsms"]
  urls    = ["httpsms://{key}@{from}/{to...?}"]

  field "key" {
    type     = "secret"
    doc      = "The API key."
    required = true
    query    = ["key"]
  }
  field "from" {
    doc      = "The number of the phone, with its country."
    form     = "phone"
    example  = "+34600100200"
    required = true
    query    = ["from", "source"]
  }
  field "to" {
    type    = "list"
    doc     = "The numbers to send to; without them, to the phone itself."
    form    = "phone"
    example = ["+34600100300"]
    query   = ["to"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
    plain = true
  }

  request {
    each = ["to"]
    url  = "https://api.httpsms.com/v1/messages/send"
    headers = {
      x-api-key = "{{ .channel.key }}"
    }
    json = {
      from    = "+{{ digits .channel.from }}"
      to      = "+{{ digits (or .target .channel.from) }}"
      content = "{{ .text }}"
    }
  }

  failure {
    why = ["data.from.0", "data.to.0", "data.content.0", "message"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "set key to the API key that the settings of httpSMS show"
  }
  refusal "no_phone" {
    status = [404]
    do     = "sign in to the app on the phone whose number is from"
  }
  refusal "no_messages_left" {
    status = [402]
    do     = "wait for the next month, or take a plan of httpSMS with more messages"
  }
  receipt = "data.id"
}
