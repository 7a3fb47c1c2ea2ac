service "mastodon" {
  title   = "Mastodon"
  doc     = "Posts statuses to an account of a Mastodon server, with an access token that may write statuses."
  site    = "https://docs.joinmastodon.org/methods/statuses/"
  schemas = ["mastodon", "toot", "mastodons", "toots"]
  secure  = ["mastodons", "toots"]
  urls    = ["mastodon(s)|toot(s)://{token}@{server}:{port?}/{users...?}"]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "https://social.example.org"
    required = true
  }
  field "token" {
    type     = "secret"
    doc      = "An access token of an application of the account, with the scope write:statuses."
    required = true
    query    = ["token"]
  }
  field "users" {
    type    = "list"
    doc     = "Accounts that statuses mention."
    example = ["@ops@social.example.org"]
    query   = ["to"]
    match   = "@?[_0-9A-Za-z]+(@[-._0-9A-Za-z]+)?|#[_0-9A-Za-z]+"
  }
  field "ping" {
    type    = "list"
    doc     = "Accounts and hashtags that statuses end with."
    example = ["@ops", "#backup"]
    query   = ["ping"]
    match   = "@?[_0-9A-Za-z]+(@[-._0-9A-Za-z]+)?|#[_0-9A-Za-z]+"
  }
  field "visibility" {
    doc     = "Who sees statuses: direct is for those mentioned, default is what the account is set to."
    example = "direct"
    default = "public"
    query   = ["visibility"]
    words = {
      default  = []
      direct   = ["d"]
      private  = []
      unlisted = ["u"]
      public   = []
    }
  }
  field "spoiler" {
    doc     = "A warning that hides the status until it is opened."
    example = "Alert"
    query   = ["spoiler"]
  }
  field "sensitive" {
    type    = "bool"
    doc     = "Mark statuses as sensitive."
    example = true
    default = false
    query   = ["sensitive"]
  }
  field "language" {
    doc     = "The language of statuses, by its code of ISO 639."
    example = "en"
    query   = ["language"]
    match   = "[A-Za-z]{2,3}"
  }
  field "key" {
    doc     = "A key that statuses carry along."
    example = "nas01"
    query   = ["key"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    quiet   = true
    max     = 500
    max_for = "{{ only (or .channel.users .channel.ping) (sub 500 (add 2 (len (join ` @` (concat .channel.users .channel.ping))))) }}"
  }

  request {
    url     = "{{ .channel.server }}/api/v1/statuses"
    headers = { Authorization = "{{ bearer .channel.token }}" }
    json = {
      status          = "{{ range .channel.users }}{{ if not (hasPrefix `#` .) }}@{{ end }}{{ trimPrefix `@` . }} {{ end }}{{ .text }}{{ range .channel.ping }} {{ if not (hasPrefix `#` .) }}@{{ end }}{{ trimPrefix `@` . }}{{ end }}"
      sensitive       = "{{ .channel.sensitive }}"
      visibility      = "{{ only (ne .channel.visibility `default`) .channel.visibility }}"
      spoiler_text    = "{{ .channel.spoiler }}"
      language        = "{{ .channel.language }}"
      Idempotency-Key = "{{ .channel.key }}"
    }
  }

  failure {
    why = ["error_description", "error"]
  }
  refusal "bad_token" {
    status = [401]
    do     = "set token to an access token of an application, from Preferences, Development of the account"
  }
  refusal "missing_scope" {
    status = [403]
    text   = "scope"
    do     = "give the application the scope write:statuses, and set token to its new access token"
  }
  receipt = "id"

  pace {
    every = "1s"
    burst = 30
  }
}
