service "pushbullet" {
  title   = "Pushbullet"
  doc     = "Delivers to the devices of a Pushbullet account, to channels and to other people; one needs an access token."
  site    = "https://docs.pushbullet.com/#create-push"
  schemas = ["pbul"]
  urls    = ["pbul://{token}/{to...?}"]

  field "token" {
    type     = "secret"
    doc      = "The account's access token."
    required = true
    query    = ["accesstoken"]
  }
  field "to" {
    type    = "list"
    doc     = "The IDs of devices, channels as #TAG, and people as e-mail addresses; without one, all devices of the account."
    example = ["#alerts", "ops@example.org"]
    query   = ["to"]
  }

  message {
    formats = ["text"]
  }

  request {
    url = "https://api.pushbullet.com/v2/pushes"
    headers = {
      Authorization = "{{ basic .channel.token `` }}"
    }
    each = ["<to"]
    json = {
      type        = "note"
      title       = "{{ .title }}"
      body        = "{{ .body }}"
      email       = "{{ only (contains `@` (trimPrefix `@` .target)) .target }}"
      channel_tag = "{{ only (hasPrefix `#` .target) (trimPrefix `#` .target) }}"
      device_iden = "{{ only (not (or (hasPrefix `#` .target) (contains `@` (trimPrefix `@` .target)))) .target }}"
    }
  }

  failure {
    why = ["error.message", "error.code"]
  }
  refusal "bad_token" {
    text  = "invalid_access_token|[Aa]ccess token is missing or invalid"
    class = "target"
    do    = "set token to an access token that pushbullet.com/#settings/account has created"
  }
  refusal "target_gone" {
    status = [404]
    class  = "target"
    do     = "check the devices, channels and addresses in to: one of them does not exist"
  }
  refusal "quota" {
    text  = "pushbullet_pro_required|pro_required|ratelimited"
    class = "temporary"
    do    = "the account has sent as much as it may; it is tried again"
  }
  receipt = "iden"
}
