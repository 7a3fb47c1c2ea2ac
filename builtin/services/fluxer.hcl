service "fluxer" {
  title   = "Fluxer"
  doc     = "Delivers to a channel of fluxer.app, or of a Fluxer server of one's own; one needs a webhook."
  site    = "https://docs.fluxer.app/http-api/webhooks/"
  schemas = ["fluxer", "fluxers"]
  secure  = ["fluxers"]
  urls = [
    "fluxer(s)://{botname?}@{webhook_id:[0-9]{10,}}/{webhook_token}",
    "fluxer(s)://{botname?}@{server}:{port?}/{webhook_id:[0-9]{10,}}/{webhook_token}",
    "fluxer(s)://{botname?}@{server}:{port?}/{path}/{webhook_id:[0-9]{10,}}/{webhook_token}",
    "https://api.fluxer.app/webhooks/{webhook_id:[0-9]{10,}}/{webhook_token}",
    "https://api.fluxer.app/v1/webhooks/{webhook_id:[0-9]{10,}}/{webhook_token}",
  ]

  field "webhook_id" {
    doc      = "The webhook's ID, the first part behind webhooks in its address."
    example  = "417429632418316298"
    required = true
    match    = "[0-9]{10,}"
  }
  field "webhook_token" {
    type     = "secret"
    doc      = "The webhook's token, the second part behind webhooks."
    required = true
    match    = "[-_0-9A-Za-z]{16,}"
  }
  field "server" {
    doc     = "The address of a server of one's own, in place of fluxer.app."
    form    = "server"
    example = "https://fluxer.example.org"
  }
  field "path" {
    doc     = "The path under which a server of one's own has its API."
    example = "/"
    default = "/api"
    query   = ["path"]
  }
  field "botname" {
    doc     = "The name to write as, in place of the webhook's."
    example = "tocsin"
    query   = ["name", "botname"]
  }
  field "tts" {
    type    = "bool"
    doc     = "Have messages read out."
    default = false
    query   = ["tts"]
  }
  field "avatar" {
    type    = "bool"
    doc     = "Show a picture for the severity as the writer's, where tocsin knows one."
    default = true
    query   = ["avatar"]
  }
  field "avatar_url" {
    doc     = "The address of the writer's picture."
    example = "https://pve.example.org/icon.png"
    query   = ["avatar_url"]
  }
  field "click" {
    doc     = "The address that the title of messages leads to; they look then as those in Markdown do."
    example = "https://pve.example.org:8006"
    query   = ["href", "url"]
  }
  field "thread" {
    doc     = "The ID of the thread to write to; messages look there as those in Markdown do."
    example = "417429632418316300"
    query   = ["thread"]
  }
  field "thread_name" {
    doc     = "The name of a thread to begin."
    example = "alerts"
    query   = ["thread_name"]
  }
  field "footer" {
    type    = "bool"
    doc     = "Name tocsin below messages in Markdown."
    default = false
    query   = ["footer"]
  }
  field "footer_logo" {
    type    = "bool"
    doc     = "Show a picture beside the footer, where tocsin knows one."
    default = true
    query   = ["footer_logo"]
  }
  field "image" {
    type    = "bool"
    doc     = "Show a picture for the severity within messages in Markdown, where tocsin knows one."
    default = false
    query   = ["image"]
  }
  field "flags" {
    type    = "number"
    doc     = "The flags of messages, as Fluxer numbers them."
    example = 4096
    query   = ["flags"]
  }
  field "ping" {
    type    = "list"
    doc     = "Whom messages call: people as @ID, roles as @&ID, or @everyone and @here; no mention in a text calls anyone."
    example = ["@417429632418316301"]
    query   = ["ping"]
    match   = "<?@&?[0-9]+>?|@everyone|@here"
  }

  message {
    formats = ["text", "markdown"]
    max     = 2000
    shared  = true
    marked  = true
  }

  level "color" {
    info    = 3843043
    success = 3842871
    warning = 13291305
    failure = 10690615
  }

  request "embed" {
    when = "{{ or (eq .format `markdown`) .channel.click .channel.thread }}"
    url  = "{{ if and .channel.server (not (regexMatch `[/.]fluxer[.]app(:|/|$)` .channel.server)) }}{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ . }}{{ end }}{{ else }}https://api.fluxer.app{{ end }}/webhooks/{{ segment .channel.webhook_id }}/{{ segment .channel.webhook_token }}"
    query = {
      thread_id = "{{ .channel.thread }}"
    }
    type = "application/json; charset=utf-8"
    json = {
      tts         = "{{ .channel.tts }}"
      wait        = "{{ not .channel.tts }}"
      avatar_url  = "{{ only .channel.avatar (or .channel.avatar_url (index .image `256x256`)) }}"
      username    = "{{ .channel.botname }}"
      thread_name = "{{ .channel.thread_name }}"
      flags       = "{{ .channel.flags }}"
      content     = "{{ only .channel.ping (print `👉 ` (regexReplaceAll `<?(@&?[0-9]+)>?` (join ` ` (concat (matching `e` .channel.ping) (matching `&` .channel.ping) (matching `^<?@[0-9]` .channel.ping))) `<$1>`)) }}"
      allowed_mentions = {
        "$if" = "{{ .channel.ping }}"
        parse = "{{ ternary (list `everyone`) (list) (regexMatch `everyone|here` (join `,` .channel.ping)) }}"
        users = "{{ regexFindAll `[0-9]+` (join `,` (matching `^<?@[0-9]` .channel.ping)) -1 }}"
        roles = "{{ regexFindAll `[0-9]+` (join `,` (matching `&` .channel.ping)) -1 }}"
      }
      embeds = [{
        author = {
          name = "{{ .app.name }}"
          url  = "{{ present .app.url }}"
        }
        title       = "{{ present .title }}"
        description = "{{ if eq .format `markdown` }}{{ .body }}{{ else }}{{ regexReplaceAll `\\]\\(([^)]*[.:/])` .body `]\\($1` }}{{ end }}"
        color       = "{{ .level.color }}"
        url         = "{{ .channel.click }}"
        footer = {
          "$if"    = "{{ .channel.footer }}"
          text     = "{{ .app.title }}"
          icon_url = "{{ only .channel.footer_logo (index .image `256x256`) }}"
        }
        thumbnail = {
          "$if"  = "{{ and .channel.image (index .image `256x256`) }}"
          url    = "{{ index .image `256x256` }}"
          height = 256
          width  = 256
        }
      }]
    }
  }
  # Markdown works in plain messages too: no link may hide where it leads. Who is
  # not among allowed_mentions is not called, and without them nobody is.
  request "content" {
    url = "{{ if and .channel.server (not (regexMatch `[/.]fluxer[.]app(:|/|$)` .channel.server)) }}{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ . }}{{ end }}{{ else }}https://api.fluxer.app{{ end }}/webhooks/{{ segment .channel.webhook_id }}/{{ segment .channel.webhook_token }}"
    query = {
      thread_id = "{{ .channel.thread }}"
    }
    type = "application/json; charset=utf-8"
    json = {
      tts         = "{{ .channel.tts }}"
      wait        = "{{ not .channel.tts }}"
      avatar_url  = "{{ only .channel.avatar (or .channel.avatar_url (index .image `256x256`)) }}"
      username    = "{{ .channel.botname }}"
      thread_name = "{{ .channel.thread_name }}"
      flags       = "{{ .channel.flags }}"
      content     = "{{ with .title }}{{ regexReplaceAll `\\]\\(([^)]*[.:/])` . `]\\($1` }}\r\n{{ end }}{{ regexReplaceAll `\\]\\(([^)]*[.:/])` .body `]\\($1` }}{{ if .channel.ping }}👉 {{ regexReplaceAll `<?(@&?[0-9]+)>?` (join ` ` (concat (matching `e` .channel.ping) (matching `&` .channel.ping) (matching `^<?@[0-9]` .channel.ping))) `<$1>` }}{{ end }}"
      allowed_mentions = {
        "$if" = "{{ .channel.ping }}"
        parse = "{{ ternary (list `everyone`) (list) (regexMatch `everyone|here` (join `,` .channel.ping)) }}"
        users = "{{ regexFindAll `[0-9]+` (join `,` (matching `^<?@[0-9]` .channel.ping)) -1 }}"
        roles = "{{ regexFindAll `[0-9]+` (join `,` (matching `&` .channel.ping)) -1 }}"
      }
    }
  }

  failure {
    why         = ["message", "errors.0.message", "code"]
    retry_after = "retry_after"
  }
  refusal "webhook_gone" {
    text  = "UNKNOWN_WEBHOOK|Unknown [Ww]ebhook|INVALID_WEBHOOK_TOKEN|Invalid [Ww]ebhook"
    class = "target"
    do    = "copy the webhook's address from the channel's settings again: this one does not exist"
  }
  receipt = "id"
}
