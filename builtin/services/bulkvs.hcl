service "bulkvs" {
  title   = "BulkVS"
  doc     = "Sends text messages by BulkVS; one needs the account's API user and password and a number to send from."
  site    = "https://portal.bulkvs.com/api/v1.0/documentation"
  schemas = ["bulkvs"]
  urls    = ["bulkvs://{user}:{password}@{from}/{to...?}"]

  field "user" {
    doc      = "The name of the API's user."
    example  = "ops@example.org"
    required = true
  }
  field "password" {
    type     = "secret"
    doc      = "The password, or token, of the API's user."
    required = true
  }
  field "from" {
    doc      = "The number that messages come from, with its country."
    form     = "phone"
    example  = "+15550100200"
    required = true
    query    = ["from", "source"]
  }
  field "to" {
    type    = "list"
    doc     = "The numbers to send to; without them, to the sender itself."
    form    = "phone"
    example = ["+15550100300"]
    query   = ["to"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Send to many numbers by one request."
    default = false
    query   = ["batch"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
    plain = true
  }

  request "batch" {
    when  = "{{ and .channel.batch .channel.to }}"
    each  = ["to"]
    batch = "4000"
    url   = "https://portal.bulkvs.com/api/v1.0/messageSend"
    headers = {
      Authorization = "{{ basic .channel.user .channel.password }}"
    }
    json = {
      From    = "{{ digits .channel.from }}"
      To      = "{{ regexFindAll `[0-9]+` (join ` ` .targets) -1 }}"
      Message = "{{ .text }}"
    }
  }
  request "one" {
    each = ["to"]
    url  = "https://portal.bulkvs.com/api/v1.0/messageSend"
    headers = {
      Authorization = "{{ basic .channel.user .channel.password }}"
    }
    json = {
      From    = "{{ digits .channel.from }}"
      To      = "{{ digits (or .target .channel.from) }}"
      Message = "{{ .text }}"
    }
  }

  failure {
    why = ["Description", "Code"]
  }
  refusal "bad_token" {
    status = [401]
    do     = "compare user and password with the API's credentials in the BulkVS portal"
  }
  receipt = "RefId"
}
