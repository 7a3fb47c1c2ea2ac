service "burstsms" {
  title   = "Burst SMS"
  doc     = "Sends text messages through Burst SMS, which is Kudosity now; one needs an API key, its secret and a sender."
  site    = "https://developers.kudosity.com/reference/post_send-sms-json"
  schemas = ["burstsms"]
  urls    = ["burstsms://{apikey}:{secret}@{from}/{to...}"]

  field "apikey" {
    type     = "secret"
    doc      = "The account's API key."
    required = true
    query    = ["key"]
  }
  field "secret" {
    type     = "secret"
    doc      = "The secret of the API key."
    required = true
    query    = ["secret"]
  }
  field "from" {
    doc      = "The sender that messages show: a number of the account, or a name."
    example  = "tocsin"
    required = true
    query    = ["from", "source"]
  }
  field "to" {
    type     = "list"
    doc      = "The numbers to send to."
    example  = ["+61400100200"]
    required = true
    form     = "phone"
    query    = ["to"]
  }
  field "country" {
    doc     = "The country of numbers that are written without one."
    example = "au"
    default = "us"
    query   = ["country"]
    match   = "[A-Za-z]{2}"
  }
  field "validity" {
    type    = "number"
    doc     = "For how many minutes the delivery is tried."
    example = 60
    query   = ["validity"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Send to as many as 500 numbers at once."
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
    url = "https://api.transmitsms.com/send-sms.json"
    headers = {
      Authorization = "{{ basic .channel.apikey .channel.secret }}"
    }
    each  = ["to"]
    batch = "{{ ternary 500 1 .channel.batch }}"
    form = {
      countrycode = "{{ lower .channel.country }}"
      message     = "{{ .text }}"
      from        = "{{ .channel.from }}"
      to          = "{{ join `,` .targets | replace `+` `` }}"
      validity    = "{{ present .channel.validity }}"
    }
  }

  failure {
    why = ["error.description", "error.code"]
  }
  refusal "bad_token" {
    text  = "AUTH_FAILED|NOT_AUTHORIZED"
    class = "target"
    do    = "set apikey and secret to those of the account's API settings"
  }
  refusal "recipient_refused" {
    text  = "RECIPIENTS_ERROR|BAD_CALLER_ID|FIELD_INVALID"
    class = "target"
    do    = "check the sender in from and the numbers in to"
  }
  refusal "rate_limited" {
    text  = "OVER_LIMIT"
    class = "temporary"
    do    = "it is sent again"
  }
  receipt = "message_id"
}
