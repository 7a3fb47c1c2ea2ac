service "humhub" {
  title   = "HumHub"
  doc     = "Posts to spaces and profiles of a HumHub server that has the module RESTful API; one needs a token or a login."
  site    = "https://marketplace.humhub.com/module/rest/docs/html/post.html"
  schemas = ["humhub", "humhubs"]
  secure  = ["humhubs"]
  urls = [
    "humhub(s)://{token}@{server}:{port?}/{containers...}",
    "humhub(s)://{user}:{password}@{server}:{port?}/{containers...}",
  ]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "https://hub.example.org"
    required = true
  }
  field "containers" {
    type     = "list"
    doc      = "The content container IDs of the spaces or profiles to post to."
    example  = ["7"]
    required = true
    query    = ["to"]
    match    = "[0-9]+"
  }
  field "token" {
    type = "secret"
    doc  = "A bearer token, in place of user and password."
  }
  field "user" {
    doc     = "The user's name, where the module allows basic authentication."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }

  message {
    formats = ["markdown"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 4000
  }

  request {
    url = "{{ .channel.server }}/api/v1/post/container/{{ segment .target }}"
    headers = {
      Authorization = "{{ or (bearer .channel.token) (basic .channel.user .channel.password) }}"
    }
    each = ["<containers"]
    json = {
      data = {
        message = "{{ .text }}"
      }
    }
  }

  failure {
    why = ["message"]
  }
  refusal "container_gone" {
    status = [404]
    class  = "target"
    do     = "set containers to IDs that GET /api/v1/space shows as contentcontainer_id, and check that the module RESTful API is on"
  }
  receipt = "id"
}
