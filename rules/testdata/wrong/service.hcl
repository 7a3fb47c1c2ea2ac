tocsin {
  enabled = true
}

service "Bell" { # ERROR: invalid name
  doc = "x"
}

service "note" { # ERROR: "note" is a kind of channel already
  doc = "x"
}

service "empty" { # ERROR: service without a request
  doc = "x"
}

service "gong_house" {
  schemas = ["bell"]
  urls = [
    "bell://{token}/{rooms...}",
    "gong://{token}", # ERROR: scheme "gong" is not among the schemas
    "bell://{token",  # ERROR: invalid shape of an address
  ]

  field "token" {
    type = "secert" # ERROR: unknown type "secert"
    doc  = "The token."
  }
  field "rooms" { # ERROR: missing argument "doc"
    type = "list"
  }
  field "sound" {
    doc   = "The sound."
    form  = "phon" # ERROR: unknown form "phon"
    match = "("    # ERROR: match is no pattern
    schemas = {
      gong = "dull" # ERROR: "gong" is not among the schemas
    }
  }

  message {
    formats = ["text", "bbcode"]              # ERROR: unknown format "bbcode"
    merge   = "{{ .titel }}\n{{ .body }}"     # ERROR: unknown name ".titel"
    unit    = "letters"                       # ERROR: unknown unit "letters"
    max_for = "{{ .title }}"                  # ERROR: unknown name ".title"
    max     = 3                               # ERROR: max out of range
  }
  level "priority" { # ERROR: missing arguments "success", "warning", "failure"
    info = 1
  }
  request {
    each    = ["room", "-room", "step.in.names"]    # ERROR: unknown field "room" # ERROR: unknown field "-room" # ERROR: unknown field "step.in.names"
    method  = "SEND"                                # ERROR: unknown method "SEND"
    url     = "{{ .channel.sever }}/ring"           # ERROR: unknown name ".channel.sever"
    headers = { X-Key = "{{ bearer }}" }            # ERROR: wrong number of arguments
    json    = { text = "{{ .level.loudness }}" }    # ERROR: unknown name ".level.loudness"
    form    = { text = "{{ .step.login.token }}" }  # ERROR: unknown name ".step.login.token" # ERROR: two bodies
  }
  step "leave" {
    after = true
    save  = { key = "key" } # ERROR: after with save
    request {
      url = "https://gong.example/leave"
    }
  }
  success {
    status = ["ok"] # ERROR: invalid HTTP status
    text   = "["    # ERROR: text is no pattern
  }
  refusal "bad_token" {
    class = "fatal" # ERROR: unknown class "fatal"
  }
  pace {
    burst = 2 # ERROR(-1): missing argument "every"
  }
  reciept = "id" # ERROR: unknown argument "reciept"
}
