service "apprise_api" {
  title   = "Apprise API"
  doc     = "Delivers to a server of the Apprise API, which passes messages on to the services that are saved there under a key."
  site    = "https://github.com/caronc/apprise-api"
  schemas = ["apprise", "apprises"]
  secure  = ["apprises"]
  urls = [
    "apprise(s)://{user?}:{password?}@{server}:{port?}/{path+?}/{key:[-_0-9A-Za-z]{1,128}}",
    "http(s)://{server}:{port?}/{path+?}/notify/{key:[-_0-9A-Za-z]{1,128}}",
  ]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "https://apprise.example.org"
    required = true
  }
  field "path" {
    doc     = "The path below which the server is, where it has no host for itself."
    example = "apprise"
  }
  field "key" {
    type     = "secret"
    doc      = "The key that the services are saved under."
    required = true
    query    = ["token", "to"]
    match    = "[-_0-9A-Za-z]{1,128}"
  }
  field "user" {
    doc     = "The user's name, where the server asks for one."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "tags" {
    type    = "list"
    doc     = "Tags of the services to pass messages on to; without them, to all."
    example = ["ops"]
    query   = ["tags", "tag"]
  }
  field "method" {
    doc     = "How requests are written: as a form or as JSON."
    example = "json"
    default = "form"
    query   = ["method"]
    words   = ["form", "json"]
  }
  field "headers" {
    type    = "map"
    doc     = "Further headers of the request, for a proxy before the server."
    example = { X-Team = "ops" }
    pairs   = "+"
  }

  message {
    formats = ["text", "markdown", "html"]
  }

  request "json" {
    when = "{{ eq .channel.method `json` }}"
    url  = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ segments . }}{{ end }}/notify/{{ .channel.key }}"
    headers = {
      Accept                    = "application/json"
      Authorization             = "{{ basic .channel.user .channel.password }}"
      "$merge"                  = "{{ .channel.headers }}"
      X-Apprise-ID              = "{{ .delivery }}"
      X-Apprise-Recursion-Count = "1"
    }
    json = {
      title  = "{{ .title }}"
      body   = "{{ .body }}"
      type   = "{{ .tone }}"
      format = "{{ .format }}"
      tag    = "{{ present (sortAlpha (uniq (or .channel.tags (list)))) }}"
    }
  }
  request "form" {
    url = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ segments . }}{{ end }}/notify/{{ .channel.key }}"
    headers = {
      Accept                    = "application/json"
      Authorization             = "{{ basic .channel.user .channel.password }}"
      "$merge"                  = "{{ .channel.headers }}"
      X-Apprise-ID              = "{{ .delivery }}"
      X-Apprise-Recursion-Count = "1"
    }
    form = {
      title  = "{{ .title }}"
      body   = "{{ .body }}"
      type   = "{{ .tone }}"
      format = "{{ .format }}"
      tag    = "{{ sortAlpha (uniq (or .channel.tags (list))) }}"
    }
  }

  success {
    status = [200]
  }
  failure {
    why = ["error", "message"]
  }
  refusal "no_configuration" {
    status = [204]
    do     = "save services under the key on the server, or correct the key"
  }
  refusal "not_passed_on" {
    status = [424]
    class  = "temporary"
    do     = "look into the server's log for the services that did not take the message, and whether any has the tags"
  }
  refusal "loop" {
    status = [406, 508]
    do     = "take the server's own address out of the services saved under the key: it calls itself"
  }
}
