service "notifyre" {
  title   = "Notifyre"
  doc     = "Sends text messages and faxes by Notifyre; one needs an API token."
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
    doc     = "What is sent: sms or fax."
    example = "sms"
    default = "sms"
    query   = ["mode"]
    words   = { sms = ["s", "sm"], fax = ["f", "fa"] }
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
  field "template" {
    doc     = "The name of the template that faxes are made with."
    example = "letter"
    query   = ["template"]
  }
  field "ref" {
    doc     = "A reference of one's own for faxes."
    example = "pve"
    query   = ["ref"]
  }
  field "hq" {
    type    = "bool"
    doc     = "Send faxes in high quality."
    default = true
    query   = ["hq"]
  }
  field "header" {
    doc     = "What stands at the head of each page of a fax."
    example = "nas01"
    query   = ["header"]
  }

  message {
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 160
    max_for = "{{ only (eq .channel.mode `fax`) 32768 }}"
    over    = "truncate"
    plain   = true
  }

  request "fax" {
    when = "{{ eq .channel.mode `fax` }}"
    url  = "https://api.notifyre.com/20220711/fax/send"
    headers = {
      x-api-token = "{{ .channel.key }}"
    }
    json = {
      templateName = "{{ or .channel.template `` }}"
      recipients = {
        "$each" = "{{ .channel.to }}"
        type    = "fax_number"
        value   = "+{{ digits .item }}"
      }
      sendFrom        = "{{ if regexMatch `^[+]?[-0-9().\\x20]{7,}$` .channel.from }}+{{ digits .channel.from }}{{ else }}{{ .channel.from }}{{ end }}"
      isHighQuality   = "{{ .channel.hq }}"
      clientReference = "{{ or .channel.ref `` }}"
      documents = [
        {
          base64Str   = "{{ b64enc .text }}"
          contentType = "text/plain"
        },
      ]
      header        = "{{ or .channel.header `` }}"
      subject       = "{{ .text }}"
      campaignName  = "{{ or .channel.campaign .app.name }}"
      scheduledDate = null
    }
  }
  request "sms" {
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
      from         = "{{ if regexMatch `^[+]?[-0-9().\\x20]{7,}$` .channel.from }}+{{ digits .channel.from }}{{ else }}{{ .channel.from }}{{ end }}"
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
