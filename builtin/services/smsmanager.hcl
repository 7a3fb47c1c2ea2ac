service "smsmanager" {
  title   = "SMS Manager"
  doc     = "Sends text messages by SMS Manager; one needs an API key."
  site    = "https://smsmanager.cz/api/http/"
  schemas = ["smsmgr", "smsmanager"]
  urls    = ["smsmgr|smsmanager://{key}@{to...}"]

  field "key" {
    type     = "secret"
    doc      = "The API key."
    required = true
    query    = ["key"]
  }
  field "to" {
    type     = "list"
    doc      = "The numbers to send to, with their countries."
    form     = "phone"
    example  = ["+420600100300"]
    required = true
    query    = ["to"]
  }
  field "from" {
    doc     = "The name or number that messages come from, where the account has one."
    example = "TOCSIN"
    query   = ["from", "sender"]
  }
  field "gateway" {
    doc     = "The quality of the way that messages take."
    example = "economy"
    default = "high"
    query   = ["gateway"]
    words   = ["high", "economy", "low", "direct"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Send to many numbers by one request."
    default = false
    query   = ["batch"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
    plain = true
  }

  request {
    method = "GET"
    each   = ["to"]
    batch  = "{{ ternary 1000 1 .channel.batch }}"
    url    = "https://http-api.smsmanager.cz/Send"
    query = {
      apikey  = "{{ .channel.key }}"
      gateway = "{{ .channel.gateway }}"
      number  = "{{ join `;` (regexFindAll `[0-9]+` (join ` ` .targets) -1) }}"
      message = "{{ .text }}"
      sender  = "{{ .channel.from }}"
    }
  }

  success {
    text = "^OK"
  }
  refusal "bad_token" {
    text = "^ERROR\\|103"
    do   = "set key to the API key that the settings of SMS Manager show"
  }
  refusal "bad_gateway" {
    text = "^ERROR\\|104"
    do   = "set gateway to one that the account has"
  }
  refusal "no_credit" {
    text = "^ERROR\\|105"
    do   = "add credit to the SMS Manager account"
  }
  refusal "bad_number" {
    text = "^ERROR\\|201"
    do   = "correct to"
  }
  refusal "bad_sender" {
    text = "^ERROR\\|203"
    do   = "set from to a sender that SMS Manager has approved"
  }
}
