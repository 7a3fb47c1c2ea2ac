service "notifyre" {
  title   = "Notifyre"
  doc     = "Sends text messages by Notifyre; one needs an API token."
  site    = "https://docs.notifyre.com/api/sms-send"
  schemas = ["notifyre"]
  urls    = ["notifyre://{key}/{to...}"]

  field "key" {
    type     = "secret"
    doc      = "The API token."
    required = true
  }
  field "to" {
    type     = "list"
    doc      = "The numbers to send to, with their countries."
    form     = "phone"
    example  = ["+61400100300"]
    required = true
    query    = ["to"]
  }
  field "mode" {
    doc     = "What is sent: sms. Faxes are not spoken: a message on paper is no alert."
    example = "sms"
    default = "sms"
    query   = ["mode"]
    words   = ["sms"]
  }
  field "from" {
    doc     = "The number or name that messages come from, where the account has one."
    example = "+61400100200"
    query   = ["from", "source"]
  }
  field "campaign" {
    doc     = "The name that messages are counted under at Notifyre."
    example = "pve"
    query   = ["campaign"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
    plain = true
  }

  request {
    url = "https://api.notifyre.com/20220711/sms/send"
    headers = {
      x-api-token = "{{ .channel.key }}"
    }
    json = {
      body = "{{ .text }}"
      recipients = {
        "$each" = "{{ .channel.to }}"
        type    = "mobile_number"
        value   = "+{{ digits .item }}"
      }
      from         = "{{ or .channel.from `` }}"
      campaignName = "{{ or .channel.campaign .app.name }}"
    }
  }

  success {
    json = { success = true }
  }
  failure {
    why = ["errors.0", "message"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "set key to an API token of Notifyre"
  }
  refusal "no_credit" {
    status = [402]
    do     = "add credit to the Notifyre account"
  }
  receipt = "payload.smsMessageID"
}
