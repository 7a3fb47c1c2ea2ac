service "clicksend" {
  title   = "ClickSend"
  doc     = "Sends text messages through ClickSend; one needs the user's name and an API key."
  site    = "https://developers.clicksend.com/docs/messaging/sms/other/send-sms"
  schemas = ["clicksend"]
  urls    = ["clicksend://{user}:{apikey}@{to...}"]

  field "user" {
    doc      = "The user's name."
    example  = "ops"
    required = true
  }
  field "apikey" {
    type     = "secret"
    doc      = "The user's API key."
    required = true
    query    = ["key"]
  }
  field "to" {
    type     = "list"
    doc      = "The numbers to send to."
    example  = ["+15550100177"]
    required = true
    form     = "phone"
    query    = ["to"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Send to as many as 1,000 numbers at once."
    default = false
    query   = ["batch"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 160
    over    = "truncate"
    plain   = true
  }

  request {
    url = "https://rest.clicksend.com/v3/sms/send"
    headers = {
      Authorization = "{{ basic .channel.user .channel.apikey }}"
    }
    each  = ["to"]
    batch = "{{ ternary 1000 1 .channel.batch }}"
    type  = "application/json; charset=utf-8"
    json = {
      messages = [{
        "$each" = "{{ .targets }}"
        source  = "php"
        body    = "{{ .text }}"
        to      = "+{{ digits .item }}"
      }]
    }
  }

  success {
    json = { "data.messages.*.status" = ["SUCCESS"] }
  }
  failure {
    why = ["data.messages.0.status", "response_msg"]
  }
  refusal "bad_token" {
    text  = "UNAUTHORIZED|INVALID_CREDENTIALS"
    class = "target"
    do    = "set user and apikey to those of the account's API credentials"
  }
  refusal "recipient_refused" {
    text  = "INVALID_RECIPIENT|INVALID_SENDER_ID|COUNTRY_NOT_ENABLED|OPTED_OUT"
    class = "target"
    do    = "check the numbers in to, and whether the account may send to their countries"
  }
  refusal "no_credit" {
    text  = "INSUFFICIENT_CREDIT|MISSING_CREDENTIALS|ACCOUNT_NOT_ACTIVATED"
    class = "temporary"
    do    = "add credit to the account; it is sent again"
  }
  refusal "rate_limited" {
    text  = "TOO_MANY_REQUESTS|THROTTLED|ALREADY_EXISTS"
    class = "temporary"
    do    = "it is sent again"
  }
  receipt = "data.messages.0.message_id"
}
