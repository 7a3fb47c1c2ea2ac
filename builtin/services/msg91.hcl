service "msg91" {
  title   = "MSG91"
  doc     = "Sends text messages through MSG91 by a template of an account, with the account's auth key."
  site    = "https://docs.msg91.com/sms/send-sms"
  schemas = ["msg91"]
  urls    = ["msg91://{template}@{auth_key}/{phones...}"]

  field "template" {
    doc      = "The id of the template, which shows the text as ##body## and its kind as ##type##."
    example  = "64a1b2c3d4e5f6a7b8c9d0e1"
    required = true
    match    = "[-_ 0-9A-Za-z]+"
  }
  field "auth_key" {
    type     = "secret"
    doc      = "The auth key of the account."
    required = true
    match    = "[0-9A-Za-z]+"
  }
  field "phones" {
    type     = "list"
    doc      = "The numbers to send to."
    form     = "phone"
    example  = ["+919876543210"]
    required = true
    query    = ["to"]
  }
  field "short_url" {
    type    = "bool"
    doc     = "Shorten the addresses in texts."
    example = true
    default = false
    query   = ["short_url"]
  }
  field "variables" {
    type    = "map"
    doc     = "New names of the variables body and type, of which an empty name drops one; other names are variables to add."
    example = { body = "message", site = "home" }
    pairs   = ":"
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 160
    over    = "truncate"
    plain   = true
  }

  request {
    url     = "https://control.msg91.com/api/v5/flow/"
    headers = { authkey = "{{ .channel.auth_key }}" }
    each    = ["phones"]
    batch   = 100
    json = {
      template_id = "{{ .channel.template }}"
      short_url   = "{{ ternary 1 0 .channel.short_url }}"
      recipients = [{
        "$each"  = "{{ .targets }}"
        "$merge" = "{{ omit (mergeOverwrite (dict (ternary (get .channel.variables `body`) `body` (hasKey .channel.variables `body`)) .text (ternary (get .channel.variables `type`) `type` (hasKey .channel.variables `type`)) .tone) (omit .channel.variables `body` `type` `mobiles`)) `` }}"
        mobiles  = "{{ digits .item }}"
      }]
    }
  }

  success {
    json = { type = "success" }
  }
  failure {
    why = ["message", "errors"]
  }
  refusal "bad_token" {
    text = "(?i)auth.?key|authentication"
    do   = "set auth_key to the auth key of the account, and allow this host's address at msg91.com"
  }
  refusal "bad_template" {
    text = "(?i)template"
    do   = "set template to the id of an approved template of the account"
  }
  receipt = "message"
}
