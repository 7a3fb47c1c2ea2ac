service "simplepush" {
  title   = "Simplepush"
  doc     = "Delivers to devices with the Simplepush app, by the key that it shows; texts are not encrypted on the way."
  site    = "https://simplepush.io/api"
  schemas = ["spush"]
  urls    = ["spush://{key}"]

  field "key" {
    type     = "secret"
    doc      = "The key that the app shows."
    required = true
    query    = ["key"]
  }
  field "event" {
    doc     = "The event of the app that says how messages sound and shake."
    example = "alert"
    query   = ["event"]
  }

  message {
    title_max = 1024
    max       = 10000
  }

  request {
    url = "https://api.simplepush.io/send"
    form = {
      key   = "{{ .channel.key }}"
      msg   = "{{ .body }}"
      title = "{{ .title }}"
      event = "{{ .channel.event }}"
    }
  }

  success {
    json = { status = "OK" }
  }
  failure {
    why = ["message", "error", "status"]
  }
}
