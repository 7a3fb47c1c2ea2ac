service "kavenegar" {
  title   = "Kavenegar"
  doc     = "Sends text messages through Kavenegar; one needs an API key."
  site    = "https://kavenegar.com/rest.html"
  schemas = ["kavenegar"]
  urls    = ["kavenegar://{from?}@{apikey}/{to...}"]

  field "apikey" {
    type     = "secret"
    doc      = "The account's API key."
    required = true
    query    = ["key", "apikey"]
    match    = "[0-9A-Za-z]+"
  }
  field "from" {
    doc     = "The line that messages come from, where it is not the account's usual one."
    example = "10008663"
    form    = "phone"
    query   = ["from"]
  }
  field "to" {
    type     = "list"
    doc      = "The numbers to send to."
    example  = ["09121002000"]
    required = true
    form     = "phone"
    query    = ["to"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 160
    over    = "truncate"
    plain   = true
  }

  request {
    url = "https://api.kavenegar.com/v1/{{ segment .channel.apikey }}/sms/send.json"
    query = {
      receptor = "{{ digits .target }}"
      message  = "{{ .text }}"
      sender   = "{{ present (digits .channel.from) }}"
    }
    each = ["to"]
  }

  failure {
    why = ["return.message"]
  }
  refusal "bad_token" {
    status = [401, 403]
    class  = "target"
    do     = "set apikey to that of the panel's account settings, and check that the account is active"
  }
  refusal "recipient_refused" {
    status = [411, 415, 417, 419]
    class  = "target"
    do     = "check the numbers in to"
  }
  refusal "sender_refused" {
    status = [412]
    class  = "target"
    do     = "set from to a line of the account, or leave it out"
  }
  refusal "no_credit" {
    status = [418]
    class  = "temporary"
    do     = "add credit to the account; it is sent again"
  }
  receipt = "entries.0.messageid"
}
