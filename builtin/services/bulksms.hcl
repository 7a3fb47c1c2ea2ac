service "bulksms" {
  title   = "BulkSMS"
  doc     = "Delivers to telephones as text messages by BulkSMS, with an API token of an account."
  site    = "https://www.bulksms.com/developer/json/v1/"
  schemas = ["bulksms"]
  urls    = ["bulksms://{user}:{password}@{groups...?:@.*|.*[A-Za-z_].*}|{to...?}"]

  field "user" {
    doc      = "The id of an API token, or the name of the account."
    example  = "9A8B7C6D5E-02-4"
    required = true
  }
  field "password" {
    type     = "secret"
    doc      = "The secret of the API token, or the password of the account."
    required = true
  }
  field "to" {
    type    = "list"
    doc     = "The telephone numbers to write to, with their country."
    example = ["+447700900123"]
    form    = "phone"
    query   = ["to"]
  }
  field "groups" {
    type    = "list"
    doc     = "The groups of the account's phone book to write to."
    example = ["ops"]
    match   = "@?[-0-9A-Za-z _]+"
  }
  field "from" {
    doc     = "The number that messages come from, where the account may choose."
    form    = "phone"
    example = "+447700900999"
    query   = ["from"]
  }
  field "route" {
    doc     = "The quality of the way that messages take."
    example = "premium"
    default = "STANDARD"
    query   = ["route"]
    words   = ["ECONOMY", "STANDARD", "PREMIUM"]
  }
  field "unicode" {
    type    = "bool"
    doc     = "Send all characters, which makes messages shorter; else only those of the GSM alphabet."
    default = true
    query   = ["unicode"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Write to all numbers in one call, instead of each in one of its own."
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
    when  = "{{ or .channel.to .channel.groups }}"
    each  = ["to", "groups"]
    batch = "{{ ternary 4000 1 (and .channel.batch (ne .kind `groups`)) }}"
    url   = "https://api.bulksms.com/v1/messages"
    headers = {
      Authorization = "{{ basic .channel.user .channel.password }}"
    }
    json = {
      to              = "{{ ternary (dict `type` `GROUP` `name` (trimAll `@` .target)) (ternary (splitList `,` (regexReplaceAll `(^|,)[+]?` (join `,` .targets) `$1+`)) (print `+` (digits .target)) .channel.batch) (eq .kind `groups`) }}"
      from            = "{{ only .channel.from (print `+` (digits .channel.from)) }}"
      body            = "{{ .text }}"
      routingGroup    = "{{ .channel.route }}"
      encoding        = "{{ if .channel.unicode }}UNICODE{{ else }}TEXT{{ end }}"
      deliveryReports = "ERRORS"
    }
  }

  failure {
    why = ["detail", "title"]
  }
  refusal "bad_password" {
    status = [401]
    do     = "set user and password to the id and the secret of an API token that is still there"
  }
  refusal "no_credit" {
    text = "[Ii]nsufficient credits|insufficient-credits"
    do   = "top the account up"
  }
  receipt = "0.id"
}
