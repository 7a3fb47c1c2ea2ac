service "json" {
  title   = "JSON webhook"
  doc     = "Delivers to a web address of your own, as an object in JSON."
  site    = "https://appriseit.com/services/json/"
  schemas = ["json", "jsons"]
  secure  = ["jsons"]
  urls    = ["json(s)://{user?}:{password?}@{server}:{port?}/{path+?}"]

  field "server" {
    doc      = "The address to call."
    form     = "server"
    example  = "https://hooks.example.org/in"
    required = true
  }
  field "path" {
    doc     = "The path behind the address."
    example = "in/alerts"
  }
  field "method" {
    doc     = "The method of the request."
    example = "PUT"
    default = "POST"
    query   = ["method"]
    words   = ["POST", "GET", "PUT", "PATCH", "DELETE", "HEAD"]
  }
  field "user" {
    doc     = "The user's name, where the server asks for one."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "headers" {
    type    = "map"
    doc     = "Headers of the request."
    example = { X-Team = "ops" }
    pairs   = "+"
  }
  field "query" {
    type    = "map"
    doc     = "Names and values of the address's query."
    example = { site = "home" }
    pairs   = "-"
  }
  field "values" {
    type    = "map"
    doc     = "Further members of the object; version, title, message, attachments and type stand for a new name of that member, or when empty leave it out."
    example = { site = "home", message = "text" }
    pairs   = ":"
  }

  request {
    method = "{{ .channel.method }}"
    url    = "{{ .channel.server }}/{{ segments (trimPrefix `/` .channel.path) }}"
    query = {
      "$merge" = "{{ .channel.query }}"
    }
    headers = {
      Authorization = "{{ basic .channel.user .channel.password }}"
      "$merge"      = "{{ .channel.headers }}"
    }
    json = {
      "$merge" = "{{ omit (mergeOverwrite (dict (ternary (get .channel.values `version`) `version` (hasKey .channel.values `version`)) `1.0` (ternary (get .channel.values `title`) `title` (hasKey .channel.values `title`)) .title (ternary (get .channel.values `message`) `message` (hasKey .channel.values `message`)) .body (ternary (get .channel.values `attachments`) `attachments` (hasKey .channel.values `attachments`)) (list) (ternary (get .channel.values `type`) `type` (hasKey .channel.values `type`)) .tone) (omit .channel.values `version` `title` `message` `attachments` `type`)) `` }}"
    }
  }

  failure {
    why = ["error", "message", "error.message"]
  }
}
