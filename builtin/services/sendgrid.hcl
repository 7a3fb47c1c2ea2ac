service "sendgrid" {
  title   = "SendGrid"
  doc     = "Sends mail through SendGrid, with an API key that may send and a sender that is verified there."
  site    = "https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send"
  schemas = ["sendgrid"]
  urls    = ["sendgrid://{api_key}:{sender@}/{targets...?}"]

  field "api_key" {
    type     = "secret"
    doc      = "An API key with the permission Mail Send."
    required = true
  }
  field "sender" {
    doc      = "The address that mails come from, which SendGrid has to know as yours."
    form     = "email"
    example  = "alerts@example.org"
    required = true
    query    = ["from"]
  }
  field "targets" {
    type    = "list"
    doc     = "The addresses to send to, in place of the sender's own."
    form    = "email"
    example = ["ops@example.org"]
    query   = ["to"]
  }
  field "cc" {
    type    = "list"
    doc     = "Addresses that get a copy."
    form    = "email"
    example = ["boss@example.org"]
    query   = ["cc"]
  }
  field "bcc" {
    type    = "list"
    doc     = "Addresses that get a copy that no one else sees."
    form    = "email"
    example = ["audit@example.org"]
    query   = ["bcc"]
  }
  field "template" {
    doc     = "The id of a dynamic template to write mails by."
    example = "d-0123456789abcdef0123456789abcdef"
    query   = ["template"]
  }
  field "template_data" {
    type    = "map"
    doc     = "Values for the template."
    example = { site = "home" }
    pairs   = "+"
  }

  message {
    formats = ["html", "text"]
  }

  request {
    url     = "https://api.sendgrid.com/v3/mail/send"
    headers = { Authorization = "{{ bearer .channel.api_key }}" }
    each    = ["<targets"]
    json = {
      personalizations = [{
        to = [{
          email = "{{ regexReplaceAll `^.*<|>$` (or .target .channel.sender) `` }}"
          name  = "{{ present (trim (regexReplaceAll `<[^<]*>$|^[^<]*$` (or .target ``) ``)) }}"
        }]
        cc = {
          "$if"   = "{{ without .channel.cc .target }}"
          "$each" = "{{ without .channel.cc .target }}"
          email   = "{{ regexReplaceAll `^.*<|>$` .item `` }}"
        }
        bcc = {
          "$if"   = "{{ without .channel.bcc .target }}"
          "$each" = "{{ without .channel.bcc .target }}"
          email   = "{{ regexReplaceAll `^.*<|>$` .item `` }}"
        }
        dynamic_template_data = "{{ only .channel.template .channel.template_data }}"
      }]
      from = {
        email = "{{ regexReplaceAll `^.*<|>$` .channel.sender `` }}"
        name  = "{{ present (trim (regexReplaceAll `<[^<]*>$|^[^<]*$` .channel.sender ``)) }}"
      }
      subject = "{{ or .title `<no subject>` }}"
      content = [{
        type  = "{{ ternary `text/html` `text/plain` (eq .format `html`) }}"
        value = "{{ .body }}"
      }]
      template_id = "{{ .channel.template }}"
    }
  }

  failure {
    why = ["errors.0.message"]
  }
  refusal "bad_token" {
    status = [401]
    do     = "set api_key to an API key of SendGrid, from Settings, API Keys"
  }
  refusal "not_allowed" {
    status = [403]
    do     = "verify the sender at SendGrid, and give the API key the permission Mail Send"
  }
}
