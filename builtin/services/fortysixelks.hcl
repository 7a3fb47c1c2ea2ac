service "fortysixelks" {
  title   = "46elks"
  doc     = "Sends text messages through 46elks, with the user name and password of its API."
  site    = "https://46elks.com/docs/send-sms"
  schemas = ["46elks", "elks"]
  urls    = ["46elks|elks://{user}:{password}@{sender}/{phones...?}"]

  field "user" {
    doc      = "The user name of the API."
    example  = "u0123456789abcdef0123456789abcdef"
    required = true
  }
  field "password" {
    type     = "secret"
    doc      = "The password of the API."
    required = true
  }
  field "sender" {
    doc      = "The number that messages come from, or a name of at most 11 letters and digits."
    example  = "+46766860000"
    required = true
    query    = ["from"]
    match    = "\\+?[- ().0-9]{3,25}|[A-Za-z][0-9A-Za-z]{0,10}"
  }
  field "phones" {
    type    = "list"
    doc     = "The numbers to send to, in place of the sender's own."
    form    = "phone"
    example = ["+46700100200"]
    query   = ["to"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 160
    over    = "truncate"
    plain   = true
  }

  request {
    url     = "https://api.46elks.com/a1/sms"
    headers = { Authorization = "{{ basic .channel.user .channel.password }}" }
    each    = ["phones"]
    form = {
      to      = "+{{ trimPrefix `00` (digits (or .target .channel.sender)) }}"
      from    = "{{ if regexMatch `[A-Za-z]` .channel.sender }}{{ .channel.sender }}{{ else }}+{{ trimPrefix `00` (digits .channel.sender) }}{{ end }}"
      message = "{{ .text }}"
    }
  }

  refusal "bad_password" {
    status = [401]
    do     = "set user and password to those that the page Account of 46elks.com shows for the API"
  }
  refusal "no_credits" {
    status = [403]
    text   = "(?i)credit"
    do     = "add credits to the account at 46elks.com"
  }
  receipt = "id"
}
