service "pushy" {
  title   = "Pushy"
  doc     = "Delivers to devices and topics of an app at pushy.me, with the app's API key."
  site    = "https://pushy.me/docs/api/send-notifications"
  schemas = ["pushy"]
  urls    = ["pushy://{api_key}/#{topics...?}|{devices...?}"]

  field "api_key" {
    type     = "secret"
    doc      = "The app's secret API key."
    required = true
    query    = ["key"]
  }
  field "topics" {
    type    = "list"
    doc     = "The topics to publish to."
    example = ["alerts"]
    match   = "#?[-_0-9A-Za-z]{1,64}"
  }
  field "devices" {
    type    = "list"
    doc     = "The tokens of the devices to deliver to, or topics behind a #."
    example = ["a6345d0278adc55d3474f5"]
    query   = ["to"]
    match   = "@?[-_:0-9A-Za-z]+|#[-_0-9A-Za-z]{1,64}"
  }
  field "sound" {
    doc     = "The sound file of the app that messages play on iOS."
    example = "ping.aiff"
    query   = ["sound"]
  }
  field "badge" {
    type    = "number"
    doc     = "The number on the app's icon on iOS."
    example = 1
    query   = ["badge"]
  }

  message {
    formats = ["text"]
    max     = 4096
    unit    = "bytes"
  }

  request {
    url     = "https://api.pushy.me/push"
    query   = { api_key = "{{ .channel.api_key }}" }
    headers = { Accepts = "application/json" }
    each    = ["topics", "devices"]
    json = {
      to   = "{{ if or (eq .kind `topics`) (hasPrefix `#` .target) }}/topics/{{ end }}{{ trimAll `@#` .target }}"
      data = { message = "{{ .body }}" }
      notification = {
        title = "{{ present .title }}"
        body  = "{{ .body }}"
        sound = "{{ .channel.sound }}"
        badge = "{{ .channel.badge }}"
      }
    }
  }

  success {
    json = { success = true }
  }
  failure {
    why = ["error", "code"]
  }
  refusal "bad_token" {
    text = "INVALID_API_KEY|UNAUTHORIZED"
    do   = "set api_key to the secret API key of the app, on its page API Authentication at dashboard.pushy.me"
  }
  refusal "unknown_device" {
    text = "NO_RECIPIENTS|NO_APNS_RECIPIENTS|DEVICE_NOT_FOUND"
    do   = "set devices to tokens of devices that have the app, or topics to those that devices subscribed to"
  }
  receipt = "id"
}
