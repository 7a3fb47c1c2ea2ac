service "ifttt" {
  title   = "IFTTT"
  doc     = "Starts applets of IFTTT that wait for an event of Webhooks, with the key of Webhooks."
  site    = "https://ifttt.com/maker_webhooks"
  schemas = ["ifttt"]
  urls = [
    "ifttt://{key}/{events...}",
    "ifttt://{key}@{events...}",
    "https://maker.ifttt.com/use/{key}/{events...}",
    "https://maker.ifttt.com/trigger/{events}/with/key/{key}",
  ]

  field "key" {
    type     = "secret"
    doc      = "The key that the documentation page of Webhooks shows."
    required = true
    match    = "[-_0-9A-Za-z]+"
  }
  field "events" {
    type     = "list"
    doc      = "The names of the events; an applet gets the title, the text and the kind of a message as value1, value2 and value3."
    example  = ["pve_alert"]
    required = true
    query    = ["to"]
  }
  field "values" {
    type    = "map"
    doc     = "Values to add, or to put in the place of one of the three; their names are sent in lower case."
    example = { value3 = "nas01" }
    pairs   = "+"
  }
  field "without" {
    type    = "map"
    doc     = "Names of values that are left out."
    example = { value3 = "" }
    pairs   = "-"
  }

  message {
    formats = ["text"]
  }

  request {
    url  = "https://maker.ifttt.com/trigger/{{ segment .target }}/with/key/{{ segment .channel.key }}"
    each = ["<events"]
    # Names of values are in lower case, as applets know them.
    type = "application/json"
    text = "{{ $all := dict `value1` .title `value2` .body `value3` .tone }}{{ range $name, $value := .channel.values }}{{ $all = mergeOverwrite $all (dict (lower $name) $value) }}{{ end }}{{ range $name := keys .channel.without }}{{ $all = omit $all (lower $name) }}{{ end }}{{ toRawJson $all }}"
  }

  failure {
    why = ["errors.0.message"]
  }
  refusal "bad_key" {
    status = [401]
    do     = "set key to the one that the documentation page of Webhooks at ifttt.com shows"
  }
}
