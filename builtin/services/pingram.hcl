service "pingram" {
  title   = "Pingram"
  doc     = "Sends mail, text messages, calls and pushes through Pingram, which was NotificationAPI; one needs an API key."
  site    = "https://www.pingram.io/docs/api-reference"
  schemas = ["pingram"]
  urls    = ["pingram://{type?}@{apikey}/{to...}"]

  field "apikey" {
    type     = "secret"
    doc      = "The API key of the environment."
    required = true
    query    = ["apikey"]
    match    = "pingram_(?:sk|pk)_[-_.0-9A-Za-z]+"
  }
  field "to" {
    type     = "list"
    doc      = "Whom to notify: e-mail addresses, telephone numbers, and users as @ID."
    example  = ["ops@example.org", "+15550100177", "@ops"]
    required = true
    query    = ["to"]
    match    = "[^@ ]+@[^@ ]+|\\+?[-0-9().]{7,}|@?[-_0-9A-Za-z]+"
  }
  field "type" {
    doc     = "The type of notification, as Pingram's dashboard names it; without it, apprise, as in addresses of the service."
    example = "alerts"
    query   = ["type"]
    match   = "[-_0-9A-Za-z]+"
  }
  field "mode" {
    doc     = "Whether the text goes out as it is, or fills the template that the type has; without it, a type means its template."
    example = "message"
    query   = ["mode"]
    words = {
      message  = ["m"]
      template = ["t"]
    }
  }
  field "channels" {
    type    = "list"
    doc     = "The ways to notify by: email, sms, call, inapp, web_push, mobile_push, slack; without it, mail for addresses and text messages for numbers."
    example = ["email"]
    query   = ["channels"]
    words   = ["email", "sms", "call", "inapp", "web_push", "mobile_push", "slack"]
  }
  field "region" {
    doc     = "Where the account is served: us, ca or eu."
    example = "eu"
    default = "us"
    query   = ["region"]
    words   = ["us", "ca", "eu"]
  }
  field "from" {
    doc     = "The sender's address of mails."
    example = "alerts@example.org"
    form    = "email"
    query   = ["from"]
  }
  field "reply" {
    doc     = "The address that answers to mails go to."
    example = "ops@example.org"
    form    = "email"
    query   = ["reply"]
  }
  field "cc" {
    type    = "list"
    doc     = "The addresses that get a copy of mails."
    example = ["boss@example.org"]
    form    = "email"
    query   = ["cc"]
  }
  field "bcc" {
    type    = "list"
    doc     = "The addresses that get a copy of mails which the others do not see."
    example = ["audit@example.org"]
    form    = "email"
    query   = ["bcc"]
  }
  field "parameters" {
    type    = "map"
    doc     = "Parameters for the template."
    example = { site = "home" }
    pairs   = ":"
  }

  message {
    formats = ["text"]
  }

  request "template" {
    when = "{{ or (eq .channel.mode `template`) (and .channel.type (not .channel.mode)) }}"
    url  = "https://api.{{ if ne .channel.region `us` }}{{ .channel.region }}.{{ end }}pingram.io/send"
    headers = {
      Authorization = "{{ bearer .channel.apikey }}"
    }
    each = ["to"]
    json = {
      type = "{{ or .channel.type `apprise` }}"
      to = {
        email  = "{{ only (regexMatch `.@` .target) .target }}"
        number = "{{ only (regexMatch `^[+]?[-0-9().]{7,}$` .target) .target }}"
        id     = "{{ only (not (regexMatch `.@|^[+]?[-0-9().]{7,}$` .target)) (trimPrefix `@` .target) }}"
      }
      parameters = {
        "$merge"       = "{{ .channel.parameters }}"
        appBody        = "{{ .body }}"
        appTitle       = "{{ .title }}"
        appType        = "{{ .tone }}"
        appId          = "{{ .app.name }}"
        appDescription = "{{ .app.title }}"
        appColor       = "{{ .color }}"
        appImageUrl    = "{{ index .image `72x72` }}"
        appUrl         = "{{ .app.url }}"
      }
      options = {
        "$if" = "{{ or .channel.from .channel.reply .channel.cc .channel.bcc }}"
        email = {
          fromAddress      = "{{ .channel.from }}"
          fromName         = "{{ only .channel.from .app.name }}"
          replyToAddresses = "{{ only .channel.reply (list .channel.reply) }}"
          ccAddresses      = "{{ present (without .channel.cc .target) }}"
          bccAddresses     = "{{ present (without .channel.bcc .target) }}"
        }
      }
    }
  }
  request "message" {
    url = "https://api.{{ if ne .channel.region `us` }}{{ .channel.region }}.{{ end }}pingram.io/send"
    headers = {
      Authorization = "{{ bearer .channel.apikey }}"
    }
    each = ["to"]
    json = {
      type = "{{ or .channel.type `apprise` }}"
      to = {
        email  = "{{ only (regexMatch `.@` .target) .target }}"
        number = "{{ only (regexMatch `^[+]?[-0-9().]{7,}$` .target) .target }}"
        id     = "{{ only (not (regexMatch `.@|^[+]?[-0-9().]{7,}$` .target)) (trimPrefix `@` .target) }}"
      }
      email = {
        "$if"       = "{{ if .channel.channels }}{{ ternary `yes` `` (has `email` .channel.channels) }}{{ else }}{{ ternary `yes` `` (regexMatch `.@` .target) }}{{ end }}"
        subject     = "{{ or .title .app.name }}"
        html        = "{{ html .body | replace `\n` `<br>` }}"
        senderEmail = "{{ .channel.from }}"
        senderName  = "{{ only .channel.from .app.name }}"
      }
      sms = {
        "$if"   = "{{ if .channel.channels }}{{ ternary `yes` `` (has `sms` .channel.channels) }}{{ else }}{{ ternary `yes` `` (not (regexMatch `.@` .target)) }}{{ end }}"
        message = "{{ with .title }}{{ . }}\n{{ end }}{{ .body }}"
      }
      call = {
        "$if"   = "{{ has `call` .channel.channels }}"
        message = "{{ with .title }}{{ . }}\n{{ end }}{{ .body }}"
      }
      inapp = {
        "$if" = "{{ has `inapp` .channel.channels }}"
        title = "{{ or .title .app.name }}"
        image = "{{ index .image `72x72` }}"
      }
      web_push = {
        "$if"   = "{{ has `web_push` .channel.channels }}"
        title   = "{{ or .title .app.name }}"
        message = "{{ .body }}"
        icon    = "{{ index .image `72x72` }}"
      }
      mobile_push = {
        "$if"   = "{{ has `mobile_push` .channel.channels }}"
        title   = "{{ or .title .app.name }}"
        message = "{{ .body }}"
      }
      slack = {
        "$if" = "{{ has `slack` .channel.channels }}"
        text  = "{{ with .title }}{{ . | replace `&` `&amp;` | replace `<` `&lt;` | replace `>` `&gt;` }}\n{{ end }}{{ .body | replace `&` `&amp;` | replace `<` `&lt;` | replace `>` `&gt;` }}"
      }
      options = {
        "$if" = "{{ or .channel.from .channel.reply .channel.cc .channel.bcc }}"
        email = {
          fromAddress      = "{{ .channel.from }}"
          fromName         = "{{ only .channel.from .app.name }}"
          replyToAddresses = "{{ only .channel.reply (list .channel.reply) }}"
          ccAddresses      = "{{ present (without .channel.cc .target) }}"
          bccAddresses     = "{{ present (without .channel.bcc .target) }}"
        }
      }
    }
  }

  failure {
    why = ["message", "messages.0", "error"]
  }
  receipt = "trackingId"
  pace {
    every = "200ms"
    burst = 5
  }
}
