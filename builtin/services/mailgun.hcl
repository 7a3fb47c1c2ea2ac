service "mailgun" {
  title   = "Mailgun"
  doc     = "Sends mail through Mailgun; one needs a domain that is verified there and an API key."
  site    = "https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages"
  schemas = ["mailgun"]
  urls = [
    "mailgun://{user}@{domain}/{apikey}/{to...?}",
  ]

  field "user" {
    doc      = "The part of the sender's address before the @."
    example  = "alerts"
    required = true
  }
  field "domain" {
    doc      = "The domain to send from."
    example  = "mg.example.org"
    required = true
    match    = "[-.0-9A-Za-z]+"
  }
  field "apikey" {
    type     = "secret"
    doc      = "A sending key of the domain, or an API key of the account."
    required = true
    query    = ["apikey"]
  }
  field "to" {
    type    = "list"
    doc     = "The addresses to mail to; without one, the sender gets the mail."
    example = ["ops@example.org"]
    form    = "email"
    query   = ["to"]
  }
  field "cc" {
    type    = "list"
    doc     = "The addresses that get a copy."
    example = ["boss@example.org"]
    form    = "email"
    query   = ["cc"]
  }
  field "bcc" {
    type    = "list"
    doc     = "The addresses that get a copy which the others do not see."
    example = ["audit@example.org"]
    form    = "email"
    query   = ["bcc"]
  }
  field "from" {
    doc     = "The sender's address, where it is not user and domain; or the sender's name alone."
    example = "Rack <rack@example.org>"
    query   = ["from"]
  }
  field "name" {
    doc     = "The sender's name."
    example = "Rack 3"
    query   = ["name"]
  }
  field "region" {
    doc     = "Where the domain is served: us or eu."
    example = "eu"
    default = "us"
    query   = ["region"]
    words   = ["us", "eu"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Send one mail to all, who then see each other's addresses."
    default = false
    query   = ["batch"]
  }
  field "headers" {
    type    = "map"
    doc     = "Headers of the mails."
    example = { X-Site = "home" }
    pairs   = "+"
  }
  field "variables" {
    type    = "map"
    doc     = "Variables that Mailgun keeps with the mails."
    example = { site = "home" }
    pairs   = ":"
  }

  message {
    formats = ["html", "text"]
  }

  request {
    url = "https://api.{{ if eq .channel.region `eu` }}eu.{{ end }}mailgun.net/v3/{{ segment .channel.domain }}/messages"
    headers = {
      Authorization = "{{ basic `api` .channel.apikey }}"
    }
    each  = ["to"]
    batch = "{{ ternary 2000 1 .channel.batch }}"
    form = {
      "o:skip-verification" = "False"
      from                  = "{{ if contains `<` .channel.from }}{{ .channel.from }}{{ else if contains `@` .channel.from }}{{ with .channel.name }}{{ mailName . }} <{{ $.channel.from }}>{{ else }}{{ .channel.from }}{{ end }}{{ else }}{{ mailName (or .channel.name .channel.from .app.name) }} <{{ .channel.user }}@{{ .channel.domain }}>{{ end }}"
      subject               = "{{ .title }}"
      html                  = "{{ only (eq .format `html`) .body }}"
      text                  = "{{ only (eq .format `text`) .body }}"
      to                    = "{{ or (join `,` .targets) (ternary (regexReplaceAll `^.*<|>$` .channel.from ``) (printf `%s@%s` .channel.user .channel.domain) (contains `@` .channel.from)) }}"
      cc                    = "{{ present (join `,` (without .channel.cc .target)) }}"
      bcc                   = "{{ present (join `,` (without .channel.bcc .target)) }}"
      "v:$merge"            = "{{ .channel.variables }}"
      "h:$merge"            = "{{ .channel.headers }}"
    }
  }

  failure {
    why = ["message"]
  }
  refusal "bad_token" {
    status = [401]
    class  = "target"
    do     = "set apikey to a sending key of the domain, and region to that of the domain"
  }
  refusal "domain_refused" {
    text  = "[Dd]omain.*(?:not found|not allowed|is unverified)|Sandbox subdomains"
    class = "target"
    do    = "verify the domain at Mailgun, check its region, and authorize the recipients of a sandbox"
  }
  refusal "recipient_refused" {
    text  = "'to' parameter is not a valid address|not a valid address"
    class = "target"
    do    = "check the addresses of the sender and the recipients"
  }
  receipt = "id"
}
