service "smtp2go" {
  title   = "SMTP2GO"
  doc     = "Sends mail through SMTP2GO; one needs an API key and a sender that is verified there."
  site    = "https://developers.smtp2go.com/reference/send-standard-email"
  schemas = ["smtp2go"]
  urls    = ["smtp2go://{user}@{domain}/{apikey}/{to...?}"]

  field "user" {
    doc      = "The part of the sender's address before the @."
    example  = "alerts"
    required = true
  }
  field "domain" {
    doc      = "The part of the sender's address behind the @."
    example  = "example.org"
    required = true
    match    = "[-.0-9A-Za-z]+"
  }
  field "apikey" {
    type     = "secret"
    doc      = "An API key that may send."
    required = true
    query    = ["apikey"]
  }
  field "name" {
    doc     = "The sender's name."
    example = "Rack 3"
    query   = ["name"]
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
  field "batch" {
    type    = "bool"
    doc     = "Send one mail to as many as 100 addresses, who then see each other's."
    default = false
    query   = ["batch"]
  }
  field "headers" {
    type    = "map"
    doc     = "Headers of the mails."
    example = { X-Site = "home" }
    pairs   = "+"
  }

  message {
    formats = ["html", "text"]
  }

  request {
    url   = "https://api.smtp2go.com/v3/email/send"
    each  = ["to"]
    batch = "{{ ternary 100 1 .channel.batch }}"
    json = {
      api_key   = "{{ .channel.apikey }}"
      sender    = "{{ with .channel.name }}{{ mailName . }} <{{ $.channel.user }}@{{ $.channel.domain }}>{{ else }}{{ .channel.user }}@{{ .channel.domain }}{{ end }}"
      subject   = "{{ .title }}"
      to        = "{{ or .targets (list (printf `%s@%s` .channel.user .channel.domain)) }}"
      cc        = "{{ present (without .channel.cc .target) }}"
      bcc       = "{{ present (without .channel.bcc .target) }}"
      html_body = "{{ only (eq .format `html`) .body }}"
      text_body = "{{ only (eq .format `text`) .body }}"
      custom_headers = [{
        "$each" = "{{ keys (or .channel.headers dict) }}"
        header  = "{{ .item }}"
        value   = "{{ get .channel.headers .item }}"
      }]
    }
  }

  success {
    none = ["data.error", "data.failures"]
  }
  failure {
    why = ["data.error", "data.failures.0.error", "data.failures.0", "data.error_code"]
  }
  refusal "bad_token" {
    text  = "E_ApiResponseCodes\\.(?:API_EXCEPTION|ENDPOINT_PERMISSION_DENIED)|api_key.*(?:invalid|not found)|InvalidApiKey"
    class = "target"
    do    = "set apikey to a key that app.smtp2go.com lists, with the permission to send"
  }
  refusal "sender_refused" {
    text  = "[Ss]ender (?:domain|address|not)|not verified|unverified"
    class = "target"
    do    = "verify the sender's domain or address at app.smtp2go.com"
  }
  receipt = "data.email_id"
}
