service "resend" {
  title   = "Resend"
  doc     = "Sends mail through Resend; one needs an API key and a domain that is verified there."
  site    = "https://resend.com/docs/api-reference/emails/send-email"
  schemas = ["resend"]
  urls = [
    "resend://{apikey}:{from@}/{to...?}",
    "resend://{apikey}@{to...?}?from={from}",
  ]

  field "apikey" {
    type     = "secret"
    doc      = "An API key that may send."
    required = true
    query    = ["apikey"]
  }
  field "from" {
    doc      = "The sender's address."
    example  = "alerts@example.org"
    required = true
    form     = "email"
    query    = ["from"]
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
  field "reply" {
    type    = "list"
    doc     = "The addresses that answers go to."
    example = ["ops@example.org"]
    form    = "email"
    query   = ["reply"]
  }

  message {
    formats = ["html", "text"]
  }

  request {
    url = "https://api.resend.com/emails"
    headers = {
      Authorization = "{{ bearer .channel.apikey }}"
    }
    each = ["to"]
    json = {
      from     = "{{ with .channel.name }}{{ mailName . }} <{{ $.channel.from }}>{{ else }}{{ .channel.from }}{{ end }}"
      subject  = "{{ or .title `<no subject>` }}"
      html     = "{{ only (eq .format `html`) .body }}"
      text     = "{{ only (eq .format `text`) .body }}"
      to       = "{{ or .target .channel.from }}"
      cc       = "{{ present (without .channel.cc .target) }}"
      bcc      = "{{ present (without .channel.bcc .target) }}"
      reply_to = "{{ present (without .channel.reply .target) }}"
    }
  }

  failure {
    why = ["message", "name"]
  }
  refusal "bad_token" {
    text  = "missing_api_key|invalid_api_key|restricted_api_key|API key is invalid"
    class = "target"
    do    = "set apikey to a key with sending access that resend.com/api-keys lists"
  }
  refusal "sender_refused" {
    text  = "domain is not verified|own email address|invalid_from_address"
    class = "target"
    do    = "verify the domain of from at resend.com/domains"
  }
  refusal "quota" {
    text  = "daily_quota_exceeded|monthly_quota_exceeded|rate_limit_exceeded"
    class = "temporary"
    do    = "the account has sent as much as it may; it is sent again"
  }
  receipt = "id"
  pace {
    every = "500ms"
    burst = 2
  }
}
