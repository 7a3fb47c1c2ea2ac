service "twilio" {
  title   = "Twilio"
  doc     = "Sends text messages, WhatsApp messages and calls through Twilio; one needs an account, its token, and a number of it."
  site    = "https://www.twilio.com/docs/messaging/api/message-resource"
  schemas = ["twilio"]
  urls = [
    "twilio://{sid}:{token}@{from}/{to...?}",
  ]

  field "sid" {
    doc      = "The account's SID."
    example  = "AC0123456789abcdef0123456789abcdef"
    required = true
    query    = ["sid"]
    match    = "AC[0-9A-Fa-f]+"
  }
  field "token" {
    type     = "secret"
    doc      = "The account's auth token; or, with an API key, the key's secret."
    required = true
    query    = ["token"]
  }
  field "apikey" {
    type  = "secret"
    doc   = "The SID of an API key, which then signs in for the account."
    query = ["apikey"]
    match = "SK[0-9A-Fa-f]+"
  }
  field "from" {
    doc      = "The number or short code that messages come from; with w: before it, messages go by WhatsApp."
    example  = "+15550100142"
    required = true
    query    = ["from", "source"]
    match    = "(?:w|whatsapp):\\+?[-0-9 ().]{5,}|\\+?[-0-9 ().]{5,}"
  }
  field "to" {
    type    = "list"
    doc     = "The numbers to send to, with w: before those to be reached by WhatsApp; without one, the number that texts come from gets them, unless it is a short code."
    example = ["+15550100177", "w:+34600100200"]
    query   = ["to"]
    match   = "(?:w|whatsapp):\\+?[-0-9 ().]{3,}|\\+?[-0-9 ().]{3,}"
  }
  field "method" {
    doc     = "Whether messages are sent as texts or read out in a call."
    example = "call"
    default = "sms"
    query   = ["method"]
    words = {
      sms  = ["s", "text"]
      call = ["c"]
    }
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 160
    max_for = "{{ only (eq .channel.method `call`) 3000 }}"
    over    = "truncate"
    plain   = true
  }

  request "call" {
    when = "{{ and .channel.to (eq .channel.method `call`) }}"
    url  = "https://api.twilio.com/2010-04-01/Accounts/{{ segment .channel.sid }}/Calls.json"
    headers = {
      Authorization = "{{ basic (or .channel.apikey .channel.sid) .channel.token }}"
    }
    each = ["to"]
    form = {
      Twiml = "<Response><Say>{{ html .text }}</Say></Response>"
      From  = "{{ if gt (len (digits .channel.from)) 6 }}+{{ end }}{{ digits .channel.from }}"
      To    = "+{{ digits (or .target .channel.from) }}"
    }
  }
  # Nobody can be called from their own number, and a short code sends itself nothing.
  request "sms" {
    when = "{{ and (ne .channel.method `call`) (or .channel.to (gt (len (digits .channel.from)) 6)) }}"
    url  = "https://api.twilio.com/2010-04-01/Accounts/{{ segment .channel.sid }}/Messages.json"
    headers = {
      Authorization = "{{ basic (or .channel.apikey .channel.sid) .channel.token }}"
    }
    each = ["to"]
    form = {
      Body = "{{ .text }}"
      From = "{{ if or (hasPrefix `w` .channel.from) (hasPrefix `w` .target) }}whatsapp:{{ end }}{{ if gt (len (digits .channel.from)) 6 }}+{{ end }}{{ digits .channel.from }}"
      To   = "{{ if or (hasPrefix `w` .channel.from) (hasPrefix `w` .target) }}whatsapp:{{ end }}+{{ digits (or .target .channel.from) }}"
    }
  }

  success {
    status = [200, 201]
  }
  failure {
    why = ["message"]
  }
  refusal "bad_token" {
    text  = "\"code\":\\s*(?:20003|20008|20404)\\b"
    class = "target"
    do    = "set sid and token, or apikey and token, to those that the Twilio console shows"
  }
  refusal "sender_refused" {
    text  = "\"code\":\\s*(?:21212|21606|21659|21603|21210|63007)\\b"
    class = "target"
    do    = "set from to a number of the account that may send such messages"
  }
  refusal "recipient_refused" {
    text  = "\"code\":\\s*(?:21211|21214|21217|21265|21408|21604|21608|21610|21612|21614|63024)\\b"
    class = "target"
    do    = "check the numbers in to: one is wrong, has opted out, or the account may not send to its country"
  }
  refusal "rate_limited" {
    text  = "\"code\":\\s*(?:20429|14107|21611|63018|63038)\\b"
    class = "temporary"
    do    = "it is sent again"
  }
  receipt = "sid"
}
