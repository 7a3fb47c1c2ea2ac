service "octopush" {
  title   = "Octopush"
  doc     = "Sends text messages through Octopush; one needs the account's login and an API key."
  site    = "https://dev.octopush.com/en/sms-gateway-api-documentation/send-sms/"
  schemas = ["octopush"]
  urls = [
    "octopush://{login@}/{key}/{to...}",
    "octopush://{sender}:{login@}/{key}/{to...}",
  ]

  field "login" {
    doc      = "The e-mail address that the account signs in with."
    example  = "ops@example.org"
    required = true
    form     = "email"
    query    = ["login"]
  }
  field "key" {
    type     = "secret"
    doc      = "The account's API key."
    required = true
    query    = ["key"]
  }
  field "to" {
    type     = "list"
    doc      = "The numbers to send to, with their country."
    example  = ["+33600100200"]
    required = true
    form     = "phone"
    query    = ["to"]
  }
  field "sender" {
    doc     = "The sender that messages show, of three to eleven letters and digits."
    example = "tocsin"
    query   = ["sender"]
    match   = "[0-9A-Za-z ]{3,11}"
  }
  field "replies" {
    type    = "bool"
    doc     = "Let people answer, which needs a number as the sender."
    default = false
    query   = ["replies"]
  }
  field "purpose" {
    doc     = "What messages are for; alerts need no word on how to stop them."
    example = "alert"
    default = "alert"
    query   = ["purpose"]
    words   = ["alert", "wholesale"]
  }
  field "type" {
    doc     = "The quality of the delivery."
    example = "sms_low_cost"
    default = "sms_premium"
    query   = ["type"]
    words = {
      sms_premium  = ["premium", "p", "sms_p", "smsp", "+"]
      sms_low_cost = ["low_cost", "l", "sms_l", "smsl", "-"]
    }
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
    max     = 1224
    over    = "truncate"
    plain   = true
  }

  request {
    url  = "https://api.octopush.com/v1/public/sms-campaign/send"
    type = "application/json; charset=utf-8"
    headers = {
      api-key       = "{{ .channel.key }}"
      api-login     = "{{ .channel.login }}"
      cache-control = "no-cache"
    }
    each  = ["to"]
    batch = "{{ ternary 500 1 .channel.batch }}"
    json = {
      recipients = [{
        "$each"      = "{{ .targets }}"
        phone_number = "+{{ digits .item }}"
      }]
      text         = "{{ .text }}"
      type         = "{{ .channel.type }}"
      purpose      = "{{ .channel.purpose }}"
      sender       = "{{ or .channel.sender .app.name }}"
      with_replies = "{{ .channel.replies }}"
    }
  }

  success {
    status = [201]
  }
  failure {
    why = ["message", "errors.0.message", "error.message"]
  }
  refusal "no_credit" {
    status = [402]
    class  = "temporary"
    do     = "add credit to the account; it is sent again"
  }
  receipt = "sms_ticket"
}
