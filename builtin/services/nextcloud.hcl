service "nextcloud" {
  title   = "Nextcloud"
  doc     = "Delivers to users of a Nextcloud server as notifications, on behalf of an administrator."
  site    = "https://github.com/nextcloud/notifications/blob/master/docs/admin-notifications.md"
  schemas = ["ncloud", "nclouds"]
  secure  = ["nclouds"]
  urls    = ["ncloud(s)://{user?}:{password?}@{server}:{port?}/#{groups...?}|{users...?}"]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "https://cloud.example.org"
    required = true
  }
  field "user" {
    doc     = "The name of an administrator."
    example = "admin"
  }
  field "password" {
    type = "secret"
    doc  = "The administrator's password, or better an app password."
  }
  field "users" {
    type    = "list"
    doc     = "The ids of the users to notify."
    example = ["alice", "bob"]
    query   = ["to"]
    match   = "@?[^#/@][^/]*"
  }
  field "groups" {
    type    = "list"
    doc     = "The ids of groups, all of whose members are notified; all stands for every user of the server."
    example = ["admins"]
    match   = "#?[^#/@][^/]*"
  }
  field "version" {
    type    = "number"
    doc     = "The major version of the server; those up to 20 are called in another way."
    example = 30
    default = 21
    query   = ["version"]
  }
  field "path" {
    doc     = "The path below which Nextcloud is, where it has no host for itself."
    example = "/nextcloud"
    query   = ["url_prefix"]
  }
  field "headers" {
    type    = "map"
    doc     = "Further headers of the requests."
    example = { X-Team = "ops" }
    pairs   = "+"
  }

  message {
    title_max = 255
    max       = 4000
  }

  step "members" {
    save = { users = "ocs.data.users" }
    keep = "1h"
    request {
      when   = "{{ .channel.groups }}"
      each   = ["groups"]
      method = "GET"
      url    = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ . }}{{ end }}/ocs/v1.php/cloud/{{ if eq (trimPrefix `#` .target) `all` }}users{{ else }}groups/{{ segment (trimPrefix `#` .target) }}{{ end }}"
      query  = { format = "json" }
      headers = {
        OCS-APIREQUEST = "true"
        Authorization  = "{{ basic .channel.user .channel.password }}"
        "$merge"       = "{{ .channel.headers }}"
      }
    }
  }
  request {
    when = "{{ and (or .channel.users .channel.groups) (ge .channel.version 21) }}"
    each = ["<users", "step.members.users"]
    url  = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ . }}{{ end }}/ocs/v2.php/apps/notifications/api/v2/admin_notifications/{{ segment (regexReplaceAll `^@` .target ``) }}"
    headers = {
      OCS-APIREQUEST = "true"
      Accept         = "application/json"
      Authorization  = "{{ basic .channel.user .channel.password }}"
      "$merge"       = "{{ .channel.headers }}"
    }
    form = {
      shortMessage = "{{ or .title .app.title }}"
      longMessage  = "{{ present .body }}"
    }
  }
  request "old" {
    when = "{{ or .channel.users .channel.groups }}"
    each = ["<users", "step.members.users"]
    url  = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ . }}{{ end }}/ocs/v2.php/apps/admin_notifications/api/v1/notifications/{{ segment (regexReplaceAll `^@` .target ``) }}"
    headers = {
      OCS-APIREQUEST = "true"
      Accept         = "application/json"
      Authorization  = "{{ basic .channel.user .channel.password }}"
      "$merge"       = "{{ .channel.headers }}"
    }
    form = {
      shortMessage = "{{ or .title .app.title }}"
      longMessage  = "{{ present .body }}"
    }
  }

  failure {
    why = ["ocs.meta.message"]
  }
  refusal "bad_password" {
    status = [401]
    do     = "set user and password to those of an administrator; with two factors it has to be an app password"
  }
  refusal "not_admin" {
    status = [403]
    do     = "set user to an administrator: no one else may notify other users"
  }
  refusal "unknown_group" {
    status = [200]
    text   = "\"statuscode\":\\s*(404|998)\\b"
    do     = "set groups to ids that Nextcloud lists"
  }
  refusal "unknown_user" {
    status = [404]
    do     = "set users to ids that Nextcloud lists, and see that its Notifications app is switched on"
  }
}
