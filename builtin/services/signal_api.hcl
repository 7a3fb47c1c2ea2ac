service "signal_api" {
  title   = "Signal"
  doc     = "Delivers to people and groups of Signal through a server of signal-cli-rest-api; one needs a number that is registered with it."
  site    = "https://bbernhard.github.io/signal-cli-rest-api/"
  schemas = ["signal", "signals"]
  secure  = ["signals"]
  urls = [
    "signal(s)://{server}:{port?}/{to...?}?from={from}",
    "signal(s)://{user}:{password?}@{server}:{port?}/{to...?}?from={from}",
    "signal(s)://{server}:{port?}/{from}/{to...?}",
    "signal(s)://{user}:{password?}@{server}:{port?}/{from}/{to...?}",
  ]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "http://signal.example.org:8080"
    required = true
  }
  field "user" {
    doc     = "The user's name, where a proxy before the server asks for one."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "from" {
    doc      = "The number that messages come from."
    example  = "+34600100200"
    required = true
    form     = "phone"
    query    = ["from"]
  }
  field "to" {
    type    = "list"
    doc     = "The numbers and groups to write to, a group as @ID or group.ID; without one, the number that messages come from gets them."
    example = ["+34600100201", "group.d2FyIHJvb20="]
    query   = ["to"]
    match   = "\\+?[0-9]{3,15}|@?group\\.[-_+/=0-9A-Za-z]+|@[-_+/=0-9A-Za-z]+"
  }
  field "batch" {
    type    = "bool"
    doc     = "Write to ten numbers at once; groups get messages one by one all the same, as the server wants it."
    default = false
    query   = ["batch"]
  }
  field "status" {
    type    = "bool"
    doc     = "Begin messages with a mark for the severity: [i], [+], [~] or [!]."
    default = false
    query   = ["status"]
  }

  message {
    formats = ["text", "markdown"]
    merge   = "{{ .title }}\r\n{{ .body }}"
  }

  level "mark" {
    info    = "[i]"
    success = "[+]"
    warning = "[~]"
    failure = "[!]"
  }

  # Signal has less markup than Markdown, and knows a backslash before that only.
  request {
    url = "{{ .channel.server }}/v2/send"
    headers = {
      Authorization = "{{ basic .channel.user .channel.password }}"
    }
    each  = ["to"]
    batch = "{{ ternary 10 1 (and .channel.batch (not (regexMatch `[@g]` (join `,` .channel.to)))) }}"
    json = {
      message    = "{{ if .channel.status }}{{ .level.mark }} {{ end }}{{ if eq .format `markdown` }}{{ regexReplaceAll `\\\\([!-)+-/:-@[\\]^_{}])` .text `$1` }}{{ else }}{{ .text }}{{ end }}"
      number     = "+{{ digits .channel.from }}"
      recipients = "{{ splitList `,` (regexReplaceAll `(^|,)[+]?([0-9])` (regexReplaceAll `(^|,)(?:@group[.]|@|group[.])` (join `,` (or .targets (list .channel.from))) `$${1}group.`) `$1+$2`) }}"
      text_mode  = "{{ ternary `styled` `normal` (eq .format `markdown`) }}"
    }
  }

  failure {
    why = ["error"]
  }
  refusal "not_registered" {
    text  = "[Nn]ot registered|specified account does not exist|No local users found"
    class = "target"
    do    = "register or link the number in from with the server of signal-cli-rest-api"
  }
  refusal "recipient_gone" {
    text  = "[Uu]nregistered user|[Ii]nvalid group|GroupNotFound|NotAGroupMember|not a group member|Group not found"
    class = "target"
    do    = "check the numbers and groups in to: one has no Signal, or the number in from is not in the group"
  }
  refusal "rate_limited" {
    text  = "[Rr]ate ?limit|[Cc]aptcha|ProofRequired"
    class = "temporary"
    do    = "solve the captcha that the server's log names; it is sent again"
  }
  receipt = "timestamp"
}
