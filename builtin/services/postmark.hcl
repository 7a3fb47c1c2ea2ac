service "postmark" {
  title   = "Postmark"
  doc     = "Delivers to e-mail addresses by Postmark, with the token of a server there and a confirmed sender."
  site    = "https://postmarkapp.com/developer/api/email-api"
  schemas = ["postmark"]
  urls    = ["postmark://{token}:{from@}/{to...?}"]

  field "token" {
    type     = "secret"
    doc      = "The API token of a server in Postmark."
    required = true
  }
  field "from" {
    doc      = "The sender, whose address or domain Postmark has confirmed."
    form     = "email"
    example  = "tocsin@example.org"
    required = true
  }
  field "name" {
    doc     = "The name that the sender shows, where from has none."
    example = "Tocsin"
    query   = ["name"]
  }
  field "to" {
    type    = "list"
    doc     = "The addresses to mail to; without any the sender's own."
    form    = "email"
    example = ["ops@example.org"]
    query   = ["to"]
  }
  field "cc" {
    type    = "list"
    doc     = "Addresses that get a copy of each mail."
    form    = "email"
    example = ["lead@example.org"]
    query   = ["cc"]
  }
  field "bcc" {
    type    = "list"
    doc     = "Addresses that get a copy which the others do not see."
    form    = "email"
    example = ["audit@example.org"]
    query   = ["bcc"]
  }
  field "reply_to" {
    type    = "list"
    doc     = "The addresses that answers go to."
    form    = "email"
    example = ["ops@example.org"]
    query   = ["reply"]
  }
  field "stream" {
    doc     = "The message stream, where it is not that for single mails."
    example = "alerts"
  }

  message {
    formats = ["html", "text"]
  }

  request {
    url  = "https://api.postmarkapp.com/email"
    each = ["to"]
    headers = {
      X-Postmark-Server-Token = "{{ .channel.token }}"
      Accept                  = "application/json"
    }
    json = {
      From          = "{{ if and .channel.name (not (contains `<` .channel.from)) }}{{ mailName .channel.name }} <{{ .channel.from }}>{{ else }}{{ .channel.from }}{{ end }}"
      To            = "{{ or .target .channel.from }}"
      Cc            = "{{ present (join `,` (without .channel.cc .target)) }}"
      Bcc           = "{{ present (join `,` (without .channel.bcc .target)) }}"
      ReplyTo       = "{{ present (join `,` (without .channel.reply_to .target)) }}"
      Subject       = "{{ or .title `<no subject>` }}"
      HtmlBody      = "{{ only (eq .format `html`) .body }}"
      TextBody      = "{{ only (eq .format `text`) .body }}"
      MessageStream = "{{ .channel.stream }}"
    }
  }

  failure {
    why = ["Message"]
  }
  refusal "bad_token" {
    status = [401]
    do     = "set token to an API token of the server in Postmark: that of the account does not do"
  }
  refusal "sender_unknown" {
    status = [422]
    text   = "\"ErrorCode\": ?(400|401)[,}]"
    do     = "set from to a sender signature, or an address of a domain, that is confirmed in Postmark"
  }
  refusal "recipient_inactive" {
    status = [422]
    text   = "\"ErrorCode\": ?406[,}]"
    do     = "reactivate the address in Postmark, which got a bounce or a complaint from it, or take it out of to"
  }
  receipt = "MessageID"
}
