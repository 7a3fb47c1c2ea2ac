service "sfr" {
  title   = "SFR"
  doc     = "Sends text messages and voice calls by the DMC of Société Française du Radiotéléphone; one needs a service's id and password and a space's id."
  site    = "https://www.sfr.business/"
  schemas = ["sfr"]
  urls    = ["sfr://{user}:{password}@{space}/{to...}"]

  field "user" {
    doc      = "The id of the service."
    example  = "84123"
    required = true
    query    = ["user", "service_id"]
  }
  field "password" {
    type     = "secret"
    doc      = "The password of the service."
    required = true
    query    = ["password", "service_password"]
  }
  field "space" {
    doc      = "The id of the space."
    example  = "001234"
    required = true
    query    = ["space_id"]
  }
  field "to" {
    type     = "list"
    doc      = "The numbers to send to."
    form     = "phone"
    example  = ["0600100300"]
    required = true
    query    = ["to"]
  }
  field "from" {
    doc     = "The name that messages come from, of at most 11 letters and digits."
    example = "TOCSIN"
    query   = ["from", "sender"]
  }
  field "language" {
    doc     = "The language of the service's answers."
    example = "en_US"
    default = "fr_FR"
    query   = ["lang"]
  }
  field "media" {
    doc     = "How messages reach people: SMS, SMSUnicode, SMSLong, SMSUnicodeLong or a voice call."
    example = "SMSLong"
    default = "SMSUnicode"
    query   = ["media"]
    match   = "[A-Za-z]+"
  }
  field "timeout" {
    type    = "number"
    doc     = "How many minutes a message is tried for."
    example = 60
    default = 2880
    query   = ["timeout"]
  }
  field "voice" {
    doc     = "The voice that reads messages of a call."
    example = "laura8k"
    default = "claire08s"
    query   = ["voice"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
    plain = true
  }

  request {
    each = ["to"]
    url  = "https://www.dmc.sfr-sh.fr/DmcWS/1.5.8/JsonService/MessagesUnitairesWS/addSingleCall"
    query = {
      authenticate    = "{\"serviceId\": {{ toAsciiJson .channel.user }}, \"servicePassword\": {{ toAsciiJson .channel.password }}, \"spaceId\": {{ toAsciiJson .channel.space }}, \"lang\": {{ toAsciiJson .channel.language }}}"
      messageUnitaire = "{\"media\": {{ toAsciiJson .channel.media }}, \"textMsg\": {{ toAsciiJson .text }}, \"to\": {{ toAsciiJson .target }}, \"from\": {{ toAsciiJson (or .channel.from ``) }}, \"timeout\": {{ .channel.timeout }}, \"ttsVoice\": {{ toAsciiJson .channel.voice }}}"
    }
  }

  success {
    json = { success = true }
  }
  failure {
    why = ["errorDetail", "errorCode"]
  }
  refusal "bad_token" {
    text = "(?i)authentication|AUTHENTICAT"
    do   = "compare user, password and space with the settings of the DMC"
  }
  receipt = "response"
}
