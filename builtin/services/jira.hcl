service "jira" {
  title   = "Jira Service Management"
  doc     = "Delivers to the on-call side of Jira Service Management as alerts, with the key of an API integration of a team."
  site    = "https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v1/api-group-integration-events"
  schemas = ["jira"]
  urls    = ["jira://{user?}@{key}/#{teams...?}|*{schedules...?}|@{users...?}|^{escalations...?}|{others...?}"]

  field "key" {
    type     = "secret"
    doc      = "The key of an API integration."
    required = true
    query    = ["apikey"]
  }
  field "user" {
    doc     = "The name that stands at the alert as who made it."
    example = "tocsin"
  }
  field "teams" {
    type    = "list"
    doc     = "The teams who are to respond, by name or id; without any responder the integration's own are told."
    example = ["Storage"]
  }
  field "schedules" {
    type    = "list"
    doc     = "The schedules whose people on call are to respond, by name or id."
    example = ["Nights"]
  }
  field "users" {
    type    = "list"
    doc     = "The users who are to respond, by user name or id."
    example = ["ops@example.org"]
  }
  field "escalations" {
    type    = "list"
    doc     = "The escalations that are to respond, by name or id."
    example = ["Storage escalation"]
  }
  field "others" {
    type    = "list"
    doc     = "Further users who are to respond, as an address has them without a sign."
    example = ["ben@example.org"]
    query   = ["to"]
  }
  field "batch" {
    type    = "bool"
    doc     = "Open one alert for all who are to respond, not one for each."
    default = false
    query   = ["batch"]
  }
  field "action" {
    doc     = "What a message does; map goes by its severity. All but new concern the alert that alias names, so that without an alias they do nothing."
    example = "new"
    default = "map"
    query   = ["action"]
    words = {
      map         = ["m"]
      new         = ["n"]
      close       = ["c"]
      delete      = ["d"]
      acknowledge = ["a", "ack"]
      note        = []
    }
  }
  field "mapping" {
    type    = "map"
    doc     = "The action for info, success, warning and failure, where map is to choose another one."
    example = { info = "new" }
    pairs   = ":"
  }
  field "alias" {
    doc     = "The name that makes messages about one thing one alert."
    example = "nas01"
    query   = ["alias"]
  }
  field "entity" {
    doc     = "What alerts are about."
    example = "nas01"
    query   = ["entity"]
  }
  field "tags" {
    type    = "list"
    doc     = "Tags of alerts."
    example = ["proxmox"]
    query   = ["tags"]
  }
  field "priority" {
    doc     = "The priority of alerts, of which P1 is the highest; auto goes by the severity."
    example = "auto"
    default = "P3"
    query   = ["priority"]
    words = {
      auto = []
      P1   = ["1", "emergency", "e", "critical"]
      P2   = ["2", "high", "h"]
      P3   = ["3", "normal", "n"]
      P4   = ["4", "moderate", "m"]
      P5   = ["5", "low", "l"]
    }
  }
  field "region" {
    doc     = "Where the account is, which makes no difference to where alerts are sent."
    example = "eu"
    query   = ["region"]
    words   = ["us", "eu"]
  }
  field "details" {
    type    = "map"
    doc     = "Further properties of alerts."
    example = { site = "home" }
    pairs   = "+"
  }

  message {
    title_max = 130
    max       = 15000
  }

  level "priority" {
    info    = "P5"
    success = "P5"
    warning = "P3"
    failure = "P1"
  }
  level "action" {
    info    = "note"
    success = "close"
    warning = "new"
    failure = "new"
  }

  request "none" {
    when    = "{{ and (not .channel.alias) (ne `new` (or (get .channel.mapping .tone) (ternary .level.action .channel.action (eq .channel.action `map`)))) }}"
    nothing = "Jira was not called: the channel has no alias by which an alert could be closed or annotated."
  }
  request "batch" {
    when = "{{ and .channel.batch (any .channel.teams .channel.schedules .channel.users .channel.others .channel.escalations) (eq `new` (or (get .channel.mapping .tone) (ternary .level.action .channel.action (eq .channel.action `map`)))) }}"
    url  = "https://api.atlassian.com/jsm/ops/integration/v2/alerts"
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
      tags        = "{{ present (sortAlpha .channel.tags) }}"
      user        = "{{ .channel.user }}"
      responders = [
        {
          "$each" = "{{ sortAlpha (uniq (or .channel.teams (list))) }}"
          type    = "team"
          id      = "{{ only (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
          name    = "{{ only (not (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) .item }}"
        },
        {
          "$each" = "{{ sortAlpha (uniq (or .channel.schedules (list))) }}"
          type    = "schedule"
          id      = "{{ only (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
          name    = "{{ only (not (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) .item }}"
        },
        {
          "$each"  = "{{ sortAlpha (uniq (or .channel.users (list))) }}"
          type     = "user"
          id       = "{{ only (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
          username = "{{ only (not (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) .item }}"
        },
        {
          "$each" = "{{ sortAlpha (uniq (or .channel.escalations (list))) }}"
          type    = "escalation"
          id      = "{{ only (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
          name    = "{{ only (not (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) .item }}"
        },
        {
          "$each"  = "{{ sortAlpha (uniq (or .channel.others (list))) }}"
          type     = "user"
          id       = "{{ only (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
          username = "{{ only (not (regexMatch `(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) .item }}"
        },
      ]
    }
  }
  request "new" {
    when = "{{ eq `new` (or (get .channel.mapping .tone) (ternary .level.action .channel.action (eq .channel.action `map`))) }}"
    each = ["<teams", "<schedules", "<users", "<escalations", "<others"]
    url  = "https://api.atlassian.com/jsm/ops/integration/v2/alerts"
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
      tags        = "{{ present (sortAlpha .channel.tags) }}"
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
    when   = "{{ eq `delete` (or (get .channel.mapping .tone) .channel.action) }}"
    method = "DELETE"
    url    = "https://api.atlassian.com/jsm/ops/integration/v2/alerts/{{ segment .channel.alias }}"
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
    url = "https://api.atlassian.com/jsm/ops/integration/v2/alerts/{{ segment .channel.alias }}/{{ get (dict `note` `notes` `close` `close` `acknowledge` `acknowledge`) (or (get .channel.mapping .tone) (ternary .level.action .channel.action (eq .channel.action `map`))) }}"
    query = {
      identifierType = "alias"
    }
    headers = {
      Authorization = "GenieKey {{ .channel.key }}"
    }
    json = {
      source = "{{ .app.title }}"
      user   = "{{ .channel.user }}"
      note   = "{{ .body }}"
    }
  }

  failure {
    why = ["message", "errors.0.title"]
  }
  refusal "bad_key" {
    status = [401, 403]
    do     = "set key to that of an API integration which is switched on and may create alerts"
  }
  receipt = "requestId"
}
