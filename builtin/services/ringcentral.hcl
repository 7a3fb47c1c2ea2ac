service "ringcentral" {
  title   = "RingCentral"
  doc     = "Delivers to telephones as text messages by RingCentral, with an app there and a user's token or password."
  site    = "https://developers.ringcentral.com/guide/messaging/sms/sending-sms"
  schemas = ["ringc"]
  urls = [
    "ringc://{from:[+]?[-0-9().\\x20]+}:{token}@{client_id}/{client_secret}/{to...?}",
    "ringc://{token}@{client_id}/{client_secret}/{from}/{to...?}",
  ]

  field "client_id" {
    doc      = "The client id of the app."
    example  = "AbCdEf0123456789"
    required = true
  }
  field "client_secret" {
    type     = "secret"
    doc      = "The client secret of the app."
    required = true
    query    = ["secret"]
  }
  field "token" {
    type     = "secret"
    doc      = "A JWT of the user, or the user's password."
    required = true
    query    = ["token"]
  }
  field "mode" {
    doc     = "What token is; auto takes what is longer than 60 characters for a JWT."
    example = "jwt"
    default = "auto"
    query   = ["mode"]
    words = {
      auto  = []
      jwt   = ["j"]
      basic = ["b", "password"]
    }
  }
  field "from" {
    doc      = "The number of the user to send from, with its country."
    form     = "phone"
    example  = "+15550100999"
    required = true
    query    = ["from", "source"]
  }
  field "to" {
    type    = "list"
    doc     = "The telephone numbers to write to; without any the sender's own."
    form    = "phone"
    example = ["+15550100123"]
    query   = ["to"]
  }
  field "environment" {
    doc     = "Where the app is."
    example = "sandbox"
    default = "prod"
    query   = ["env"]
    words = {
      prod    = ["production", "p"]
      sandbox = ["s"]
    }
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
    plain = true
  }

  step "login" {
    save      = { token = "access_token" }
    keep      = "50m"
    keep_path = "expires_in"
    request {
      url = "https://platform.{{ if eq .channel.environment `sandbox` }}devtest.{{ end }}ringcentral.com/restapi/oauth/token"
      headers = {
        Authorization = "{{ basic .channel.client_id .channel.client_secret }}"
      }
      form = {
        grant_type = "{{ if or (eq .channel.mode `jwt`) (and (eq .channel.mode `auto`) (regexMatch `^.{61,}$` .channel.token)) }}urn:ietf:params:oauth:grant-type:jwt-bearer{{ else }}password{{ end }}"
        assertion  = "{{ only (or (eq .channel.mode `jwt`) (and (eq .channel.mode `auto`) (regexMatch `^.{61,}$` .channel.token))) .channel.token }}"
        username   = "{{ only (not (or (eq .channel.mode `jwt`) (and (eq .channel.mode `auto`) (regexMatch `^.{61,}$` .channel.token)))) (print `+` (digits .channel.from)) }}"
        password   = "{{ only (not (or (eq .channel.mode `jwt`) (and (eq .channel.mode `auto`) (regexMatch `^.{61,}$` .channel.token)))) .channel.token }}"

        access_token_ttl  = "{{ only (not (or (eq .channel.mode `jwt`) (and (eq .channel.mode `auto`) (regexMatch `^.{61,}$` .channel.token)))) 3600 }}"
        refresh_token_ttl = "{{ only (not (or (eq .channel.mode `jwt`) (and (eq .channel.mode `auto`) (regexMatch `^.{61,}$` .channel.token)))) 604800 }}"
      }
    }
  }

  request {
    each = ["to"]
    url  = "https://platform.{{ if eq .channel.environment `sandbox` }}devtest.{{ end }}ringcentral.com/restapi/v1.0/account/~/extension/~/sms"
    headers = {
      Authorization = "{{ bearer .step.login.token }}"
    }
    json = {
      from = {
        phoneNumber = "+{{ digits .channel.from }}"
      }
      to = [
        {
          phoneNumber = "+{{ digits (or .target .channel.from) }}"
        },
      ]
      text = "{{ .text }}"
    }
  }

  failure {
    why = ["message", "error_description", "errors.0.message"]
  }
  refusal "bad_token" {
    status = [400, 401]
    text   = "invalid_(client|grant)|unauthorized_client|OAU-|TokenInvalid"
    do     = "set client_id and client_secret to those of the app, and token to a JWT or the password of a user; the app has to allow that way to sign in"
  }
  refusal "bad_sender" {
    text = "FeatureNotAvailable|MSG-(242|245|304)|phone number doesn't belong"
    do   = "set from to a number of the user that may send text messages"
  }
  refusal "no_permission" {
    status = [403]
    do     = "give the app the permission SMS, and register the number for text messages"
  }
  receipt = "id"
}
