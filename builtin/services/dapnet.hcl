service "dapnet" {
  title   = "DAPNET"
  doc     = "Calls the pagers of radio amateurs over DAPNET, with an account there."
  site    = "https://hampager.de/dokuwiki/doku.php?id=dapnetapicommands"
  schemas = ["dapnet"]
  urls    = ["dapnet://{user}:{password}@{calls...}"]

  field "user" {
    doc      = "The name of the account, which is a call sign."
    example  = "DF1ABC"
    required = true
  }
  field "password" {
    type     = "secret"
    doc      = "The password of the account."
    required = true
  }
  field "calls" {
    type     = "list"
    doc      = "The call signs to call."
    example  = ["DF1ABC"]
    required = true
    query    = ["to"]
    match    = "[0-9A-Za-z]{1,3}[0-9][0-9A-Za-z]{1,4}(-[0-9A-Za-z]{1,2})?"
  }
  field "groups" {
    type    = "list"
    doc     = "The groups of transmitters to call by."
    example = ["dl-all"]
    default = ["dl-all"]
    query   = ["txgroups"]
    match   = "[-_0-9A-Za-z]+"
  }
  field "priority" {
    doc     = "Whether calls are an emergency; auto makes one of failures."
    example = "emergency"
    default = "normal"
    query   = ["priority"]
    words = {
      normal    = ["0", "n"]
      emergency = ["1", "e"]
      auto      = []
    }
  }
  field "batch" {
    type    = "bool"
    doc     = "Call all call signs in one request."
    example = true
    default = false
    query   = ["batch"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 80
    over    = "truncate"
    plain   = true
  }

  level "priority" {
    info    = "normal"
    success = "normal"
    warning = "normal"
    failure = "emergency"
  }

  request {
    url     = "http://www.hampager.de:8080/calls"
    headers = { Authorization = "{{ basic .channel.user .channel.password }}" }
    each    = ["calls"]
    batch   = "{{ if .channel.batch }}50{{ else }}1{{ end }}"
    type    = "application/json; charset=utf-8"
    json = {
      text                  = "{{ .text }}"
      callSignNames         = "{{ .targets }}"
      transmitterGroupNames = "{{ splitList `,` (lower (join `,` (sortAlpha .channel.groups))) }}"
      emergency             = "{{ eq `emergency` (ternary .level.priority .channel.priority (eq .channel.priority `auto`)) }}"
    }
  }

  success {
    status = [201]
  }
  failure {
    why = ["message", "name"]
  }
  refusal "bad_password" {
    status = [401, 403]
    do     = "set user and password to those of the account at hampager.de"
  }
}
