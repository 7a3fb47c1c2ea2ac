service "streamlabs" {
  title   = "Streamlabs"
  doc     = "Shows messages in a stream by Streamlabs, as alerts or donations; one needs an access token."
  site    = "https://dev.streamlabs.com/reference/alerts"
  schemas = ["strmlabs"]
  urls    = ["strmlabs://{token}"]

  field "token" {
    type     = "secret"
    doc      = "The access token of an app with the scope alerts.create or donations.create."
    required = true
    query    = ["access_token"]
  }
  field "call" {
    doc     = "What messages are: alerts or donations."
    example = "donations"
    default = "alerts"
    query   = ["call"]
    words = {
      alerts    = ["alert"]
      donations = ["donation"]
    }
  }
  field "alert_type" {
    doc     = "Whose look an alert has."
    example = "follow"
    default = "donation"
    query   = ["alert_type"]
    words   = ["follow", "subscription", "donation", "host"]
  }
  field "image" {
    doc     = "The address of a picture for alerts."
    example = "https://pve.example.org/bell.png"
    query   = ["image_href"]
  }
  field "sound" {
    doc     = "The address of a sound for alerts."
    example = "https://pve.example.org/bell.ogg"
    query   = ["sound_href"]
  }
  field "duration" {
    type    = "number"
    doc     = "How many milliseconds an alert is shown."
    example = 8000
    default = 1000
    query   = ["duration"]
  }
  field "color" {
    doc     = "The colour of an alert's special text."
    example = "#A32037"
    query   = ["special_text_color"]
  }
  field "amount" {
    type    = "number"
    doc     = "The amount of donations."
    example = 1
    default = 0
    query   = ["amount"]
  }
  field "currency" {
    doc     = "The currency of donations."
    example = "EUR"
    default = "USD"
    query   = ["currency"]
    match   = "[A-Za-z]{3}"
  }
  field "name" {
    doc     = "The name of the donor, of 2 to 25 characters."
    example = "pve1"
    default = "Anon"
    query   = ["name"]
    match   = ".{2,25}"
  }
  field "identifier" {
    doc     = "What tells the donor from others of the name."
    example = "pve1"
    default = "tocsin"
    query   = ["identifier"]
  }

  message {
    max  = 255
    over = "truncate"
  }

  request "alerts" {
    when = "{{ eq .channel.call `alerts` }}"
    url  = "https://streamlabs.com/api/v1.0/alerts"
    form = {
      access_token       = "{{ .channel.token }}"
      type               = "{{ .channel.alert_type }}"
      image_href         = "{{ or .channel.image `` }}"
      sound_href         = "{{ or .channel.sound `` }}"
      message            = "{{ or .title .body }}"
      user_message       = "{{ ternary .body `` .title }}"
      duration           = "{{ .channel.duration }}"
      special_text_color = "{{ upper (or .channel.color ``) }}"
    }
  }
  request "donations" {
    url = "https://streamlabs.com/api/v1.0/donations"
    form = {
      name         = "{{ .channel.name }}"
      identifier   = "{{ .channel.identifier }}"
      amount       = "{{ .channel.amount }}"
      currency     = "{{ upper .channel.currency }}"
      access_token = "{{ .channel.token }}"
      message      = "{{ trunc 254 (print .title (ternary \"\\r\\n\" `` .title) .body) }}"
    }
  }

  failure {
    why = ["message", "error_description", "error"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "make a new access token with the scope that the call needs"
  }
  receipt = "donation_id"
}
