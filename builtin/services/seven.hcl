service "seven" {
  title   = "seven"
  doc     = "Delivers to telephones as text messages by seven.io, with an API key."
  site    = "https://docs.seven.io/en/rest-api/endpoints/sms"
  schemas = ["seven"]
  urls    = ["seven://{key}/{to...?}"]

  field "key" {
    type     = "secret"
    doc      = "An API key of the account."
    required = true
  }
  field "to" {
    type     = "list"
    doc      = "The telephone numbers to write to, with their country."
    form     = "phone"
    example  = ["+491771783130"]
    required = true
    query    = ["to"]
  }
  field "from" {
    doc     = "The sender that is shown: up to 11 letters and digits, or a number."
    example = "tocsin"
    query   = ["from", "source"]
  }
  field "flash" {
    type    = "bool"
    doc     = "Show messages at once, without keeping them."
    default = false
    query   = ["flash"]
  }
  field "label" {
    doc     = "A label of messages in the statistics of the account."
    example = "proxmox"
    query   = ["label"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
    plain = true
  }

  request {
    each = ["to"]
    url  = "https://gateway.seven.io/api/sms"
    headers = {
      X-Api-Key = "{{ .channel.key }}"
      SentWith  = "{{ .app.name }}"
      Accept    = "application/json"
    }
    json = {
      to    = "+{{ digits .target }}"
      text  = "{{ .text }}"
      from  = "{{ .channel.from }}"
      flash = "{{ present .channel.flash }}"
      label = "{{ .channel.label }}"
    }
  }

  success {
    json = { success = "100" }
  }
  failure {
    why = ["messages.0.error_text", "success"]
  }
  refusal "bad_key" {
    text = "^\"?90[0-3]\"?$|\"success\": ?\"?90[0-3]\\b"
    do   = "set key to an API key of the account that may send text messages from this host"
  }
  refusal "no_credit" {
    text = "^\"?500\"?$|\"success\": ?\"?500\\b"
    do   = "top the account up"
  }
  refusal "bad_number" {
    text = "^\"?202\"?$|\"success\": ?\"?202\\b"
    do   = "set to to numbers that text messages can be sent to, such as +491771783130"
  }
  refusal "bad_sender" {
    text = "^\"?201\"?$|\"success\": ?\"?201\\b"
    do   = "set from to at most 11 letters and digits, or a number of at most 16"
  }
  receipt = "messages.0.id"
}
