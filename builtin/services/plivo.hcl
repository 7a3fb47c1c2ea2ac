service "plivo" {
  title   = "Plivo"
  doc     = "Sends text messages through Plivo, with the auth id and token of an account."
  site    = "https://www.plivo.com/docs/messaging/api/message/send-a-message/"
  schemas = ["plivo"]
  urls    = ["plivo://{auth_id}@{token}/{sender}/{phones...?}"]

  field "auth_id" {
    doc      = "The auth id of the account."
    example  = "MAXXXXXXXXXXXXXXXXXX"
    required = true
    query    = ["id"]
    match    = "[0-9A-Za-z]{20,30}"
  }
  field "token" {
    type     = "secret"
    doc      = "The auth token of the account."
    required = true
    query    = ["token"]
    match    = "[0-9A-Za-z]{30,50}"
  }
  field "sender" {
    doc      = "The number that messages come from."
    form     = "phone"
    example  = "+15550100123"
    required = true
    query    = ["from"]
  }
  field "phones" {
    type    = "list"
    doc     = "The numbers to send to, in place of the sender's own."
    form    = "phone"
    example = ["+15550100124"]
    query   = ["to"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Send to up to 20 numbers in one request."
    example = true
    default = false
    query   = ["batch"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 140
    over    = "truncate"
    plain   = true
  }

  request {
    url     = "https://api.plivo.com/v1/Account/{{ segment .channel.auth_id }}/Message/"
    headers = { Authorization = "{{ basic .channel.auth_id .channel.token }}" }
    each    = ["phones"]
    batch   = "{{ if .channel.batch }}20{{ else }}1{{ end }}"
    json = {
      src  = "+{{ trimPrefix `00` (digits .channel.sender) }}"
      dst  = "{{ regexReplaceAll `(^|<)\\+?(00)?([0-9])` (join `<` (or .targets (list .channel.sender))) `$${1}+$${3}` }}"
      text = "{{ .text }}"
    }
  }

  success {
    status = [200, 202]
  }
  failure {
    why = ["error"]
  }
  refusal "bad_token" {
    status = [401]
    do     = "set auth_id and token to those that the overview of the Plivo console shows"
  }
  receipt = "message_uuid.0"
}
