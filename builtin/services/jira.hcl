service "jira" {
  title   = "Jira Service Management"
  doc     = "Delivers to the on-call side of Jira Service Management as alerts, with the key of an API integration of a team."
  site    = "https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v1/api-group-integration-events"
  schemas = ["jira"]
  urls    = ["jira://{user?}@{key}/#{teams...?}|*{schedules...?}|^{escalations...?}|{users...?}"]

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
  field "users" {
    type    = "list"
    doc     = "The users who are to respond, by user name or id; without any responder the integration's own are told."
    example = ["ops@example.org"]
    query   = ["to"]
  }
  field "teams" {
    type    = "list"
    doc     = "The teams who are to respond, by name or id."
    example = ["Storage"]
  }
  field "schedules" {
    type    = "list"
    doc     = "The schedules whose people on call are to respond, by name or id."
    example = ["Nights"]
  }
  field "escalations" {
    type    = "list"
    doc     = "The escalations that are to respond, by name or id."
    example = ["Storage escalation"]
  }
  field "action" {
    doc     = "What a message does; map goes by its severity. All but new concern the alert that alias names, and without an alias every message is a new one."
    example = "new"
    default = "map"
    query   = ["action"]
    words   = ["map", "new", "close", "acknowledge", "note", "delete"]
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

  request "close" {
    when = "{{ and .channel.alias (eq (ternary (or (get .channel.mapping .tone) .level.action) .channel.action (eq .channel.action `map`)) `close`) }}"
    url  = "https://api.atlassian.com/jsm/ops/integration/v2/alerts/{{ segment .channel.alias }}/close"
    query = {
      identifierType = "alias"
    }
    headers = {
      Authorization = "GenieKey {{ .channel.key }}"
    }
    json = {
      source = "{{ .app.title }}"
      note   = "{{ .body }}"
      user   = "{{ .channel.user }}"
    }
  }
  request "note" {
    when = "{{ and .channel.alias (eq (ternary (or (get .channel.mapping .tone) .level.action) .channel.action (eq .channel.action `map`)) `note`) }}"
    url  = "https://api.atlassian.com/jsm/ops/integration/v2/alerts/{{ segment .channel.alias }}/notes"
    query = {
      identifierType = "alias"
    }
    headers = {
      Authorization = "GenieKey {{ .channel.key }}"
    }
    json = {
      source = "{{ .app.title }}"
      note   = "{{ .body }}"
      user   = "{{ .channel.user }}"
    }
  }
  request "acknowledge" {
    when = "{{ and .channel.alias (eq (ternary (or (get .channel.mapping .tone) .level.action) .channel.action (eq .channel.action `map`)) `acknowledge`) }}"
    url  = "https://api.atlassian.com/jsm/ops/integration/v2/alerts/{{ segment .channel.alias }}/acknowledge"
    query = {
      identifierType = "alias"
    }
    headers = {
      Authorization = "GenieKey {{ .channel.key }}"
    }
    json = {
      source = "{{ .app.title }}"
      note   = "{{ .body }}"
      user   = "{{ .channel.user }}"
    }
  }
  request "delete" {
    when   = "{{ and .channel.alias (eq (ternary (or (get .channel.mapping .tone) .level.action) .channel.action (eq .channel.action `map`)) `delete`) }}"
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
  request "new" {
    url = "https://api.atlassian.com/jsm/ops/integration/v2/alerts"
    headers = {
      Authorization = "GenieKey {{ .channel.key }}"
    }
    json = {
      source      = "{{ .app.title }}"
      message     = "{{ or .title (trunc 130 .body) }}"
      description = "{{ .body }}"
      priority    = "{{ if eq .channel.priority `auto` }}{{ .level.priority }}{{ else }}{{ .channel.priority }}{{ end }}"
      alias       = "{{ .channel.alias }}"
      entity      = "{{ .channel.entity }}"
      tags        = "{{ .channel.tags }}"
      user        = "{{ .channel.user }}"
      details = {
        type     = "{{ .tone }}"
        "$merge" = "{{ .channel.details }}"
      }
      "$merge" = {
        "$if" = "{{ or .channel.users .channel.teams .channel.schedules .channel.escalations }}"
        responders = [
          {
            "$each"  = "{{ .channel.users }}"
            type     = "user"
            id       = "{{ only (regexMatch `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
            username = "{{ only (not (regexMatch `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) (regexReplaceAll `^@` .item ``) }}"
          },
          {
            "$each" = "{{ .channel.teams }}"
            type    = "team"
            id      = "{{ only (regexMatch `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
            name    = "{{ only (not (regexMatch `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) .item }}"
          },
          {
            "$each" = "{{ .channel.schedules }}"
            type    = "schedule"
            id      = "{{ only (regexMatch `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
            name    = "{{ only (not (regexMatch `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) .item }}"
          },
          {
            "$each" = "{{ .channel.escalations }}"
            type    = "escalation"
            id      = "{{ only (regexMatch `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item) .item }}"
            name    = "{{ only (not (regexMatch `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$` .item)) .item }}"
          },
        ]
      }
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
