service "join" {
  title   = "Join"
  doc     = "Delivers to the Android, Chrome and Windows devices of a Join account; one needs its API key."
  site    = "https://joaoapps.com/join/api/"
  schemas = ["join"]
  urls    = ["join://{key}/{devices...?}"]

  field "key" {
    type     = "secret"
    doc      = "The API key, which the web app shows."
    required = true
    match    = "[0-9A-Za-z]{32}"
  }
  field "devices" {
    type    = "list"
    doc     = "Ids or names of devices, and groups: all, android, chrome, windows10, phone, tablet or pc."
    example = ["phone"]
    default = ["group.all"]
    query   = ["to"]
  }
  field "priority" {
    doc     = "How loud messages are; auto goes by their severity."
    example = "auto"
    default = "normal"
    query   = ["priority"]
    words = {
      auto      = []
      low       = ["-2", "l", "very low"]
      moderate  = ["-1", "m"]
      normal    = ["0", "n"]
      high      = ["1", "h"]
      emergency = ["2", "e"]
    }
  }
  field "image" {
    type    = "bool"
    doc     = "Show a picture for the severity, where tocsin knows one."
    default = true
    query   = ["image"]
  }

  message {
    title_max = 250
    max       = 1000
  }

  level "priority" {
    info    = "moderate"
    success = "moderate"
    warning = "high"
    failure = "emergency"
  }

  request {
    each = ["<devices"]
    url  = "https://joinjoaomgcd.appspot.com/_ah/api/messaging/v1/sendPush"
    headers = {
      Content-Type = "application/x-www-form-urlencoded"
    }
    query = {
      apikey      = "{{ .channel.key }}"
      priority    = "{{ get (dict `low` -2 `moderate` -1 `normal` 0 `high` 1 `emergency` 2) (ternary .level.priority .channel.priority (eq .channel.priority `auto`)) }}"
      title       = "{{ .title }}"
      text        = "{{ .body }}"
      deviceId    = "{{ only (regexMatch `(?i)^(?:(?:group\\.)?(?:all|android|chrome|windows10|phone|tablet|pc)|[0-9A-Za-z]{32})$` .target) (ternary .target (print `group.` (lower (regexReplaceAll `(?i)^group\\.` .target ``))) (regexMatch `^[0-9A-Za-z]{32}$` .target)) }}"
      deviceNames = "{{ only (not (regexMatch `(?i)^(?:(?:group\\.)?(?:all|android|chrome|windows10|phone|tablet|pc)|[0-9A-Za-z]{32})$` .target)) .target }}"
      icon        = "{{ only .channel.image (index .image `72x72`) }}"
    }
  }

  success {
    json = { success = true }
  }
  failure {
    why = ["errorMessage"]
  }
  refusal "bad_token" {
    text = "(?i)user not authenticated|api ?key|not authori[sz]ed"
    do   = "set key to the API key that the web app of Join shows"
  }
  refusal "no_device" {
    text = "(?i)no devices|device not found|no device"
    do   = "correct devices"
  }
}
