service "trigv" {
  title   = "Trigv"
  doc     = "Delivers to channels of Trigv, or of a server of one's own; one needs an API key."
  site    = "https://trigv.com/docs/learn/api-keys"
  schemas = ["trigv", "trigvs"]
  secure  = ["trigvs"]
  urls = [
    "trigv(s)://{key:trgv_[_0-9A-Za-z]+}/{channels...?}",
    "trigv(s)://{key}@{server}:{port?}/{channels...?}",
  ]

  field "server" {
    doc     = "The server's address."
    form    = "server"
    example = "https://trigv.example.org"
    default = "https://api.trigv.com"
  }
  field "key" {
    type     = "secret"
    doc      = "The API key, which begins with trgv_."
    required = true
  }
  field "channels" {
    type    = "list"
    doc     = "The channels to deliver to."
    example = ["alerts"]
    default = ["general"]
    query   = ["to", "channel"]
  }
  field "urgency" {
    doc     = "How urgent messages are: standard or time_sensitive; auto goes by their severity."
    example = "time_sensitive"
    default = "auto"
    query   = ["urgency", "delivery_urgency", "priority"]
    words = {
      auto           = []
      standard       = ["-2", "-1", "0", "low", "normal"]
      time_sensitive = ["1", "2", "high", "emergency"]
    }
  }
  field "event_type" {
    doc     = "A name for what messages are about."
    example = "storage"
    query   = ["event_type"]
  }
  field "url" {
    doc     = "The address that a tap on the message opens."
    example = "https://pve.example.org:8006"
    query   = ["url"]
  }
  field "image_url" {
    doc     = "The address of a picture for messages."
    example = "https://pve.example.org/graph.png"
    query   = ["image_url"]
  }

  message {
    title_max = 255
    max       = 1000
  }

  level "level" {
    info    = "info"
    success = "success"
    warning = "warning"
    failure = "error"
  }
  level "urgency" {
    info    = "standard"
    success = "standard"
    warning = "standard"
    failure = "time_sensitive"
  }

  request {
    each = ["<channels"]
    url  = "{{ .channel.server }}/api/v1/events"
    headers = {
      Authorization = "{{ bearer .channel.key }}"
    }
    json = {
      channel          = "{{ .target }}"
      title            = "{{ or .title .app.title }}"
      level            = "{{ .level.level }}"
      description      = "{{ trunc 1000 .body }}"
      delivery_urgency = "{{ ternary .level.urgency .channel.urgency (eq .channel.urgency `auto`) }}"
      event_type       = "{{ .channel.event_type }}"
      url              = "{{ .channel.url }}"
      image_url        = "{{ .channel.image_url }}"
    }
  }

  failure {
    why = ["error.message", "message", "error"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "set key to an API key of Trigv that may create events"
  }
  refusal "no_channel" {
    status = [404]
    do     = "correct channels, or make the channel in Trigv"
  }
  receipt = "id"
}
