service "ntfy" {
  title   = "ntfy"
  doc     = "Delivers to topics of ntfy.sh or of a server of one's own."
  site    = "https://docs.ntfy.sh/publish/"
  schemas = ["ntfy", "ntfys"]
  secure  = ["ntfys"]
  urls = [
    "ntfy(s)://{topics...}",
    "ntfy(s)://{server}:{port?}/{topics...}",
    "ntfy(s)://{token:tk_[0-9A-Za-z]+}@{server}:{port?}/{topics...}",
    "ntfy(s)://{user}:{password?}@{server}:{port?}/{topics...}",
    "ntfy(s)://{token}@{server}:{port?}/{topics...}?auth=token",
    "https://ntfy.sh/{topics...}",
  ]

  field "topics" {
    type     = "list"
    doc      = "The topics to publish to."
    example  = ["alerts"]
    required = true
    query    = ["to"]
    match    = "[-_0-9A-Za-z]{1,64}"
  }
  field "server" {
    doc     = "The server's address."
    form    = "server"
    example = "https://ntfy.example.org"
    default = "https://ntfy.sh"
  }
  field "user" {
    doc     = "The user's name, on a server that asks for one."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "token" {
    type  = "secret"
    doc   = "An access token, in place of user and password."
    query = ["token"]
  }
  field "priority" {
    doc     = "How loud messages are; auto: as the severity asks for."
    example = "auto"
    query   = ["priority"]
    words = {
      auto    = []
      min     = ["1", "mi"]
      low     = ["2", "l", "moderate", "mo"]
      default = ["3", "n", "normal", "d"]
      high    = ["4", "h"]
      max     = ["5", "ma", "urgent", "emergency", "e"]
    }
  }
  field "tags" {
    type    = "list"
    doc     = "Tags, of which those that name an emoji show as one."
    example = ["warning"]
    query   = ["tags"]
  }
  field "click" {
    doc     = "The address that a tap on the message opens."
    example = "https://pve.example.org:8006"
    query   = ["click"]
  }
  field "delay" {
    doc     = "How much later the server is to deliver messages."
    example = "30m"
    query   = ["delay"]
  }
  field "email" {
    doc     = "An address that the server mails messages to as well."
    example = "ops@example.org"
    query   = ["email"]
  }
  field "actions" {
    doc     = "Buttons of messages, in ntfy's own form."
    example = "view, Open, https://pve.example.org:8006"
    query   = ["actions"]
  }
  field "attach" {
    doc     = "The address of a file to attach."
    example = "https://pve.example.org/graph.png"
    query   = ["attach"]
  }
  field "filename" {
    doc     = "The name of the attached file; without it, as its address ends."
    example = "graph.png"
    query   = ["filename", "name"]
  }
  field "icon" {
    doc     = "The address of an icon."
    example = "https://pve.example.org/icon.png"
    query   = ["avatar_url"]
  }
  field "image" {
    type    = "bool"
    doc     = "Show an icon for the severity, where tocsin knows one."
    default = true
    query   = ["image"]
  }

  message {
    formats   = ["text", "markdown"]
    title_max = 200
    max       = 7800
    shared    = true
  }

  level "priority" {
    info    = "default"
    success = "low"
    warning = "high"
    failure = "max"
  }

  request "file" {
    # what is left whole although it is too long goes as a file
    when   = "{{ gt (add (len .title) (len .body)) 7800 }}"
    method = "POST"
    url    = "{{ .channel.server }}/{{ segment .target }}"
    query  = { filename = "{{ .type }}.txt" }
    headers = {
      Authorization = "{{ if .channel.token }}{{ bearer .channel.token }}{{ else }}{{ basic .channel.user .channel.password }}{{ end }}"
      X-Priority    = "{{ with ternary .level.priority .channel.priority (eq .channel.priority `auto`) }}{{ only (ne . `default`) . }}{{ end }}"
      X-Tags        = "{{ present (sortAlpha .channel.tags | join `,`) }}"
      X-Click       = "{{ .channel.click }}"
      X-Delay       = "{{ .channel.delay }}"
      X-Email       = "{{ .channel.email }}"
      X-Actions     = "{{ .channel.actions }}"
      X-Icon        = "{{ only .channel.image (or .channel.icon (index .image `256x256`)) }}"
      X-Markdown    = "{{ only (eq .format `markdown`) `yes` }}"
    }
    each = [">topics"]
    type = "none"
    text = "{{ with .title }}{{ . }}\n{{ end }}{{ .body }}"
  }
  request {
    url = "{{ .channel.server }}/"
    headers = {
      Authorization = "{{ if .channel.token }}{{ bearer .channel.token }}{{ else }}{{ basic .channel.user .channel.password }}{{ end }}"
      X-Priority    = "{{ with ternary .level.priority .channel.priority (eq .channel.priority `auto`) }}{{ only (ne . `default`) . }}{{ end }}"
      X-Tags        = "{{ present (sortAlpha .channel.tags | join `,`) }}"
      X-Click       = "{{ .channel.click }}"
      X-Delay       = "{{ .channel.delay }}"
      X-Email       = "{{ .channel.email }}"
      X-Actions     = "{{ .channel.actions }}"
      X-Icon        = "{{ only .channel.image (or .channel.icon (index .image `256x256`)) }}"
      X-Markdown    = "{{ only (eq .format `markdown`) `yes` }}"
    }
    each = [">topics"]
    json = {
      topic    = "{{ .target }}"
      title    = "{{ present .title }}"
      message  = "{{ .body }}"
      attach   = "{{ .channel.attach }}"
      filename = "{{ only .channel.attach (or .channel.filename (base (regexReplaceAll `[?#].*$` .channel.attach ``))) }}"
    }
  }

  failure {
    why = ["error"]
  }
  receipt = "id"
}
