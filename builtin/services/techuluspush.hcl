service "techuluspush" {
  title   = "Techulus Push"
  doc     = "Delivers to the devices of a Techulus Push account, with an API key."
  site    = "https://docs.push.techulus.com/api-documentation"
  schemas = ["push"]
  urls    = ["push://{api_key}"]

  field "api_key" {
    type     = "secret"
    doc      = "An API key of the account."
    required = true
    match    = "[-_0-9A-Za-z]+"
  }

  message {
    formats = ["text"]
    max     = 1000
  }

  request {
    url     = "https://push.techulus.com/api/v1/notify"
    headers = { x-api-key = "{{ .channel.api_key }}" }
    json = {
      title = "{{ .title }}"
      body  = "{{ .body }}"
    }
  }

  success {
    none = ["error"]
  }
  failure {
    why = ["message", "error"]
  }
  refusal "bad_token" {
    status = [401, 403]
    do     = "set api_key to an API key of the account, from push.techulus.com"
  }
}
