service "spugpush" {
  title   = "SpugPush"
  doc     = "Sends by a template of Spug Push, with the code of the template."
  site    = "https://push.spug.cc/guide"
  schemas = ["spugpush"]
  urls = [
    "spugpush://{token}",
    "https://push.spug.dev/send/{token}",
    "https://push.spug.cc/send/{token}",
  ]

  field "token" {
    type     = "secret"
    doc      = "The code of the template, the last part of its address."
    required = true
    query    = ["token"]
    match    = "[-_0-9A-Za-z]+"
  }

  message {
    formats = ["text"]
  }

  request {
    url = "https://push.spug.dev/send/{{ segment .channel.token }}"
    json = {
      title   = "{{ or .title .body }}"
      content = "{{ .body }}"
    }
  }

  success {
    json = { code = [200, 204] }
  }
  failure {
    why = ["msg"]
  }
  refusal "bad_token" {
    text = "\"code\":\\s*404\\b"
    do   = "set token to the last part of the template's address, as Spug Push shows it"
  }
  receipt = "request_id"
}
