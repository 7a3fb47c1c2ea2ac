service "d7networks" {
  title   = "D7 Networks"
  doc     = "Sends text messages through D7 Networks; one needs an API token."
  site    = "https://d7networks.com/docs/Messages/Send_Message/"
  schemas = ["d7sms"]
  urls    = ["d7sms://{token}@{to...}"]

  field "token" {
    type     = "secret"
    doc      = "The API token."
    required = true
    query    = ["token"]
  }
  field "to" {
    type     = "list"
    doc      = "The numbers to send to."
    example  = ["+971501002000"]
    required = true
    form     = "phone"
    query    = ["to"]
  }
  field "from" {
    doc     = "The sender that messages show, where the country allows it."
    example = "tocsin"
    query   = ["from", "source"]
  }
  field "unicode" {
    type    = "bool"
    doc     = "Send every message in Unicode; otherwise only those that need it."
    default = false
    query   = ["unicode"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Send to all numbers at once."
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
    url = "https://api.d7networks.com/messages/v1/send"
    headers = {
      Authorization = "{{ bearer .channel.token }}"
    }
    each  = ["to"]
    batch = "{{ ternary 500 1 .channel.batch }}"
    json = {
      message_globals = {
        channel    = "sms"
        originator = "{{ .channel.from }}"
      }
      messages = [{
        recipients  = "{{ splitList `,` (join `,` .targets | replace `+` ``) }}"
        content     = "{{ .text }}"
        data_coding = "{{ ternary `unicode` `auto` .channel.unicode }}"
      }]
    }
  }

  failure {
    why = ["detail.message", "detail.0.msg", "detail", "message"]
  }
  refusal "bad_token" {
    status = [401]
    class  = "target"
    do     = "set token to an API token that app.d7networks.com lists"
  }
  refusal "no_credit" {
    status = [402]
    class  = "temporary"
    do     = "add credit to the account; it is sent again"
  }
  receipt = "request_id"
}
