service "smseagle" {
  title   = "SMSEagle"
  doc     = "Delivers to telephones as text messages by an SMSEagle gateway in one's own network, with an access token."
  site    = "https://www.smseagle.eu/docs/jsonrpc/"
  schemas = ["smseagle", "smseagles"]
  secure  = ["smseagles"]
  urls    = ["smseagle(s)://{token?}@{server}:{port?}/#{groups...?}|{phones...?:[+]?[-0-9().\\x20]+}|{contacts...?}"]

  field "server" {
    doc      = "The address of the gateway."
    form     = "server"
    example  = "https://smseagle.example.org"
    required = true
  }
  field "token" {
    type     = "secret"
    doc      = "An access token of the gateway for its API of version 1."
    required = true
    query    = ["token"]
  }
  field "phones" {
    type    = "list"
    doc     = "The telephone numbers to write to."
    form    = "phone"
    example = ["+48500200300"]
    query   = ["to"]
  }
  field "contacts" {
    type    = "list"
    doc     = "The contacts of the gateway's phone book to write to."
    example = ["alice"]
    match   = "@?[-0-9A-Za-z_]+"
  }
  field "groups" {
    type    = "list"
    doc     = "The groups of the gateway's phone book to write to."
    example = ["ops"]
    match   = "[-0-9A-Za-z_]+"
  }
  field "priority" {
    doc     = "Whether messages go before others that wait in the gateway; auto is high for failures."
    example = "auto"
    default = "normal"
    query   = ["priority"]
    words = {
      auto   = []
      normal = ["0", "n"]
      high   = ["1", "+", "h"]
    }
  }
  field "status" {
    type    = "bool"
    doc     = "Begin messages with a sign for their severity."
    default = false
    query   = ["status"]
  }
  field "flash" {
    type    = "bool"
    doc     = "Show messages at once, without keeping them."
    default = false
    query   = ["flash"]
  }
  field "test" {
    type    = "bool"
    doc     = "Let the gateway check messages without sending them."
    default = false
    query   = ["test"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Write to up to 10 targets in one call, instead of each in one of its own."
    default = false
    query   = ["batch"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 1200
    over  = "truncate"
    plain = true
  }

  level "priority" {
    info    = "normal"
    success = "normal"
    warning = "normal"
    failure = "high"
  }
  level "mark" {
    info    = "[i]"
    success = "[+]"
    warning = "[~]"
    failure = "[!]"
  }

  request {
    when  = "{{ or .channel.phones .channel.groups .channel.contacts }}"
    each  = ["phones", "groups", "contacts"]
    batch = "{{ ternary 10 1 .channel.batch }}"
    url   = "{{ .channel.server }}/jsonrpc/sms"
    json = {
      method = "sms.{{ if eq .kind `phones` }}send_sms{{ else if eq .kind `groups` }}send_togroup{{ else }}send_tocontact{{ end }}"
      params = {
        access_token = "{{ .channel.token }}"
        to           = "{{ only (eq .kind `phones`) (join `,` .targets) }}"
        groupname    = "{{ only (eq .kind `groups`) (join `,` .targets) }}"
        contactname  = "{{ only (eq .kind `contacts`) (replace `@` `` (join `,` .targets)) }}"
        message      = "{{ if .channel.status }}{{ .level.mark }} {{ end }}{{ .text }}"
        highpriority = "{{ ternary 1 0 (eq `high` (ternary .level.priority .channel.priority (eq .channel.priority `auto`))) }}"
        unicode      = 1
        message_type = "sms"
        responsetype = "extended"
        flash        = "{{ ternary 1 0 .channel.flash }}"
        test         = "{{ ternary 1 0 .channel.test }}"
      }
    }
  }

  success {
    text = "\"status\": ?\"ok\""
    none = ["error", "result.error_text", "result.*.error_text"]
  }
  failure {
    why = ["result.error_text", "result.*.error_text", "error.message", "error"]
  }
  refusal "bad_token" {
    text = "[Ii]nvalid (access )?token|[Ii]nvalid login|[Aa]ccess denied"
    do   = "set token to an access token of a user of the gateway who may send by its API"
  }
  receipt = "result.message_id"
}
