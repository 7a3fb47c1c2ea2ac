service "mailersend" {
  title   = "MailerSend"
  doc     = "Sends e-mail by MailerSend; one needs an API token and a sender in a verified domain."
  site    = "https://developers.mailersend.com/api/v1/email.html"
  schemas = ["mailersend"]
  urls    = ["mailersend://{token}:{from@}/{to...?}"]

  field "token" {
    type     = "secret"
    doc      = "An API token that may send e-mail."
    required = true
  }
  field "from" {
    doc      = "The sender's address, in a domain that the account has verified."
    form     = "email"
    example  = "tocsin@example.org"
    required = true
    query    = ["from"]
    match    = "[^<> ]+"
  }
  field "to" {
    type    = "list"
    doc     = "The addresses to send to; without them, to the sender itself."
    form    = "email"
    example = ["ops@example.org"]
    query   = ["to"]
    match   = "[^<> ]+"
  }
  field "cc" {
    type    = "list"
    doc     = "Addresses that get a copy."
    form    = "email"
    example = ["ann@example.org"]
    query   = ["cc"]
    match   = "[^<> ]+"
  }
  field "bcc" {
    type    = "list"
    doc     = "Addresses that get a copy which the others do not see."
    form    = "email"
    example = ["archive@example.org"]
    query   = ["bcc"]
    match   = "[^<> ]+"
  }
  field "reply_to" {
    doc     = "The address that answers go to."
    form    = "email"
    example = "noreply@example.org"
    query   = ["reply", "reply_to"]
    match   = "[^<> ]+"
  }

  message {
    formats = ["html", "text"]
  }

  request {
    each = ["<to"]
    url  = "https://api.mailersend.com/v1/email"
    headers = {
      Authorization = "{{ bearer .channel.token }}"
    }
    json = {
      from = {
        email = "{{ .channel.from }}"
      }
      to = [
        {
          email = "{{ or .target .channel.from }}"
        },
      ]
      cc = {
        "$if"   = "{{ without .channel.cc .target }}"
        "$each" = "{{ without .channel.cc .target }}"
        email   = "{{ .item }}"
      }
      bcc = {
        "$if"   = "{{ without .channel.bcc .target }}"
        "$each" = "{{ without .channel.bcc .target }}"
        email   = "{{ .item }}"
      }
      reply_to = {
        "$if" = "{{ .channel.reply_to }}"
        email = "{{ .channel.reply_to }}"
      }
      subject = "{{ or .title `<no subject>` }}"
      html    = "{{ only (eq .format `html`) .body }}"
      text    = "{{ ternary .body .plain (eq .format `text`) }}"
    }
  }

  failure {
    why = ["message"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "set token to an API token of MailerSend that may send e-mail"
  }
  refusal "bad_sender" {
    status = [422]
    text   = "from\\.email|domain must be verified"
    do     = "set from to an address in a domain that MailerSend has verified"
  }
}
