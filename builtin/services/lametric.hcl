service "lametric" {
  title   = "LaMetric"
  doc     = "Shows messages on a LaMetric Time clock; one needs the clock's API key, or an indicator app of LaMetric's cloud and its access token."
  site    = "https://lametric-documentation.readthedocs.io/en/latest/reference-docs/device-notifications.html"
  schemas = ["lametric", "lametrics"]
  secure  = ["lametrics"]
  urls = [
    "lametric(s)://{apikey}@{server}:{port?}",
    "lametric(s)://{user}:{apikey}@{server}:{port?}",
    "lametric(s)://{app_token:[0-9A-Za-z+/]{80,}={0,2}}@{app_id}/{app_ver?}",
    "lametric(s)://{app_token}@{app_id}/{app_ver?}?mode=cloud",
    "https://developer.lametric.com/api/v1/dev/widget/update/{app_id}/{app_ver?}?token={app_token}",
  ]

  field "server" {
    doc     = "The clock's address; without a port, 8080 is meant for http and 4343 for https."
    form    = "server"
    example = "http://clock.example.org:8080"
  }
  field "apikey" {
    type  = "secret"
    doc   = "The clock's API key, which developer.lametric.com shows."
    query = ["apikey"]
  }
  field "user" {
    doc     = "The user's name, where it is not the usual one."
    example = "dev"
    default = "dev"
  }
  field "app_id" {
    doc     = "The ID of an indicator app, in place of a clock."
    example = "com.lametric.0f1e2d3c4b5a"
    query   = ["app_id", "app"]
    match   = "(?:com\\.lametric\\.)?[-.0-9A-Za-z]{1,64}"
  }
  field "app_ver" {
    doc     = "The version of the indicator app."
    example = "2"
    default = "1"
    query   = ["app_ver"]
    match   = "[1-9][0-9]*"
  }
  field "app_token" {
    type  = "secret"
    doc   = "The access token of the indicator app."
    query = ["app_token", "token"]
  }
  field "mode" {
    doc     = "Whether messages go to a clock (device) or to an indicator app (cloud); without it, an app is used where there is one."
    example = "cloud"
    query   = ["mode"]
    words   = ["device", "cloud"]
  }
  field "priority" {
    doc     = "How urgent messages are on a clock; with auto, it follows the severity."
    example = "auto"
    default = "info"
    query   = ["priority"]
    words   = ["auto", "info", "warning", "critical"]
  }
  field "icon" {
    doc     = "The number of an icon behind i or a, in place of that for the severity."
    example = "i9183"
    query   = ["icon"]
    match   = "#?\\S+"
  }
  field "icon_type" {
    doc     = "The mark that a clock shows before messages."
    example = "alert"
    default = "none"
    query   = ["icon_type"]
    words   = ["info", "alert", "none"]
  }
  field "sound" {
    doc     = "The sound that a clock plays."
    example = "alarm3"
    query   = ["sound"]
    words = {
      alarm1        = ["alarm01", "a1", "a01"]
      alarm2        = ["alarm02", "a2", "a02"]
      alarm3        = ["alarm03", "a3", "a03"]
      alarm4        = ["alarm04", "a4", "a04"]
      alarm5        = ["alarm05", "a5", "a05"]
      alarm6        = ["alarm06", "a6", "a06"]
      alarm7        = ["alarm07", "a7", "a07"]
      alarm8        = ["alarm08", "a8", "a08"]
      alarm9        = ["alarm09", "a9", "a09"]
      alarm10       = ["a10"]
      alarm11       = ["a11"]
      alarm12       = ["a12"]
      alarm13       = ["a13"]
      bicycle       = ["bike"]
      car           = []
      cash          = []
      cat           = []
      dog           = ["dog1", "dog01"]
      dog2          = ["dog02"]
      energy        = []
      knock-knock   = ["knock"]
      letter_email  = ["letter", "email"]
      lose1         = ["lose01", "lose"]
      lose2         = ["lose02"]
      negative1     = ["negative01", "neg01", "neg1", "n1", "-"]
      negative2     = ["negative02", "neg02", "neg2", "n2", "--"]
      negative3     = ["negative03", "neg03", "neg3", "n3", "---"]
      negative4     = ["negative04", "neg04", "neg4", "n4", "----"]
      negative5     = ["negative05", "neg05", "neg5", "n5", "-----"]
      notification  = ["notification1", "notification01", "not01", "not1"]
      notification2 = ["notification02", "not02", "not2"]
      notification3 = ["notification03", "not03", "not3"]
      notification4 = ["notification04", "not04", "not4"]
      open_door     = ["open", "door"]
      positive1     = ["positive01", "pos01", "p1", "+"]
      positive2     = ["positive02", "pos02", "p2", "++"]
      positive3     = ["positive03", "pos03", "p3", "+++"]
      positive4     = ["positive04", "pos04", "p4", "++++"]
      positive5     = ["positive05", "pos05", "p5", "+++++"]
      positive6     = ["positive06", "pos06", "p6", "++++++"]
      statistic     = ["stat"]
      thunder       = []
      water1        = ["water01"]
      water2        = ["water02"]
      win           = ["win1", "win01"]
      win2          = ["win02"]
      wind          = []
      wind_short    = []
    }
  }
  field "cycles" {
    type    = "number"
    doc     = "How often a clock shows messages; 0 means until someone dismisses them."
    default = 1
    query   = ["cycles"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
  }

  level "priority" {
    info    = "info"
    success = "info"
    warning = "warning"
    failure = "critical"
  }
  level "icon" {
    info    = "i620"
    success = "i9182"
    warning = "i9183"
    failure = "i9184"
  }

  request "cloud" {
    when = "{{ and .channel.app_id (ne .channel.mode `device`) }}"
    url  = "https://developer.lametric.com/api/v1/dev/widget/update/com.lametric.{{ segment (trimPrefix `com.lametric.` .channel.app_id) }}/{{ .channel.app_ver }}"
    headers = {
      X-Access-Token = "{{ .channel.app_token }}"
      Cache-Control  = "no-cache"
    }
    json = {
      frames = [{
        icon  = "{{ or (regexReplaceAll `^[#\\s]+` (ternary .channel.icon (lower .channel.icon) (hasPrefix `data:` .channel.icon)) ``) .level.icon }}"
        text  = "{{ .text }}"
        index = 0
      }]
    }
  }
  request "device" {
    when = "{{ and .channel.server (ne .channel.mode `cloud`) }}"
    url  = "{{ regexReplaceAll `^(https://([[][^/]*[]]|[^/:]*))$` (regexReplaceAll `^(http://([[][^/]*[]]|[^/:]*))$` .channel.server `$1:8080`) `$1:4343` }}/api/v2/device/notifications"
    headers = {
      Authorization = "{{ basic .channel.user .channel.apikey }}"
      Cache-Control = "no-cache"
    }
    json = {
      priority  = "{{ ternary .level.priority .channel.priority (eq .channel.priority `auto`) }}"
      icon_type = "{{ .channel.icon_type }}"
      lifetime  = 120000
      model = {
        cycles = "{{ .channel.cycles }}"
        frames = [{
          icon = "{{ or (regexReplaceAll `^[#\\s]+` (ternary .channel.icon (lower .channel.icon) (hasPrefix `data:` .channel.icon)) ``) .level.icon }}"
          text = "{{ .text }}"
        }]
        sound = {
          "$if"    = "{{ .channel.sound }}"
          category = "{{ ternary `alarms` `notifications` (hasPrefix `alarm` .channel.sound) }}"
          id       = "{{ .channel.sound }}"
          repeat   = 1
        }
      }
    }
  }

  failure {
    why = ["errors.0.message", "message"]
  }
  refusal "bad_token" {
    status = [401, 403]
    class  = "target"
    do     = "set apikey to that of the clock, or app_token to that of the app, which developer.lametric.com shows"
  }
  receipt = "success.id"
}
