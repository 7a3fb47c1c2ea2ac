service "pinglet" {
  title   = "Pinglet"
  doc     = "Delivers to a topic of a Pinglet server; one needs an access token."
  site    = "https://appriseit.com/services/pinglet/"
  schemas = ["pinglet", "pinglets"]
  secure  = ["pinglets"]
  urls    = ["pinglet(s)://{token}@{server}:{port?}/{path+?}/{namespace}/{topic}"]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "https://pinglet.example.org"
    required = true
  }
  field "path" {
    doc     = "The path below which the server is, where it has no host for itself."
    example = "pinglet"
  }
  field "namespace" {
    doc      = "The namespace of the topic."
    example  = "home"
    required = true
  }
  field "topic" {
    doc      = "The topic to publish to."
    example  = "alerts"
    required = true
  }
  field "token" {
    type     = "secret"
    doc      = "An access token that may publish to the topic."
    required = true
    query    = ["token"]
  }
  field "priority" {
    doc     = "How loud messages are; auto goes by their severity."
    example = "auto"
    default = "normal"
    query   = ["priority"]
    words = {
      auto   = []
      silent = ["s"]
      normal = ["n"]
      urgent = ["u"]
    }
  }
  field "badges" {
    type    = "map"
    doc     = "Up to three pills that messages show, each with a name and a value."
    example = { site = "home" }
    pairs   = ":"
  }
  field "data" {
    type    = "map"
    doc     = "Further names and values, on the page of a message."
    example = { rack = "b2" }
    pairs   = "+"
  }

  message {
    title_max = 250
    max       = 3000
  }

  level "level" {
    info    = "info"
    success = "success"
    warning = "warning"
    failure = "error"
  }
  level "priority" {
    info    = "silent"
    success = "silent"
    warning = "normal"
    failure = "urgent"
  }

  request {
    url = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ segments . }}{{ end }}/{{ segment .channel.namespace }}/{{ segment .channel.topic }}"
    headers = {
      Authorization = "{{ bearer .channel.token }}"
    }
    json = {
      message  = "{{ .body }}"
      priority = "{{ ternary .level.priority .channel.priority (eq .channel.priority `auto`) }}"
      level    = "{{ .level.level }}"
      title    = "{{ present .title }}"
      badges   = "{{ present .channel.badges }}"
      data     = "{{ present .channel.data }}"
    }
  }

  failure {
    why = ["error", "message", "detail"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "set token to one that may publish to the topic"
  }
  receipt = "id"
  pace {
    every = "500ms"
  }
}
