service "smsc" {
  title   = "SMSC"
  doc     = "Sends text messages through smsc.ru, with the login and password of an account."
  site    = "https://smsc.ru/api/http/"
  schemas = ["smsc"]
  urls    = ["smsc://{login}:{password}@{phones...}"]

  field "login" {
    doc      = "The login of the account."
    example  = "ops"
    required = true
  }
  field "password" {
    type     = "secret"
    doc      = "The password of the account, or one for the API."
    required = true
  }
  field "phones" {
    type     = "list"
    doc      = "The numbers to send to."
    form     = "phone"
    example  = ["+71234567890"]
    required = true
    query    = ["to"]
  }
  field "sender" {
    doc     = "The name or number that messages come from, as it is registered there."
    example = "Ops"
    query   = ["sender", "from"]
  }
  field "translit" {
    type    = "bool"
    doc     = "Write Cyrillic letters in Latin ones, which makes messages cheaper."
    example = true
    default = false
    query   = ["translit"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 160
    over    = "truncate"
    plain   = true
  }

  request {
    url   = "https://smsc.ru/sys/send.php"
    each  = ["phones"]
    batch = 100
    form = {
      login    = "{{ .channel.login }}"
      psw      = "{{ .channel.password }}"
      phones   = "{{ replace `+` `` (join `,` .targets) }}"
      fmt      = 3
      charset  = "{{ only (regexMatch `[^\u0000-\u007f]` .text) `utf-8` }}"
      sender   = "{{ .channel.sender }}"
      translit = "{{ only .channel.translit 1 }}"
      mes      = "{{ .text }}"
    }
  }

  success {
    none = ["error_code", "error"]
  }
  failure {
    why = ["error"]
  }
  refusal "bad_password" {
    text = "\"error_code\":\\s*2\\b"
    do   = "set login and password to those of the account at smsc.ru"
  }
  refusal "no_credits" {
    text = "\"error_code\":\\s*3\\b"
    do   = "pay money into the account at smsc.ru"
  }
  refusal "blocked" {
    text = "\"error_code\":\\s*4\\b"
    do   = "look into the account at smsc.ru: it has blocked this host's address for too many errors"
  }
  refusal "bad_number" {
    text = "\"error_code\":\\s*(7|8)\\b"
    do   = "set phones to numbers that smsc.ru delivers to"
  }
  refusal "rate_limited" {
    text  = "\"error_code\":\\s*9\\b"
    class = "temporary"
    do    = "nothing: it is tried again"
  }
  receipt = "id"
}
