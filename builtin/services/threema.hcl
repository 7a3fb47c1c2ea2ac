service "threema" {
  title   = "Threema Gateway"
  doc     = "Delivers to people on Threema by an identity of Threema Gateway in basic mode, in which the gateway can read the texts."
  site    = "https://gateway.threema.ch/en/developer/api"
  schemas = ["threema"]
  urls    = ["threema://{from?}@{secret}/{ids...?:[0-9A-Za-z]{8}}|{emails...?:[^@]+@[^@]+}|{phones...?}"]

  field "from" {
    doc      = "The identity of the gateway, which begins with an asterisk."
    example  = "*TOCSIN1"
    required = true
    query    = ["from", "gwid"]
    match    = ".{8}"
  }
  field "secret" {
    type     = "secret"
    doc      = "The secret of that identity."
    required = true
    query    = ["secret"]
  }
  field "ids" {
    type    = "list"
    doc     = "The Threema IDs to write to."
    example = ["ABCD1234"]
    query   = ["to"]
    match   = "[0-9A-Za-z]{8}"
  }
  field "emails" {
    type    = "list"
    doc     = "The e-mail addresses of people to write to, who have linked them to their ID."
    form    = "email"
    example = ["ops@example.org"]
  }
  field "phones" {
    type    = "list"
    doc     = "The telephone numbers of people to write to, who have linked them to their ID."
    form    = "phone"
    example = ["+41791234567"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 3500
    unit  = "bytes"
  }

  request {
    when = "{{ or .channel.ids .channel.emails .channel.phones }}"
    each = ["phones", "ids", "emails"]
    url  = "https://msgapi.threema.ch/send_simple"
    query = {
      secret = "{{ .channel.secret }}"
      from   = "{{ .channel.from }}"
      text   = "{{ .text }}"
      to     = "{{ only (eq .kind `ids`) .target }}"
      email  = "{{ only (eq .kind `emails`) .target }}"
      phone  = "{{ only (eq .kind `phones`) (digits .target) }}"
    }
    headers = { Content-Type = "application/x-www-form-urlencoded; charset=utf-8" }
    type    = "none"
  }

  refusal "bad_secret" {
    status = [401]
    do     = "set from and secret to an identity of the gateway and its secret; it has to be one of basic mode"
  }
  refusal "no_credit" {
    status = [402]
    do     = "buy credits for the gateway"
  }
  refusal "unknown_target" {
    status = [404]
    do     = "set ids, emails and phones to those of people who are on Threema and have linked them there"
  }
  refusal "bad_target" {
    status = [400]
    do     = "set ids, emails and phones to what exists, and from to an identity of basic mode"
  }
  refusal "too_long" {
    status = [413]
    class  = "message"
    do     = "send shorter messages: the gateway takes 3500 bytes"
  }
}
