service "kumulos" {
  title   = "Kumulos"
  doc     = "Delivers to every device of an app that uses Kumulos; one needs the app's API key and server key."
  site    = "https://docs.kumulos.com/messaging/api/"
  schemas = ["kumulos"]
  urls    = ["kumulos://{key}/{server_key}"]

  field "key" {
    type     = "secret"
    doc      = "The app's API key."
    required = true
    match    = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
  }
  field "server_key" {
    type     = "secret"
    doc      = "The app's server key, of 36 characters."
    required = true
    match    = "[-0-9A-Za-z+]{36}"
  }

  message {
    title_max = 64
    max       = 240
  }

  request {
    url = "https://messages.kumulos.com/v2/notifications"
    headers = {
      Authorization = "{{ basic .channel.key .channel.server_key }}"
    }
    json = {
      target = {
        broadcast = true
      }
      content = {
        title   = "{{ .title }}"
        message = "{{ .body }}"
      }
    }
  }

  failure {
    why = ["message", "error"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "compare key and server_key with the app's settings at Kumulos"
  }
}
