service "vonage" {
  title   = "Vonage"
  doc     = "Sends text messages by Vonage's SMS API; one needs an API key, its secret and a number or name to send from."
  site    = "https://developer.vonage.com/en/api/sms"
  schemas = ["vonage", "nexmo"]
  urls    = ["vonage|nexmo://{key}:{secret}@{from}/{to...?}"]

  field "key" {
    type     = "secret"
    doc      = "The API key."
    required = true
    query    = ["key"]
    match    = "[0-9A-Za-z]+"
  }
  field "secret" {
    type     = "secret"
    doc      = "The API secret."
    required = true
    query    = ["secret"]
  }
  field "from" {
    doc      = "The number, with its country, or the name of up to 11 characters, that messages come from."
    example  = "+34600100200"
    required = true
    query    = ["from", "source"]
    match    = "\\+?[-0-9 ()]{3,20}|[0-9A-Za-z ]{1,11}"
  }
  field "to" {
    type    = "list"
    doc     = "The numbers to send to; without them, to the sender itself."
    form    = "phone"
    example = ["+34600100300"]
    query   = ["to"]
  }
  field "ttl" {
    type    = "number"
    doc     = "How many milliseconds a message is tried for, from 20000 to 604800000."
    example = 3600000
    default = 900000
    query   = ["ttl"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
    plain = true
  }

  request {
    each = ["to"]
    url  = "https://rest.nexmo.com/sms/json"
    form = {
      api_key    = "{{ .channel.key }}"
      api_secret = "{{ .channel.secret }}"
      ttl        = "{{ .channel.ttl }}"
      from       = "{{ ternary .channel.from (digits .channel.from) (regexMatch `[A-Za-z]` .channel.from) }}"
      text       = "{{ .text }}"
      to         = "{{ digits (or .target .channel.from) }}"
      type       = "{{ only (regexMatch `[^\\n\\r !-Z_a-z¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ\\x0c^{}\\\\[~\\]|€]` .text) `unicode` }}"
    }
  }

  success {
    json = { "messages.*.status" = "0" }
  }
  failure {
    why = ["messages.0.error-text", "error-code-label", "detail"]
  }
  refusal "too_fast" {
    text  = "\"status\"\\s*:\\s*\"1\""
    class = "temporary"
    do    = "wait: Vonage takes a few messages a second"
  }
  refusal "bad_token" {
    text = "\"status\"\\s*:\\s*\"(?:4|8|14)\""
    do   = "compare key and secret with those in the settings of the Vonage dashboard"
  }
  refusal "no_credit" {
    text = "\"status\"\\s*:\\s*\"9\""
    do   = "add credit to the Vonage account"
  }
  refusal "bad_number" {
    text = "\"status\"\\s*:\\s*\"(?:3|6|7|15|29|33)\""
    do   = "correct the numbers in from and to; a trial account reaches the numbers on its list alone"
  }
  refusal "not_ready" {
    text  = "\"status\"\\s*:\\s*\"(?:5|10)\""
    class = "temporary"
  }
  receipt = "messages.0.message-id"
}
