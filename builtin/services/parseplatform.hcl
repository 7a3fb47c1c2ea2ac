service "parseplatform" {
  title   = "Parse Platform"
  doc     = "Delivers to the devices of an app on a Parse server, with the app's id and its master key."
  site    = "https://docs.parseplatform.org/rest/guide/#push-notifications"
  schemas = ["parsep", "parseps"]
  secure  = ["parseps"]
  urls    = ["parsep(s)://{app?}:{master_key?}@{server}:{port?}/{path+?}"]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "https://parse.example.org"
    required = true
  }
  field "path" {
    doc     = "The path below which /parse is, where it is not the root of the server."
    example = "app"
  }
  field "app" {
    doc      = "The id of the app."
    example  = "tocsin"
    required = true
    query    = ["app_id"]
  }
  field "master_key" {
    type     = "secret"
    doc      = "The master key of the app."
    required = true
    query    = ["master_key"]
  }
  field "device" {
    doc     = "The kind of devices to notify."
    example = "android"
    default = "all"
    query   = ["device"]
    words   = ["all", "ios", "android"]
  }

  request {
    url = "{{ .channel.server }}{{ with trimAll `/` .channel.path }}/{{ segments . }}{{ end }}/parse/push/"
    headers = {
      X-Parse-Application-Id = "{{ .channel.app }}"
      X-Parse-Master-Key     = "{{ .channel.master_key }}"
    }
    json = {
      where = {
        deviceType = {
          "$in" = "{{ ternary (list `ios` `android`) (list .channel.device) (eq .channel.device `all`) }}"
        }
      }
      data = {
        title = "{{ .title }}"
        alert = "{{ .body }}"
      }
    }
  }

  failure {
    why = ["error"]
  }
  refusal "bad_key" {
    status = [401, 403]
    do     = "set app and master_key to those of the server's app, and let the server admit this host to use it (masterKeyIps)"
  }
}
