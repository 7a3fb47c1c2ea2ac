service "form" {
  title   = "Form"
  doc     = "Calls a web address of one's own with a message as the fields of a form."
  site    = "https://appriseit.com/services/form/"
  schemas = ["form", "forms"]
  secure  = ["forms"]
  urls = [
    "form(s)://{server}:{port?}/{path+?}",
    "form(s)://{user}:{password?}@{server}:{port?}/{path+?}",
  ]

  field "server" {
    doc      = "The address to call, or the part of it before its path."
    form     = "server"
    example  = "https://hooks.example.org/in"
    required = true
  }
  field "path" {
    doc     = "The path behind the address."
    example = "in/alerts"
  }
  field "user" {
    doc     = "The user's name, where the server asks for one."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "method" {
    doc     = "The method of the call; GET puts the fields into the query."
    example = "PUT"
    default = "POST"
    query   = ["method"]
    words   = ["POST", "GET", "PUT", "PATCH", "DELETE", "HEAD"]
  }
  field "headers" {
    type    = "map"
    doc     = "Headers to add."
    example = { X-Team = "infra" }
    pairs   = "+"
  }
  field "params" {
    type    = "map"
    doc     = "Pairs to add to the query."
    example = { site = "home" }
    pairs   = "-"
  }
  field "values" {
    type    = "map"
    doc     = "New names of the fields version, title, message and type, of which an empty name drops one; other names are fields to add."
    example = { message = "text", type = "", site = "home" }
    pairs   = ":"
  }

  message {
    formats = ["text"]
  }

  request "get" {
    when   = "{{ eq .channel.method `GET` }}"
    method = "GET"
    url    = "{{ .channel.server }}/{{ segments (trimPrefix `/` .channel.path) }}"
    query = {
      "$merge" = [
        "{{ omit (dict (ternary (get .channel.values `version`) `version` (hasKey .channel.values `version`)) `1.0`) `` }}",
        "{{ omit (dict (ternary (get .channel.values `title`) `title` (hasKey .channel.values `title`)) .title) `` }}",
        "{{ omit (dict (ternary (get .channel.values `message`) `message` (hasKey .channel.values `message`)) .body) `` }}",
        "{{ omit (dict (ternary (get .channel.values `type`) `type` (hasKey .channel.values `type`)) .tone) `` }}",
        "{{ omit .channel.values `version` `title` `message` `type` }}",
        "{{ .channel.params }}",
      ]
    }
    headers = {
      Authorization = "{{ basic .channel.user .channel.password }}"
      "$merge"      = "{{ .channel.headers }}"
    }
  }
  request {
    method = "{{ .channel.method }}"
    url    = "{{ .channel.server }}/{{ segments (trimPrefix `/` .channel.path) }}"
    query  = { "$merge" = "{{ .channel.params }}" }
    headers = {
      Authorization = "{{ basic .channel.user .channel.password }}"
      "$merge"      = "{{ .channel.headers }}"
    }
    form = {
      "$merge" = [
        "{{ omit (dict (ternary (get .channel.values `version`) `version` (hasKey .channel.values `version`)) `1.0`) `` }}",
        "{{ omit (dict (ternary (get .channel.values `title`) `title` (hasKey .channel.values `title`)) .title) `` }}",
        "{{ omit (dict (ternary (get .channel.values `message`) `message` (hasKey .channel.values `message`)) .body) `` }}",
        "{{ omit (dict (ternary (get .channel.values `type`) `type` (hasKey .channel.values `type`)) .tone) `` }}",
        "{{ omit .channel.values `version` `title` `message` `type` }}",
      ]
    }
  }

  failure {
    why = ["error.message", "error", "message"]
  }
}
