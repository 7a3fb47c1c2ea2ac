service "opsgenie" {
  title   = "Opsgenie"
  doc     = "Opens alerts at Opsgenie, and closes or annotates those that have an alias; one needs the key of an API integration. Atlassian ends Opsgenie in April 2027."
  site    = "https://docs.opsgenie.com/docs/alert-api"
  schemas = ["opsgenie"]
  urls = [
    "opsgenie://{user?}@{key}/#{teams...?}|*{schedules...?}|@{users...?}|^{escalations...?}|{others...?}",
  ]

  field "key" {
    type     = "secret"
    doc      = "The key of an API integration."
    required = true
    query    = ["apikey"]
  }
  field "region" {
    doc     = "Where the account is: in the USA or in Europe."
    example = "eu"
    default = "us"
    query   = ["region"]
    words   = ["us", "eu"]
  }
  field "teams" {
    type    = "list"
    doc     = "Names or ids of teams that answer to alerts."
    example = ["infra"]
  }
  field "schedules" {
    type    = "list"
    doc     = "Names or ids of schedules whose people on duty answer to alerts."
    example = ["nights"]
  }
  field "users" {
    type    = "list"
    doc     = "Names or ids of people who answer to alerts."
    example = ["ann@example.org"]
  }
  field "escalations" {
    type    = "list"
    doc     = "Names or ids of escalations that alerts go through."
    example = ["infra_escalation"]
  }
  field "others" {
    type    = "list"
    doc     = "Further names or ids of people, as an address has them without a sign."
    example = ["ben@example.org"]
    query   = ["to"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Open one alert for all who answer, not one for each."
    default = false
    query   = ["batch"]
  }
  field "priority" {
    doc     = "The priority of alerts, from P1, the highest, to P5; auto goes by their severity."
    example = "auto"
    default = "P3"
    query   = ["priority"]
    words = {
      auto = []
      P1   = ["1", "emergency", "e", "critical"]
      P2   = ["2", "high", "h"]
      P3   = ["3", "normal", "n", "moderate", "m"]
      P4   = ["4"]
      P5   = ["5", "low", "l", "informational"]
    }
  }
  field "alias" {
    doc     = "A name of one's own for the alert, by which Opsgenie opens it once and closes or annotates it."
    example = "pve-storage"
    query   = ["alias"]
  }
  field "entity" {
    doc     = "What alerts are about, such as a host."
    example = "nas01"
    query   = ["entity"]
  }
  field "tags" {
    type    = "list"
    doc     = "Tags of alerts."
    example = ["storage"]
    query   = ["tags"]
  }
  field "user" {
    doc     = "Who is shown to have opened alerts."
    example = "tocsin"
  }
  field "details" {
    type    = "map"
    doc     = "Further details of alerts."
    example = { site = "home" }
    pairs   = "+"
  }
  field "action" {
    doc     = "What a message does: map opens an alert for warnings and failures, closes it for successes and annotates it with information."
    example = "new"
    default = "map"
    query   = ["action"]
    words = {
      map         = ["m"]
      new         = ["n", "create"]
      close       = ["c"]
      delete      = ["d"]
      acknowledge = ["a", "ack"]
      note        = []
    }
  }
  field "actions" {
    type    = "map"
    doc     = "Another action for messages of a tone: info, success, warning or failure."
    example = { success = "note" }
    pairs   = ":"
  }

  message {
    title_max = 130
    max       = 15000
  }

  level "priority" {
    info    = "P5"
    success = "P5"
    warning = "P2"
    failure = "P1"
  }
  level "action" {
    info    = "note"
    success = "close"
    warning = "new"
    failure = "new"
  }

  request "none" {
    when    = "{{ and (not .channel.alias) (ne `new` (or (get .channel.actions .tone) (ternary .level.action .channel.action (eq .channel.action `map`)))) }}"
    nothing = "Opsgenie was not called: the channel has no alias by which an alert could be closed or annotated."
  }
  request "batch" {
    when = "{{ and .channel.batch (any .channel.teams .channel.schedules .channel.users .channel.others .channel.escalations) (eq `new` (or (get .channel.actions .tone) (ternary .level.action .channel.action (eq .channel.action `map`)))) }}"
    url  = "https://api.{{ if eq .channel.region `eu` }}eu.{{ end }}opsgenie.com/v2/alerts"
    headers = {
      Authorization = "GenieKey {{ .channel.key }}"
    }
    json = {
      source      = "{{ .app.title }}"
      message     = "{{ or .title (trunc 130 .body) }}"
      description = "{{ .body }}"
      details     = "{{ mergeOverwrite (dict `type` .tone) .channel.details }}"
      priority    = "{{ ternary .level.priority .channel.priority (eq .channel.priority `auto`) }}"
      alias       = "{{ .channel.alias }}"
      entity      = "{{ .channel.entity }}"
      tags        = "{{ present .channel.tags }}"
      user        = "{{ .channel.user }}"
      responders = [
        {
          "$each" = "{{ .channel.teams }}"
          type    = "team"
          id      = "{{ only (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
          name    = "{{ only (not (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) .item }}"
        },
        {
          "$each" = "{{ .channel.schedules }}"
          type    = "schedule"
          id      = "{{ only (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
          name    = "{{ only (not (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) .item }}"
        },
        {
          "$each"  = "{{ concat .channel.users .channel.others }}"
          type     = "user"
          id       = "{{ only (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
          username = "{{ only (not (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) .item }}"
        },
        {
          "$each" = "{{ .channel.escalations }}"
          type    = "escalation"
          id      = "{{ only (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
          name    = "{{ only (not (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) .item }}"
        },
      ]
    }
  }
  request "new" {
    when = "{{ eq `new` (or (get .channel.actions .tone) (ternary .level.action .channel.action (eq .channel.action `map`))) }}"
    each = ["teams", "schedules", "users", "others", "escalations"]
    url  = "https://api.{{ if eq .channel.region `eu` }}eu.{{ end }}opsgenie.com/v2/alerts"
    headers = {
      Authorization = "GenieKey {{ .channel.key }}"
    }
    json = {
      source      = "{{ .app.title }}"
      message     = "{{ or .title (trunc 130 .body) }}"
      description = "{{ .body }}"
      details     = "{{ mergeOverwrite (dict `type` .tone) .channel.details }}"
      priority    = "{{ ternary .level.priority .channel.priority (eq .channel.priority `auto`) }}"
      alias       = "{{ .channel.alias }}"
      entity      = "{{ .channel.entity }}"
      tags        = "{{ present .channel.tags }}"
      user        = "{{ .channel.user }}"
      responders = {
        "$if"    = "{{ .targets }}"
        "$each"  = "{{ .targets }}"
        type     = "{{ get (dict `teams` `team` `schedules` `schedule` `users` `user` `others` `user` `escalations` `escalation`) .kind }}"
        id       = "{{ only (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
        name     = "{{ only (not (or (eq .kind `users`) (eq .kind `others`) (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item))) .item }}"
        username = "{{ only (and (or (eq .kind `users`) (eq .kind `others`)) (not (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item))) .item }}"
      }
    }
  }
  request "delete" {
    when   = "{{ eq `delete` (or (get .channel.actions .tone) .channel.action) }}"
    method = "DELETE"
    url    = "https://api.{{ if eq .channel.region `eu` }}eu.{{ end }}opsgenie.com/v2/alerts/{{ segment .channel.alias }}"
    query = {
      identifierType = "alias"
      source         = "{{ .app.title }}"
      user           = "{{ .channel.user }}"
    }
    headers = {
      Authorization = "GenieKey {{ .channel.key }}"
    }
  }
  request "change" {
    url = "https://api.{{ if eq .channel.region `eu` }}eu.{{ end }}opsgenie.com/v2/alerts/{{ segment .channel.alias }}/{{ get (dict `note` `notes` `close` `close` `acknowledge` `acknowledge`) (or (get .channel.actions .tone) (ternary .level.action .channel.action (eq .channel.action `map`))) }}"
    query = {
      identifierType = "alias"
    }
    headers = {
      Authorization = "GenieKey {{ .channel.key }}"
    }
    json = {
      source = "{{ .app.title }}"
      user   = "{{ .channel.user }}"
      note   = "{{ .title }}\n{{ .body }}"
    }
  }

  failure {
    why = ["message"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "set key to that of an API integration which may create alerts, and region to that of the account"
  }
  receipt = "requestId"
}
