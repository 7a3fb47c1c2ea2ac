service "zoom" {
  title   = "Zoom"
  doc     = "Delivers to a channel of Zoom Team Chat by a connection of its Incoming Webhook app."
  site    = "https://support.zoom.com/hc/en/article?id=zm_kb&sysparm_article=KB0067640"
  schemas = ["zoom"]
  urls    = ["zoom://{webhook}/{token}"]

  field "webhook" {
    type     = "secret"
    doc      = "The id of the connection: what stands behind /hook/ in its address."
    required = true
  }
  field "token" {
    type     = "secret"
    doc      = "The verification token of the connection."
    required = true
    query    = ["token"]
  }
  field "mode" {
    doc     = "How messages look: full ones have a title, simple ones are a single text."
    example = "simple"
    default = "full"
    query   = ["mode"]
    words   = ["full", "simple"]
  }

  message {
    title_max = 250
    max       = 4000
    shared    = true
  }

  request "simple" {
    when = "{{ eq .channel.mode `simple` }}"
    url  = "https://inbots.zoom.us/incoming/hook/{{ segment .channel.webhook }}"
    headers = {
      Authorization = "{{ .channel.token }}"
    }
    text = "{{ with .title }}{{ . }}: {{ end }}{{ .body }}"
    type = "none"
  }
  request "full" {
    url = "https://inbots.zoom.us/incoming/hook/{{ segment .channel.webhook }}"
    query = {
      format = "full"
    }
    headers = {
      Authorization = "{{ .channel.token }}"
    }
    json = {
      content = {
        head = {
          "$if" = "{{ .title }}"
          text  = "{{ .title }}"
        }
        body = [
          {
            type = "message"
            text = "{{ .body }}"
          },
        ]
      }
    }
  }

  failure {
    why = ["errorMessage", "message"]
  }
  refusal "bad_token" {
    status = [400, 401, 403, 404]
    do     = "set webhook and token to those that Zoom shows for a connection which is still there"
  }
}
