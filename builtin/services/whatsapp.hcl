service "whatsapp" {
  title   = "WhatsApp"
  doc     = "Delivers to people by the WhatsApp Business Cloud API of Meta; one needs an access token, the id of a phone number and, for those who did not write within a day, a template."
  site    = "https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages"
  schemas = ["whatsapp"]
  urls = [
    "whatsapp://{token}@{from}/{to...?}",
    "whatsapp://{template}:{token}@{from}/{to...?}",
  ]

  field "token" {
    type     = "secret"
    doc      = "The access token of the app or of a system user."
    required = true
    query    = ["token"]
  }
  field "from" {
    doc      = "The id of the phone number that messages come from; it is not the number itself."
    example  = "106540352242922"
    required = true
    query    = ["from", "source"]
    match    = "[0-9]+"
  }
  field "to" {
    type     = "list"
    doc      = "The numbers to send to, with their countries, and the ids of groups, which have 16 digits or more."
    example  = ["+34600100300"]
    required = true
    query    = ["to"]
    match    = "#?[0-9]{16,}(?:@g\\.us)?|\\+?[-0-9 ().]{3,20}"
  }
  field "template" {
    doc     = "The name of an approved template, which may begin a conversation."
    example = "host_alert"
    query   = ["template"]
  }
  field "language" {
    doc     = "The language of the template."
    example = "de"
    default = "en_US"
    query   = ["lang", "language"]
    match   = "[A-Za-z]{2,3}(?:[-_][A-Za-z]{2})?"
  }
  field "components" {
    type    = "map"
    doc     = "What the parameters of the template's body are: by number a text, or by body or type the number that the message or its tone has."
    example = { body = "1", type = "2", "3" = "pve1" }
    pairs   = ":"
  }

  message {
    formats = ["chat"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 1024
  }

  request "template" {
    when = "{{ .channel.template }}"
    each = ["to"]
    url  = "https://graph.facebook.com/v21.0/{{ .channel.from }}/messages"
    headers = {
      Authorization = "{{ bearer .channel.token }}"
    }
    json = {
      messaging_product = "whatsapp"
      recipient_type    = "{{ ternary `group` `individual` (regexMatch `[0-9]{16}` .target) }}"
      to                = "{{ ternary (printf `%s@g.us` (digits .target)) (printf `+%s` (digits .target)) (regexMatch `[0-9]{16}` .target) }}"
      type              = "template"
      template = {
        name = "{{ .channel.template }}"
        language = {
          code = "{{ .channel.language }}"
        }
        components = [
          {
            "$if" = "{{ .channel.components }}"
            type  = "body"
            parameters = [
              {
                "$each" = "{{ values (omit (mergeOverwrite (dict) (omit .channel.components `body` `type`) (dict (or (get .channel.components `body`) ``) (regexReplaceAll `\\s*[\\r\\n\\t]\\s*| {5,}` .text ` `) (or (get .channel.components `type`) ``) .tone)) ``) }}"
                type    = "text"
                text    = "{{ .item }}"
              },
            ]
          },
        ]
      }
    }
  }
  request "text" {
    each = ["to"]
    url  = "https://graph.facebook.com/v21.0/{{ .channel.from }}/messages"
    headers = {
      Authorization = "{{ bearer .channel.token }}"
    }
    json = {
      messaging_product = "whatsapp"
      recipient_type    = "{{ ternary `group` `individual` (regexMatch `[0-9]{16}` .target) }}"
      to                = "{{ ternary (printf `%s@g.us` (digits .target)) (printf `+%s` (digits .target)) (regexMatch `[0-9]{16}` .target) }}"
      type              = "text"
      text = {
        body = "{{ .text }}"
      }
    }
  }

  failure {
    why = ["error.error_data.details", "error.message"]
  }
  refusal "bad_token" {
    text = "\"code\"\\s*:\\s*(?:190|10|200)\\b|OAuthException.*access token"
    do   = "make a new access token; a system user's does not expire"
  }
  refusal "no_conversation" {
    text = "\"code\"\\s*:\\s*131047\\b"
    do   = "set template: Meta takes free text only within 24 hours of the person's last message"
  }
  refusal "bad_template" {
    text = "\"code\"\\s*:\\s*1320(?:00|01|05|07|12|15|16)\\b"
    do   = "compare template, language and components with the template in WhatsApp Manager"
  }
  refusal "too_fast" {
    text  = "\"code\"\\s*:\\s*(?:4|80007|130429|131048|131056)\\b"
    class = "temporary"
  }
  refusal "bad_number" {
    text = "\"code\"\\s*:\\s*(?:131026|131030|100)\\b"
    do   = "correct from and to: from is the id of a phone number of the account, to are numbers that have WhatsApp and, in a test account, are on its list"
  }
  receipt = "messages.0.id"
}
