service "africas_talking" {
  title   = "Africa's Talking"
  doc     = "Delivers to telephones as text messages by Africa's Talking, with the name of an app and its API key."
  site    = "https://developers.africastalking.com/docs/sms/sending/bulk"
  schemas = ["atalk"]
  urls    = ["atalk://{user}@{key}/{to...?}"]

  field "user" {
    doc      = "The name of the app: sandbox for that of the sandbox."
    example  = "opsbot"
    required = true
  }
  field "key" {
    type     = "secret"
    doc      = "The API key of the app."
    required = true
    query    = ["apikey"]
  }
  field "to" {
    type     = "list"
    doc      = "The telephone numbers to write to, with their country."
    form     = "phone"
    example  = ["+254700100200"]
    required = true
    query    = ["to"]
  }
  field "from" {
    doc     = "The sender that is shown: a short code or name that is registered for the app."
    example = "TOCSIN"
    default = "AFRICASTKNG"
    query   = ["from"]
  }
  field "mode" {
    doc     = "Which interface is called."
    example = "sandbox"
    default = "bulksms"
    query   = ["mode"]
    words   = ["bulksms", "premium", "sandbox"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Write to up to 50 numbers in one call, instead of each in one of its own."
    default = false
    query   = ["batch"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
    plain = true
  }

  request {
    each  = ["to"]
    batch = "{{ ternary 50 1 .channel.batch }}"
    url   = "https://{{ if eq .channel.mode `premium` }}content{{ else if eq .channel.mode `sandbox` }}api.sandbox{{ else }}api{{ end }}.africastalking.com/version1/messaging"
    headers = {
      apiKey = "{{ .channel.key }}"
      Accept = "application/json"
    }
    form = {
      username = "{{ .channel.user }}"
      to       = "{{ join `,` .targets }}"
      from     = "{{ .channel.from }}"
      message  = "{{ .text }}"
    }
  }

  success {
    json = { "SMSMessageData.Recipients.*.statusCode" = [100, 101, 102] }
  }
  failure {
    why = ["SMSMessageData.Recipients.0.status", "SMSMessageData.Message"]
  }
  refusal "bad_key" {
    status = [401]
    do     = "set user and key to the name and the API key of the same app; the sandbox has one of each"
  }
  refusal "no_credit" {
    text = "\"statusCode\": ?405|InsufficientBalance"
    do   = "top the account up"
  }
  refusal "bad_number" {
    text = "\"statusCode\": ?40[346]|InvalidPhoneNumber|UserInBlacklist"
    do   = "set to to numbers that text messages can be sent to, such as +254700100200"
  }
  refusal "bad_sender" {
    text = "\"statusCode\": ?402|InvalidSenderId"
    do   = "set from to a sender that is registered for the app"
  }
  receipt = "SMSMessageData.Recipients.0.messageId"
}
