service "clickatell" {
  title   = "Clickatell"
  doc     = "Sends text messages by Clickatell; one needs an API key."
  site    = "https://docs.clickatell.com/channels/sms-channels/sms-api-reference/"
  schemas = ["clickatell"]
  urls    = ["clickatell://{from?}@{key}/{to...}"]

  field "key" {
    type     = "secret"
    doc      = "The key of an HTTP API."
    required = true
    query    = ["apikey", "key"]
  }
  field "to" {
    type     = "list"
    doc      = "The numbers to send to, with their countries."
    form     = "phone"
    example  = ["+34600100300"]
    required = true
    query    = ["to"]
  }
  field "from" {
    doc     = "The number that messages come from, where the account has one."
    form    = "phone"
    example = "+34600100200"
    query   = ["from"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    over  = "truncate"
    plain = true
  }

  request {
    method = "GET"
    each   = ["to"]
    url    = "https://platform.clickatell.com/messages/http/send"
    headers = {
      Content-Type = "application/json"
    }
    query = {
      apiKey  = "{{ .channel.key }}"
      from    = "{{ present (digits .channel.from) }}"
      content = "{{ .text }}"
      to      = "{{ digits .target }}"
    }
  }

  success {
    none = ["error", "errorCode", "messages.*.error", "messages.*.errorCode"]
  }
  failure {
    why = ["messages.0.error.description", "messages.0.errorDescription", "error.description", "errorDescription", "error", "messages.0.error"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "set key to that of an HTTP API which is switched on in the Clickatell portal"
  }
  refusal "no_credit" {
    status = [402]
    do     = "add credit to the Clickatell account"
  }
  receipt = "messages.0.apiMessageId"
}
