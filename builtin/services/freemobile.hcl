service "freemobile" {
  title   = "Free Mobile"
  doc     = "Delivers to one's own telephone as text messages, by the notification service of Free Mobile."
  site    = "https://mobile.free.fr/account/mes-options/notifications-sms"
  schemas = ["freemobile"]
  urls = [
    "freemobile://{user}@{password}",
    "https://smsapi.free-mobile.fr/sendmsg?user={user}&pass={password}",
  ]

  field "user" {
    doc      = "The number of the account, with which one signs in at Free Mobile."
    example  = "12345678"
    required = true
  }
  field "password" {
    type     = "secret"
    doc      = "The key that Free Mobile shows where the service is switched on."
    required = true
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
    plain = true
  }

  request {
    url = "https://smsapi.free-mobile.fr/sendmsg"
    json = {
      user = "{{ .channel.user }}"
      pass = "{{ .channel.password }}"
      msg  = "{{ .text }}"
    }
  }

  refusal "rate_limited" {
    status = [402]
    class  = "temporary"
    do     = "send fewer messages: Free Mobile takes only so many in a short time"
  }
  refusal "bad_password" {
    status = [400, 403]
    do     = "switch the service on in the account, and set user and password to what it shows there"
  }
}
