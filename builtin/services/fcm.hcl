service "fcm" {
  title   = "Firebase Cloud Messaging"
  doc     = "Delivers to apps of one's own through Firebase Cloud Messaging; one needs the key file of a service account."
  site    = "https://firebase.google.com/docs/cloud-messaging/send/v1-api"
  schemas = ["fcm"]
  urls    = ["fcm://{project}/{to...}"]

  field "project" {
    doc      = "The ID of the Firebase project."
    example  = "demo-alerts"
    required = true
    query    = ["project"]
  }
  field "service_account" {
    type     = "secret"
    doc      = "The whole content of the service account's key file, not its path."
    required = true
    query    = ["keyfile"]
    match    = "(?s)\\{.*\\}"
  }
  field "to" {
    type     = "list"
    doc      = "The registration tokens of devices, and topics as #NAME."
    example  = ["#alerts"]
    required = true
    query    = ["to"]
  }
  field "mode" {
    doc     = "How tocsin signs in: with a service account, as Google has ended the older server keys."
    example = "oauth2"
    default = "oauth2"
    query   = ["mode"]
    words   = ["oauth2"]
  }
  field "priority" {
    doc     = "How urgent messages are; with auto, it follows the severity."
    example = "auto"
    query   = ["priority"]
    words = {
      auto   = []
      min    = ["mi"]
      low    = ["l"]
      normal = ["n"]
      high   = ["h"]
      max    = ["ma"]
    }
  }
  field "color" {
    doc     = "The colour of the icon on Android: yes for that of the severity, no, or one such as #3AA3E3."
    example = "#3AA3E3"
    default = "no"
    query   = ["color"]
    match   = "(?i:yes|no|true|false|on|off|#?[0-9a-f]{3}|#?[0-9a-f]{6})"
  }
  field "image" {
    type    = "bool"
    doc     = "Show a picture: that of image_url, else one for the severity where tocsin knows one; when left out, only that of image_url."
    example = true
    query   = ["image"]
  }
  field "image_url" {
    doc     = "The address of a picture that messages show."
    example = "https://pve.example.org/icon.png"
    query   = ["image_url"]
  }
  field "data" {
    type    = "map"
    doc     = "Data that the app gets with every message."
    example = { site = "home" }
    pairs   = "+"
  }

  message {
    formats = ["text"]
    max     = 1024
  }

  level "priority" {
    info    = "normal"
    success = "normal"
    warning = "high"
    failure = "max"
  }

  step "token" {
    save = {
      token = "access_token"
    }
    keep      = "50m"
    keep_path = "expires_in"
    request {
      url = "https://oauth2.googleapis.com/token"
      form = {
        assertion  = "{{ jwt (get (fromJson .channel.service_account) `private_key`) (dict `iss` (get (fromJson .channel.service_account) `client_email`) `scope` `https://www.googleapis.com/auth/firebase.messaging` `aud` `https://oauth2.googleapis.com/token` `iat` (int64 (unixEpoch .now)) `exp` (add (unixEpoch .now) 3600)) }}"
        grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer"
      }
    }
  }

  request {
    url = "https://fcm.googleapis.com/v1/projects/{{ segment .channel.project }}/messages:send"
    headers = {
      Authorization = "{{ bearer .step.token.token }}"
    }
    each = ["<to"]
    json = {
      message = {
        token = "{{ orNull (only (not (hasPrefix `#` .target)) .target) }}"
        topic = "{{ only (hasPrefix `#` .target) (trimPrefix `#` .target) }}"
        notification = {
          title = "{{ .title }}"
          body  = "{{ .body }}"
          image = "{{ only (ternary .channel.image .channel.image_url (isSet .channel.image)) (or .channel.image_url (index .image `256x256`)) }}"
        }
        data = "{{ present .channel.data }}"
        android = {
          "$if"    = "{{ or .channel.priority (not (has (lower .channel.color) (list `no` `false` `off`))) }}"
          priority = "{{ only .channel.priority (ternary `HIGH` `NORMAL` (has (ternary .level.priority .channel.priority (eq .channel.priority `auto`)) (list `high` `max`))) }}"
          notification = {
            "$if" = "{{ not (has (lower .channel.color) (list `no` `false` `off`)) }}"
            color = "{{ if regexMatch `^#?[0-9A-Fa-f]+$` .channel.color }}{{ regexReplaceAll `^#?(......)$` (regexReplaceAll `^#?(.)(.)(.)$` (lower .channel.color) `$1$1$2$2$3$3`) `#$1` }}{{ else }}{{ .color }}{{ end }}"
          }
        }
        apns = {
          "$if" = "{{ .channel.priority }}"
          headers = {
            apns-priority = "{{ ternary `10` `5` (has (ternary .level.priority .channel.priority (eq .channel.priority `auto`)) (list `high` `max`)) }}"
          }
        }
        webpush = {
          "$if" = "{{ .channel.priority }}"
          headers = {
            Urgency = "{{ get (dict `min` `very-low` `low` `low` `normal` `normal` `high` `high` `max` `high`) (ternary .level.priority .channel.priority (eq .channel.priority `auto`)) }}"
          }
        }
      }
    }
  }

  failure {
    why = ["error.message", "error_description", "error"]
  }
  refusal "bad_token" {
    text  = "UNAUTHENTICATED|PERMISSION_DENIED|SENDER_ID_MISMATCH|invalid_grant"
    class = "target"
    do    = "set service_account to the content of a key file of the project, and turn on the Firebase Cloud Messaging API there"
  }
  refusal "device_gone" {
    text  = "UNREGISTERED|registration token is not a valid|Requested entity was not found"
    class = "target"
    do    = "take the device's token out of to, or set the one that the app has now"
  }
  refusal "rate_limited" {
    text  = "QUOTA_EXCEEDED|RESOURCE_EXHAUSTED|UNAVAILABLE"
    class = "temporary"
    do    = "it is sent again"
  }
  receipt = "name"
}
