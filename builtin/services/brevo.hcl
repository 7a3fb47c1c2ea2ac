service "brevo" {
  title   = "Brevo"
  doc     = "Sends mail through Brevo, with an API key and a sender that is verified there."
  site    = "https://developers.brevo.com/reference/sendtransacemail"
  schemas = ["brevo"]
  urls    = ["brevo://{api_key}:{sender@}/{targets...?}"]

  field "api_key" {
    type     = "secret"
    doc      = "An API key of the account, version 3."
    required = true
  }
  field "sender" {
    doc      = "The address that mails come from, which Brevo has to know as yours."
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
  field "reply_to" {
    doc     = "The address that answers go to."
    form    = "email"
    example = "helpdesk@example.org"
    query   = ["reply"]
  }

  message {
    formats = ["html", "text"]
  }

  request {
    url     = "https://api.brevo.com/v3/smtp/email"
    headers = { api-key = "{{ .channel.api_key }}" }
    each    = ["<targets"]
    json = {
      sender = {
        email = "{{ regexReplaceAll `^.*<|>$` .channel.sender `` }}"
        name  = "{{ present (trim (regexReplaceAll `<[^<]*>$|^[^<]*$` .channel.sender ``)) }}"
      }
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
      replyTo = {
        "$if" = "{{ .channel.reply_to }}"
        email = "{{ regexReplaceAll `^.*<|>$` .channel.reply_to `` }}"
      }
      subject     = "{{ or .title `<no subject>` }}"
      htmlContent = "{{ if eq .format `html` }}{{ .body }}{{ else }}{{ html .body | replace ` ` `&nbsp;` | replace `\t` `&emsp;` | replace `&#34;` `&quot;` | replace `&#39;` `&apos;` | replace `\n` `<br/>` }}{{ end }}"
      textContent = "{{ if eq .format `html` }}{{ .plain }}{{ else }}{{ .body }}{{ end }}"
    }
  }

  failure {
    why = ["message", "code"]
  }
  refusal "bad_token" {
    status = [401]
    do     = "set api_key to an API key of Brevo, from SMTP & API, and allow this host's address there"
  }
  refusal "no_credits" {
    status = [402]
    do     = "wait until Brevo gives the account new credits, or buy some"
  }
  refusal "bad_sender" {
    status = [400]
    text   = "sender"
    do     = "set sender to an address that Brevo lists as verified"
  }
  receipt = "messageId"
}
