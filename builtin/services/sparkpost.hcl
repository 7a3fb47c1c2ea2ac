service "sparkpost" {
  title   = "SparkPost"
  doc     = "Delivers to e-mail addresses by SparkPost, with an API key and a sender of a confirmed domain."
  site    = "https://developers.sparkpost.com/api/transmissions/"
  schemas = ["sparkpost"]
  urls    = ["sparkpost://{from@}/{key}/{to...?}"]

  field "key" {
    type     = "secret"
    doc      = "An API key that may use transmissions."
    required = true
  }
  field "from" {
    doc      = "The sender, of a domain that SparkPost has confirmed."
    form     = "email"
    example  = "tocsin@example.org"
    required = true
  }
  field "name" {
    doc     = "The name that the sender shows."
    example = "Ops"
    query   = ["name"]
  }
  field "to" {
    type    = "list"
    doc     = "The addresses to mail to; without any the sender's own."
    form    = "email"
    example = ["ops@example.org"]
    query   = ["to"]
  }
  field "cc" {
    type    = "list"
    doc     = "Addresses that get a copy of each mail."
    form    = "email"
    example = ["lead@example.org"]
    query   = ["cc"]
  }
  field "bcc" {
    type    = "list"
    doc     = "Addresses that get a copy which the others do not see."
    form    = "email"
    example = ["audit@example.org"]
    query   = ["bcc"]
  }
  field "region" {
    doc     = "Where the account is."
    example = "eu"
    default = "us"
    query   = ["region"]
    words   = ["us", "eu"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Mail to up to 2000 addresses in one call, instead of each in one of its own."
    default = false
    query   = ["batch"]
  }
  field "headers" {
    type    = "map"
    doc     = "Further headers of mails."
    example = { X-Site = "home" }
    pairs   = "+"
  }
  field "values" {
    type    = "map"
    doc     = "Values that go along for substitutions."
    example = { site = "home" }
    pairs   = ":"
  }

  message {
    formats = ["html", "text"]
  }

  request {
    each  = ["to"]
    batch = "{{ ternary 2000 1 .channel.batch }}"
    url   = "https://api.{{ only (eq .channel.region `eu`) `eu.` }}sparkpost.com/api/v1/transmissions/"
    headers = {
      Authorization = "{{ .channel.key }}"
    }
    json = {
      options = {
        open_tracking  = false
        click_tracking = false
      }
      content = {
        from = {
          name  = "{{ or .channel.name .app.title }}"
          email = "{{ regexReplaceAll `^.*<(.*)>.*$` .channel.from `$${1}` }}"
        }
        reply_to = "{{ if .channel.name }}{{ if regexMatch `^[0-9A-Za-z ]+$` .channel.name }}{{ .channel.name }}{{ else }}{{ quote .channel.name }}{{ end }} <{{ regexReplaceAll `^.*<(.*)>.*$` .channel.from `$${1}` }}>{{ else }}{{ .channel.from }}{{ end }}"
        subject  = "{{ or (regexReplaceAll `[{][{]` .title `{{opening_double_curly()}}`) `.` }}"
        html     = "{{ only (eq .format `html`) (regexReplaceAll `[{][{]` .body `{{opening_double_curly()}}`) }}"
        text     = "{{ only (eq .format `text`) (regexReplaceAll `[{][{]` .body `{{opening_double_curly()}}`) }}"
        headers = {
          "$if"    = "{{ or .channel.headers .channel.cc }}"
          "$merge" = "{{ .channel.headers }}"
          CC       = "{{ present (join `,` .channel.cc) }}"
        }
      }
      substitution_data = "{{ or .channel.values (dict) }}"
      recipients = [
        {
          "$each" = "{{ or .targets (list .channel.from) }}"
          address = {
            name  = "{{ only (not .targets) .channel.name }}"
            email = "{{ regexReplaceAll `^.*<(.*)>.*$` .item `$${1}` }}"
          }
        },
        {
          "$each" = "{{ .channel.cc }}"
          address = {
            email     = "{{ regexReplaceAll `^.*<(.*)>.*$` .item `$${1}` }}"
            header_to = "{{ regexReplaceAll `^.*<(.*)>.*$` (or .target .channel.from) `$${1}` }}"
          }
        },
        {
          "$each" = "{{ .channel.bcc }}"
          address = {
            email     = "{{ regexReplaceAll `^.*<(.*)>.*$` .item `$${1}` }}"
            header_to = "{{ regexReplaceAll `^.*<(.*)>.*$` (or .target .channel.from) `$${1}` }}"
          }
        },
      ]
    }
  }

  failure {
    why = ["errors.0.description", "errors.0.message"]
  }
  refusal "bad_key" {
    status = [401, 403]
    do     = "set key to an API key that may use transmissions, and region to where the account is"
  }
  refusal "sender_unknown" {
    text = "\"code\": ?\"7001\"|[Ii]nvalid domain"
    do   = "set from to an address of a sending domain that is confirmed in SparkPost"
  }
  receipt = "results.id"
}
