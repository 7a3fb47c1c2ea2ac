service "voipms" {
  title   = "VoIP.ms"
  doc     = "Delivers to telephones of North America as text messages by VoIP.ms, from a number of yours there."
  site    = "https://voip.ms/m/apidocs.php"
  schemas = ["voipms"]
  urls    = ["voipms://{password}:{user@}/{from}/{to...?}"]

  field "user" {
    doc      = "The e-mail address of the account."
    form     = "email"
    example  = "ops@example.org"
    required = true
  }
  field "password" {
    type     = "secret"
    doc      = "The password for the API, which has one of its own."
    required = true
  }
  field "from" {
    doc      = "The number to send from, which text messages are switched on for."
    form     = "phone"
    example  = "15550100999"
    required = true
    query    = ["from"]
  }
  field "to" {
    type    = "list"
    doc     = "The telephone numbers to write to; without any the sender's own."
    form    = "phone"
    example = ["15550100123"]
    query   = ["to"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
    plain = true
  }

  request {
    each   = ["to"]
    method = "GET"
    url    = "https://voip.ms/api/v1/rest.php"
    query = {
      api_username = "{{ .channel.user }}"
      api_password = "{{ .channel.password }}"
      did          = "{{ regexReplaceAll `^[+]?1?` .channel.from `` }}"
      message      = "{{ .text }}"
      method       = "sendSMS"
      dst          = "{{ regexReplaceAll `^[+]?1?` (or .target .channel.from) `` }}"
    }
    type = "application/x-www-form-urlencoded"
  }

  success {
    json = { status = "success" }
  }
  failure {
    why = ["message", "status"]
  }
  refusal "bad_password" {
    text = "invalid_credentials|missing_credentials|invalid_password|invalid_username"
    do   = "set user and password to the account's address and its password for the API"
  }
  refusal "not_admitted" {
    text = "ip_not_enabled|api_not_enabled"
    do   = "switch the API on in the account, and admit this host's address there"
  }
  refusal "bad_sender" {
    text = "invalid_did|sms_failed|no_sms|did_limit|non_sms"
    do   = "set from to a number of the account that text messages are switched on for"
  }
  refusal "bad_number" {
    text = "invalid_dst|missing_dst"
    do   = "set to to numbers of North America with ten digits"
  }
  refusal "no_credit" {
    text = "not_enough_credit|limit_reached"
    do   = "top the account up, or wait until its daily limit of text messages is over"
  }
  receipt = "sms"
}
