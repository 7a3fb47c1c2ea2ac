service "pushover" {
  title   = "Pushover"
  doc     = "Delivers to the devices of a Pushover user or group, with the token of an application."
  site    = "https://pushover.net/api"
  schemas = ["pover"]
  urls    = ["pover://{user_key}@{token}/{devices...?}"]
  without = { key = "tocsin does not encrypt what Pushover delivers, and does not send in the clear in its place. Leave key out if that will do." }

  field "token" {
    type     = "secret"
    doc      = "The API token of the application that messages come from."
    required = true
  }
  field "user_key" {
    type     = "secret"
    doc      = "The key of the user or group to deliver to."
    required = true
  }
  field "devices" {
    type    = "list"
    doc     = "The names of the devices to deliver to, in place of all of them."
    example = ["phone"]
    query   = ["to"]
    match   = "[-_0-9A-Za-z]{1,25}"
  }
  field "priority" {
    doc     = "How loud messages are; auto goes by their severity."
    example = "high"
    default = "normal"
    query   = ["priority"]
    words = {
      lowest    = ["-2", "l"]
      low       = ["-1", "lo"]
      normal    = ["0", "n"]
      high      = ["1", "h"]
      emergency = ["2", "e"]
      auto      = []
    }
  }
  field "sound" {
    doc     = "The sound that messages play, by its name at Pushover."
    example = "siren"
    default = "pushover"
    query   = ["sound"]
    match   = "[-_0-9A-Za-z]{1,40}"
  }
  field "url" {
    doc     = "An address that is shown below messages."
    example = "https://pve.example.org:8006"
    query   = ["url"]
  }
  field "url_title" {
    doc     = "What that address is called."
    example = "Proxmox VE"
    query   = ["url_title"]
  }
  field "interval" {
    type    = "number"
    doc     = "How many seconds lie between two calls for an emergency, 30 or more."
    example = 120
    default = 900
    query   = ["interval"]
  }
  field "expire" {
    type    = "number"
    doc     = "After how many seconds Pushover stops calling for an emergency, 10800 at most."
    example = 1800
    default = 3600
    query   = ["expire"]
  }

  message {
    formats   = ["text", "html"]
    title_max = 250
    max       = 1024
  }

  level "priority" {
    info    = "low"
    success = "low"
    warning = "high"
    failure = "emergency"
  }

  request {
    url = "https://api.pushover.net/1/messages.json"
    headers = {
      Authorization = "{{ basic .channel.token `` }}"
    }
    form = {
      token     = "{{ .channel.token }}"
      priority  = "{{ get (dict `lowest` -2 `low` -1 `normal` 0 `high` 1 `emergency` 2) (ternary .level.priority .channel.priority (eq .channel.priority `auto`)) }}"
      title     = "{{ or .title .app.title }}"
      message   = "{{ .body }}"
      sound     = "{{ .channel.sound }}"
      html      = "{{ only (eq .format `html`) 1 }}"
      url       = "{{ .channel.url }}"
      url_title = "{{ .channel.url_title }}"
      retry     = "{{ only (eq `emergency` (ternary .level.priority .channel.priority (eq .channel.priority `auto`))) .channel.interval }}"
      expire    = "{{ only (eq `emergency` (ternary .level.priority .channel.priority (eq .channel.priority `auto`))) .channel.expire }}"
      user      = "{{ .channel.user_key }}"
      device    = "{{ or (join `,` (sortAlpha (or .channel.devices (list)))) `ALL_DEVICES` }}"
    }
  }

  success {
    json = { status = 1 }
  }
  failure {
    why = ["errors.0"]
  }
  refusal "bad_token" {
    status = [400]
    text   = "application token is invalid"
    do     = "set token to the API token of an application of pushover.net/apps"
  }
  refusal "bad_user" {
    status = [400]
    text   = "user (key|identifier) is (invalid|not a valid)"
    do     = "set user_key to the key that pushover.net shows, or to that of a group"
  }
  refusal "quota" {
    status = [429]
    text   = "limit"
    do     = "wait for the next month, or buy the application more messages at pushover.net"
  }
  receipt = "request"
}
