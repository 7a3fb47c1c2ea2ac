service "ryver" {
  title   = "Ryver"
  doc     = "Delivers to a forum or team of Ryver; one needs an incoming webhook."
  site    = "https://support.ryver.com/docs/create-and-manage-incoming-webhooks"
  schemas = ["ryver"]
  urls = [
    "ryver://{botname?}@{organization}/{token}",
    "https://{organization}.ryver.com/application/webhook/{token}",
  ]

  field "organization" {
    doc      = "The first part of the organization's host name."
    example  = "example"
    required = true
    match    = "[-_0-9A-Za-z]{3,32}"
  }
  field "token" {
    type     = "secret"
    doc      = "The end of the webhook's address."
    required = true
    match    = "[0-9A-Za-z]{15}"
  }
  field "botname" {
    doc     = "The name to write as."
    example = "tocsin"
  }
  field "mode" {
    doc     = "Whether the webhook is one of Ryver's own kind, or one that takes what Slack takes."
    example = "slack"
    default = "ryver"
    query   = ["mode"]
    words   = ["ryver", "slack"]
  }
  field "image" {
    type    = "bool"
    doc     = "Show a picture for the severity, where tocsin knows one."
    default = true
    query   = ["image"]
  }

  message {
    formats = ["markdown"]
    max     = 1000
    marked  = true
    quiet   = true
  }

  request {
    url = "https://{{ .channel.organization }}.ryver.com/application/webhook/{{ segment .channel.token }}"
    json = {
      body = "{{ if eq .channel.mode `slack` }}{{ with .title }}**{{ . | replace `&` `&amp;` | replace `<` `&lt;` | replace `>` `&gt;` }}**\r\n{{ end }}{{ .body | replace `&` `&amp;` | replace `<` `&lt;` | replace `>` `&gt;` }}{{ else }}{{ with .title }}**{{ . }}**\r\n{{ end }}{{ .body }}{{ end }}"
      createSource = {
        displayName = "{{ orNull .channel.botname }}"
        avatar      = "{{ orNull (only .channel.image (index .image `72x72`)) }}"
      }
    }
  }

  failure {
    why = ["error.message", "error", "message"]
  }
  refusal "webhook_gone" {
    status = [401, 403, 404]
    class  = "target"
    do     = "copy the webhook's address from Ryver's integrations again: this one does not exist"
  }
}
