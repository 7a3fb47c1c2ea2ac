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
    doc      = "Whom to notify: e-mail addresses, telephone numbers, and users as @ID. With no more than one of each they are those of one recipient."
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
    doc     = "The ways to notify by: email, sms, call, inapp, web_push, mobile_push, slack; without it, mail where the first of to that can be reached is an address, else a text message."
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
    formats = ["text", "html"]
  }

  # An address, a number and an id are those of one recipient where none is there
  # twice.
  request "template" {
    when = "{{ or (eq .channel.mode `template`) (and .channel.type (not .channel.mode)) }}"
    url  = "https://api.{{ if ne .channel.region `us` }}{{ .channel.region }}.{{ end }}pingram.io/send"
    headers = {
      Authorization = "{{ bearer .channel.apikey }}"
    }
    each  = ["to"]
    batch = "{{ ternary 3 1 (and (lt (len (matching `.@.` .channel.to)) 2) (lt (len (matching `^[+]?[-0-9().]{7,}$` .channel.to)) 2) (lt (len (matching `^@|^[-_0-9A-Za-z]*[A-Za-z_][-_0-9A-Za-z]*$|^[0-9]{1,6}$` .channel.to)) 2)) }}"
    json = {
      type = "{{ or .channel.type `apprise` }}"
      to = {
        email  = "{{ first (matching `.@.` .targets) }}"
        number = "{{ only (matching `^[+]?[-0-9().]{7,}$` .targets) (print (ternary `+` `` (hasPrefix `+` (first (matching `^[+]?[-0-9().]{7,}$` .targets)))) (digits (first (matching `^[+]?[-0-9().]{7,}$` .targets)))) }}"
        id     = "{{ only (matching `^@|^[-_0-9A-Za-z]*[A-Za-z_][-_0-9A-Za-z]*$|^[0-9]{1,6}$` .targets) (trimPrefix `@` (first (matching `^@|^[-_0-9A-Za-z]*[A-Za-z_][-_0-9A-Za-z]*$|^[0-9]{1,6}$` .targets))) }}"
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
          fromAddress      = "{{ present (regexReplaceAll `^.*<|>$` (or .channel.from ``) ``) }}"
          fromName         = "{{ only .channel.from (or (trim (regexReplaceAll `<[^<]*>$|^[^<]*$` (or .channel.from ``) ``)) .app.name) }}"
          replyToAddresses = "{{ only .channel.reply (list (regexReplaceAll `^.*<|>$` (or .channel.reply ``) ``)) }}"
          ccAddresses      = "{{ present (without .channel.cc (first (matching `.@.` .targets))) }}"
          bccAddresses     = "{{ present (without .channel.bcc (first (matching `.@.` .targets))) }}"
        }
      }
    }
  }
  request "message" {
    url = "https://api.{{ if ne .channel.region `us` }}{{ .channel.region }}.{{ end }}pingram.io/send"
    headers = {
      Authorization = "{{ bearer .channel.apikey }}"
    }
    each  = ["to"]
    batch = "{{ ternary 3 1 (and (lt (len (matching `.@.` .channel.to)) 2) (lt (len (matching `^[+]?[-0-9().]{7,}$` .channel.to)) 2) (lt (len (matching `^@|^[-_0-9A-Za-z]*[A-Za-z_][-_0-9A-Za-z]*$|^[0-9]{1,6}$` .channel.to)) 2)) }}"
    json = {
      type = "{{ or .channel.type `apprise` }}"
      to = {
        email  = "{{ first (matching `.@.` .targets) }}"
        number = "{{ only (matching `^[+]?[-0-9().]{7,}$` .targets) (print (ternary `+` `` (hasPrefix `+` (first (matching `^[+]?[-0-9().]{7,}$` .targets)))) (digits (first (matching `^[+]?[-0-9().]{7,}$` .targets)))) }}"
        id     = "{{ only (matching `^@|^[-_0-9A-Za-z]*[A-Za-z_][-_0-9A-Za-z]*$|^[0-9]{1,6}$` .targets) (trimPrefix `@` (first (matching `^@|^[-_0-9A-Za-z]*[A-Za-z_][-_0-9A-Za-z]*$|^[0-9]{1,6}$` .targets))) }}"
      }
      email = {
        "$if"       = "{{ ternary (has `email` .channel.channels) (contains `@` (or (first (matching `.@.|^[+]?[-0-9().]{7,}$` .channel.to)) ``)) (not (empty .channel.channels)) }}"
        subject     = "{{ or .title .app.name }}"
        html        = "{{ if eq .format `html` }}{{ .body }}{{ else }}{{ html .body | replace ` ` `&nbsp;` | replace `\t` `&emsp;` | replace `&#34;` `&quot;` | replace `&#39;` `&apos;` | replace `\n` `<br/>` }}{{ end }}"
        senderEmail = "{{ present (regexReplaceAll `^.*<|>$` (or .channel.from ``) ``) }}"
        senderName  = "{{ only .channel.from (or (trim (regexReplaceAll `<[^<]*>$|^[^<]*$` (or .channel.from ``) ``)) .app.name) }}"
      }
      sms = {
        "$if"   = "{{ ternary (has `sms` .channel.channels) (not (contains `@` (or (first (matching `.@.|^[+]?[-0-9().]{7,}$` .channel.to)) ``))) (not (empty .channel.channels)) }}"
        message = "{{ with .title }}{{ . }}\n{{ end }}{{ if eq .format `html` }}{{ .plain }}{{ else }}{{ .body }}{{ end }}"
      }
      call = {
        "$if"   = "{{ has `call` .channel.channels }}"
        message = "{{ with .title }}{{ . }}\n{{ end }}{{ if eq .format `html` }}{{ .plain }}{{ else }}{{ .body }}{{ end }}"
      }
      inapp = {
        "$if" = "{{ has `inapp` .channel.channels }}"
        title = "{{ or .title .app.name }}"
        image = "{{ index .image `72x72` }}"
      }
      web_push = {
        "$if"   = "{{ has `web_push` .channel.channels }}"
        title   = "{{ or .title .app.name }}"
        message = "{{ if eq .format `html` }}{{ .plain }}{{ else }}{{ .body }}{{ end }}"
        icon    = "{{ index .image `72x72` }}"
      }
      mobile_push = {
        "$if"   = "{{ has `mobile_push` .channel.channels }}"
        title   = "{{ or .title .app.name }}"
        message = "{{ if eq .format `html` }}{{ .plain }}{{ else }}{{ .body }}{{ end }}"
      }
      slack = {
        "$if" = "{{ has `slack` .channel.channels }}"
        text  = "{{ with .title }}{{ . | replace `&` `&amp;` | replace `<` `&lt;` | replace `>` `&gt;` }}\n{{ end }}{{ ternary .plain .body (eq .format `html`) | replace `&` `&amp;` | replace `<` `&lt;` | replace `>` `&gt;` }}"
      }
      options = {
        "$if" = "{{ or .channel.from .channel.reply .channel.cc .channel.bcc }}"
        email = {
          fromAddress      = "{{ present (regexReplaceAll `^.*<|>$` (or .channel.from ``) ``) }}"
          fromName         = "{{ only .channel.from (or (trim (regexReplaceAll `<[^<]*>$|^[^<]*$` (or .channel.from ``) ``)) .app.name) }}"
          replyToAddresses = "{{ only .channel.reply (list (regexReplaceAll `^.*<|>$` (or .channel.reply ``) ``)) }}"
          ccAddresses      = "{{ present (without .channel.cc (first (matching `.@.` .targets))) }}"
          bccAddresses     = "{{ present (without .channel.bcc (first (matching `.@.` .targets))) }}"
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
