service "exotel" {
  title   = "Exotel"
  doc     = "Sends text messages by Exotel; one needs the account's SID, an API token and an ExoPhone to send from."
  site    = "https://developer.exotel.com/api/sms"
  schemas = ["exotel"]
  urls    = ["exotel://{sid}:{token}@{from}/{to...?}"]

  field "sid" {
    doc      = "The account's SID."
    example  = "example1"
    required = true
    query    = ["sid"]
  }
  field "token" {
    type     = "secret"
    doc      = "The API token."
    required = true
    query    = ["token"]
  }
  field "key" {
    type  = "secret"
    doc   = "The API key, where it is another than the SID."
    query = ["apikey", "key"]
  }
  field "from" {
    doc      = "The ExoPhone, or the sender's name, that messages come from."
    example  = "08047100200"
    required = true
    query    = ["from", "source"]
    match    = "\\+?[-0-9 ()]{6,20}|[0-9A-Za-z][-.0-9A-Za-z]{2,15}"
  }
  field "to" {
    type    = "list"
    doc     = "The numbers to send to; without them, to the sender itself."
    form    = "phone"
    example = ["09876500300"]
    query   = ["to"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Send to many numbers by one request."
    default = false
    query   = ["batch"]
  }
  field "unicode" {
    type    = "bool"
    doc     = "Send characters beyond those of English."
    default = true
    query   = ["unicode"]
  }
  field "region" {
    doc     = "Where the account is: us for Singapore's cluster, in for Mumbai's."
    example = "in"
    default = "us"
    query   = ["region"]
    words   = ["us", "in"]
  }
  field "priority" {
    doc     = "How urgent messages are; auto goes by their severity, and high is for one-time passwords and the like."
    example = "auto"
    default = "normal"
    query   = ["priority"]
    words   = ["auto", "normal", "high"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 2000
    over  = "truncate"
    plain = true
  }

  level "priority" {
    info    = "normal"
    success = "normal"
    warning = "high"
    failure = "high"
  }

  request {
    each  = ["to"]
    batch = "{{ ternary 100 1 .channel.batch }}"
    url   = "https://api.{{ if eq .channel.region `in` }}in.{{ end }}exotel.com/v1/Accounts/{{ segment .channel.sid }}/Sms/send"
    headers = {
      Authorization = "{{ basic (or .channel.key .channel.sid) .channel.token }}"
    }
    form = {
      From         = "{{ ternary .channel.from (digits .channel.from) (regexMatch `[A-Za-z]` .channel.from) }}"
      Body         = "{{ .text }}"
      EncodingType = "{{ ternary `unicode` `plain` .channel.unicode }}"
      Priority     = "{{ ternary .level.priority .channel.priority (eq .channel.priority `auto`) }}"
      To           = "{{ regexFindAll `[0-9]+` (join ` ` (or .targets (list .channel.from))) -1 }}"
    }
  }

  failure {
    why = ["TwilioResponse.RestException.Message", "RestException.Message"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "compare sid, key and token with the API settings of the Exotel dashboard, and region with the account's"
  }
  refusal "no_credit" {
    status = [402]
    do     = "add credit to the Exotel account"
  }
  receipt = "TwilioResponse.SMSMessage.Sid"
}
