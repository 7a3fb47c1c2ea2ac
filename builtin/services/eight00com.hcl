service "eight00com" {
  title   = "800.com"
  doc     = "Sends text messages from a number of 800.com; one needs an API token and that number."
  site    = "https://www.800.com/api-docs"
  schemas = ["eight00com"]
  urls = [
    "eight00com://{token}@{to...}?from={from}",
    "eight00com://{token}@{from}/{to...?}",
  ]

  field "token" {
    type     = "secret"
    doc      = "The API token of the account."
    required = true
    query    = ["token"]
  }
  field "from" {
    doc      = "The number of the account that messages come from."
    example  = "+18005550199"
    required = true
    form     = "phone"
    query    = ["from"]
  }
  field "to" {
    type    = "list"
    doc     = "The numbers to text; without one, the number that messages come from gets them."
    example = ["+15550100123"]
    form    = "phone"
    query   = ["to"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 600
    over    = "truncate"
    plain   = true
  }

  request {
    url = "https://api.800.com/message"
    headers = {
      Authorization = "{{ bearer .channel.token }}"
    }
    each = ["to"]
    json = {
      sender    = "+{{ digits .channel.from }}"
      recipient = "+{{ digits (or .target .channel.from) }}"
      message   = "{{ .text }}"
    }
  }

  failure {
    why = ["message", "error.message", "error", "errors.0.message", "errors.0"]
  }
}
