service "nextcloud" {
  title   = "Nextcloud"
  doc     = "Delivers to users of a Nextcloud server as notifications, on behalf of an administrator."
  site    = "https://github.com/nextcloud/notifications/blob/master/docs/admin-notifications.md"
  schemas = ["ncloud", "nclouds"]
  secure  = ["nclouds"]
  urls    = ["ncloud(s)://{user?}:{password?}@{server}:{port?}/{users...}"]

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
    type     = "list"
    doc      = "The ids of the users to notify, each one: a group cannot be named."
    example  = ["alice", "bob"]
    required = true
    query    = ["to"]
    match    = "@?[^#/@][^/]*"
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

  request {
    when = "{{ ge .channel.version 21 }}"
    each = ["users"]
    url  = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ . }}{{ end }}/ocs/v2.php/apps/notifications/api/v2/admin_notifications/{{ segment (regexReplaceAll `^@` .target ``) }}"
    headers = {
      OCS-APIREQUEST = "true"
      Accept         = "application/json"
      Authorization  = "{{ basic .channel.user .channel.password }}"
      "$merge"       = "{{ .channel.headers }}"
    }
    form = {
      shortMessage = "{{ or .title .app.title }}"
      longMessage  = "{{ .body }}"
    }
  }
  request "old" {
    each = ["users"]
    url  = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ . }}{{ end }}/ocs/v2.php/apps/admin_notifications/api/v1/notifications/{{ segment (regexReplaceAll `^@` .target ``) }}"
    headers = {
      OCS-APIREQUEST = "true"
      Accept         = "application/json"
      Authorization  = "{{ basic .channel.user .channel.password }}"
      "$merge"       = "{{ .channel.headers }}"
    }
    form = {
      shortMessage = "{{ or .title .app.title }}"
      longMessage  = "{{ .body }}"
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
  refusal "unknown_user" {
    status = [404]
    do     = "set users to ids that Nextcloud lists, and see that its Notifications app is switched on"
  }
}
