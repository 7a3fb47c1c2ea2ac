service "misskey" {
  title   = "Misskey"
  doc     = "Writes notes on a Misskey server; one needs an access token that may write notes."
  site    = "https://misskey-hub.net/en/docs/for-developers/api/"
  schemas = ["misskey", "misskeys"]
  secure  = ["misskeys"]
  urls    = ["misskey(s)://{token}@{server}:{port?}"]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "https://misskey.example.org"
    required = true
  }
  field "token" {
    type     = "secret"
    doc      = "An access token with the permission write:notes."
    required = true
    query    = ["token"]
  }
  field "visibility" {
    doc     = "Who sees the notes."
    example = "followers"
    default = "public"
    query   = ["visibility"]
    words   = ["public", "home", "followers", "private", "specified"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 512
    quiet   = true
  }

  request {
    url = "{{ .channel.server }}/api/notes/create"
    json = {
      i          = "{{ .channel.token }}"
      text       = "{{ .text }}"
      visibility = "{{ .channel.visibility }}"
    }
  }

  failure {
    why = ["error.message", "error.code"]
  }
  refusal "bad_token" {
    text  = "AUTHENTICATION_FAILED|CREDENTIAL_REQUIRED|PERMISSION_DENIED"
    class = "target"
    do    = "set token to one that the server's settings list under API, with the permission write:notes"
  }
  refusal "rate_limited" {
    text  = "RATE_LIMIT_EXCEEDED"
    class = "temporary"
    do    = "it is sent again"
  }
  receipt = "createdNote.id"
}
