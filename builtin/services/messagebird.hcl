service "messagebird" {
  title   = "MessageBird"
  doc     = "Sends text messages by the REST interface of MessageBird, which is now Bird; one needs an access key and a number to send from."
  site    = "https://developers.messagebird.com/api/sms-messaging/"
  schemas = ["msgbird"]
  urls    = ["msgbird://{key}/{from}/{to...?}"]

  field "key" {
    type     = "secret"
    doc      = "The access key of the REST interface."
    required = true
    match    = "[0-9A-Za-z]{25}"
  }
  field "from" {
    doc      = "The number that messages come from, with its country."
    form     = "phone"
    example  = "+34600100200"
    required = true
    query    = ["from", "source"]
  }
  field "to" {
    type    = "list"
    doc     = "The numbers to send to; without them, to the sender itself."
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

  # Without datacoding the service takes a text to be of GSM 03.38, and loses the
  # letters that this has not.
  request {
    each = ["to"]
    url  = "https://rest.messagebird.com/messages"
    headers = {
      Authorization = "AccessKey {{ .channel.key }}"
    }
    form = {
      originator = "+{{ digits .channel.from }}"
      recipients = "+{{ digits (or .target .channel.from) }}"
      body       = "{{ .text }}"
      datacoding = "{{ only (regexMatch `[^\\x00-\\x7f£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà€]` .text) `auto` }}"
    }
  }

  failure {
    why = ["errors.0.description"]
  }
  refusal "bad_token" {
    text = "\"code\"\\s*:\\s*2\\b"
    do   = "set key to a live access key of the REST interface"
  }
  refusal "no_credit" {
    text = "\"code\"\\s*:\\s*25\\b"
    do   = "add credit to the account"
  }
  receipt = "id"
}
