tocsin {
  enabled = true
}

service "door" {
  title   = "Door"
  doc     = "Opens and closes for each message."
  site    = "https://door.example/"
  schemas = ["door"]

  field "server" {
    doc  = "The server's address."
    form = "server"
  }

  message {
    merge = "{{ .title }} {{ .body }}"
    max   = 60
  }

  step "open" {
    save = { key = "key" }
    request {
      url = "{{ .channel.server }}/open"
    }
  }
  step "close" {
    after = true
    request {
      when    = "{{ .step.open.key }}"
      url     = "{{ .channel.server }}/close"
      headers = { X-Key = "{{ .step.open.key }}" }
    }
  }
  request "none" {
    when    = "{{ eq .severity `info` }}"
    nothing = "The door opens for warnings alone."
  }
  request "in" {
    url     = "{{ .channel.server }}/in"
    headers = { X-Key = "{{ .step.open.key }}" }
    text    = "{{ .text }}"
  }
}
