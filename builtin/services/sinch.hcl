service "sinch" {
  title   = "Sinch"
  doc     = "Sends text messages by Sinch; one needs a service plan's id, its API token and a number to send from."
  site    = "https://developers.sinch.com/docs/sms/api-reference/"
  schemas = ["sinch"]
  urls    = ["sinch://{service_plan}:{token}@{from}/{to...?}"]

  field "service_plan" {
    doc      = "The id of the service plan."
    example  = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
    required = true
    query    = ["spi"]
  }
  field "token" {
    type     = "secret"
    doc      = "The API token of the service plan."
    required = true
    query    = ["token"]
  }
  field "from" {
    doc      = "The number, or short code, that messages come from."
    form     = "phone"
    example  = "+34600100200"
    required = true
    query    = ["from", "source"]
  }
  field "to" {
    type    = "list"
    doc     = "The numbers to send to; without them, to the sender itself."
    form    = "phone"
    example = ["+34600100300"]
    query   = ["to"]
  }
  field "region" {
    doc     = "Where the service plan is: in the USA or in Europe."
    example = "eu"
    default = "us"
    query   = ["region"]
    words   = ["us", "eu"]
  }

  message {
    merge = "{{ .title }}\r\n{{ .body }}"
    max   = 160
    over  = "truncate"
    plain = true
  }

  request {
    each = ["to"]
    url  = "https://{{ .channel.region }}.sms.api.sinch.com/xms/v1/{{ segment .channel.service_plan }}/batches"
    headers = {
      Authorization = "{{ bearer .channel.token }}"
    }
    json = {
      body = "{{ .text }}"
      from = "{{ if gt (len (digits .channel.from)) 6 }}+{{ end }}{{ digits .channel.from }}"
      to   = ["+{{ digits (or .target .channel.from) }}"]
    }
  }

  failure {
    why = ["text", "code"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "compare service_plan, token and region with the page of the service plan in the Sinch dashboard"
  }
  receipt = "id"
}
