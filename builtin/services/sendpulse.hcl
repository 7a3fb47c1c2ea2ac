service "sendpulse" {
  title   = "SendPulse"
  doc     = "Delivers to e-mail addresses by SendPulse, with the id and secret of its API and a confirmed sender."
  site    = "https://sendpulse.com/integrations/api/smtp"
  schemas = ["sendpulse"]
  urls = [
    "sendpulse://{from@}/{to...?}?id={client_id}&secret={client_secret}",
    "sendpulse://{from@}/{client_secret}/{to...?}?id={client_id}",
    "sendpulse://{from@}/{client_id}/{client_secret}/{to...?}",
  ]

  field "client_id" {
    doc      = "The id that SendPulse shows in the settings of its API."
    example  = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
    required = true
    query    = ["id"]
  }
  field "client_secret" {
    type     = "secret"
    doc      = "The secret to that id."
    required = true
    query    = ["secret"]
  }
  field "from" {
    doc      = "The sender, of an address or domain that SendPulse has confirmed."
    form     = "email"
    example  = "tocsin@example.org"
    required = true
  }
  field "name" {
    doc     = "The name that the sender shows."
    example = "Ops"
    query   = ["from"]
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
  field "template" {
    type    = "number"
    doc     = "The number of a template of the account that mails are made with."
    example = 731
    query   = ["template"]
  }
  field "values" {
    type    = "map"
    doc     = "Values for the template."
    example = { site = "home" }
    pairs   = "+"
  }

  message {
    formats = ["html", "text"]
  }

  step "token" {
    save      = { token = "access_token" }
    keep      = "50m"
    keep_path = "expires_in"
    request {
      url = "https://api.sendpulse.com/oauth/access_token"
      json = {
        grant_type    = "client_credentials"
        client_id     = "{{ .channel.client_id }}"
        client_secret = "{{ .channel.client_secret }}"
      }
    }
  }

  request {
    each = ["to"]
    url  = "https://api.sendpulse.com/smtp/emails"
    headers = {
      Authorization = "{{ bearer .step.token.token }}"
    }
    json = {
      email = {
        from = {
          name  = "{{ or .channel.name (trim (regexReplaceAll `\"|<.*|^[^<]*$` .channel.from ``)) .app.name }}"
          email = "{{ regexReplaceAll `^.*<(.*)>.*$` .channel.from `$${1}` }}"
        }
        to = [
          {
            email = "{{ regexReplaceAll `^.*<(.*)>.*$` (or .target .channel.from) `$${1}` }}"
            name  = "{{ present (ternary (or .channel.name .app.name) (trim (regexReplaceAll `\"|<.*|^[^<]*$` (or .target ``) ``)) (eq .channel.from (or .target .channel.from))) }}"
          },
        ]
        "$merge" = {
          "$if" = "{{ or .channel.cc .channel.bcc }}"
          cc = [
            {
              "$each" = "{{ without .channel.cc (or .target .channel.from) }}"
              email   = "{{ regexReplaceAll `^.*<(.*)>.*$` .item `$${1}` }}"
              name    = "{{ present (trim (regexReplaceAll `\"|<.*|^[^<]*$` .item ``)) }}"
            },
          ]
          bcc = [
            {
              "$each" = "{{ without .channel.bcc (or .target .channel.from) }}"
              email   = "{{ regexReplaceAll `^.*<(.*)>.*$` .item `$${1}` }}"
              name    = "{{ present (trim (regexReplaceAll `\"|<.*|^[^<]*$` .item ``)) }}"
            },
          ]
        }
        subject = "{{ or .title `<no subject>` }}"
        html    = "{{ only (eq .format `html`) (base64 .body) }}"
        text    = "{{ ternary .body .plain (eq .format `text`) }}"
        template = {
          "$if"     = "{{ .channel.template }}"
          id        = "{{ .channel.template }}"
          variables = "{{ or .channel.values (dict) }}"
        }
      }
    }
  }

  success {
    json = { result = true }
  }
  failure {
    why = ["message", "error_description", "error"]
  }
  refusal "bad_secret" {
    status = [401]
    do     = "set client_id and client_secret to what SendPulse shows in the settings of its API"
  }
  refusal "sender_unknown" {
    text = "[Ss]ender"
    do   = "set from to a sender that is confirmed in SendPulse"
  }
  receipt = "id"
}
