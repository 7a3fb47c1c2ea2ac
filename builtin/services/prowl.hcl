service "prowl" {
  title   = "Prowl"
  doc     = "Delivers to the iOS devices of a Prowl account; one needs an API key."
  site    = "https://www.prowlapp.com/api.php"
  schemas = ["prowl"]
  urls    = ["prowl://{key}/{provider_key?}"]

  field "key" {
    type     = "secret"
    doc      = "The API key, of 40 characters."
    required = true
    match    = "[0-9A-Za-z]{40}"
  }
  field "provider_key" {
    type  = "secret"
    doc   = "A provider key, for those whose address is allowed more messages."
    match = "[0-9A-Za-z]{40}"
  }
  field "priority" {
    doc     = "How loud messages are; auto goes by their severity."
    example = "auto"
    default = "normal"
    query   = ["priority"]
    words = {
      auto      = []
      low       = ["-2", "l", "very low"]
      moderate  = ["-1", "m"]
      normal    = ["0", "n"]
      high      = ["1", "h"]
      emergency = ["2", "e"]
    }
  }

  message {
    title_max = 1024
    max       = 10000
  }

  level "priority" {
    info    = "moderate"
    success = "moderate"
    warning = "high"
    failure = "emergency"
  }

  request {
    url = "https://api.prowlapp.com/publicapi/add"
    form = {
      apikey      = "{{ .channel.key }}"
      application = "{{ .app.name }}"
      event       = "{{ .title }}"
      description = "{{ .body }}"
      priority    = "{{ get (dict `low` -2 `moderate` -1 `normal` 0 `high` 1 `emergency` 2) (ternary .level.priority .channel.priority (eq .channel.priority `auto`)) }}"
      providerkey = "{{ .channel.provider_key }}"
    }
  }

  failure {
    why = ["prowl.error.#text", "prowl.error"]
  }
  refusal "bad_token" {
    status = [401]
    do     = "set key to an API key of the Prowl account"
  }
  refusal "too_fast" {
    status = [406]
    class  = "temporary"
    do     = "wait: Prowl takes 1000 calls an hour from one address"
  }
  refusal "not_approved" {
    status = [409]
    do     = "approve the request for the key in the Prowl account"
  }
}
