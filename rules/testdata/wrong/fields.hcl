tocsin {
  enabled = true
}

locals {
  many = { One = "1", Two = secret("bell") }
}

channel "hook" "plain" {
  url  = "https://hooks.example/farm/yard"
  body = "{{ .title }}"

  headers = {
    X-Farm        = "yard"
    Authorization = "Bearer hunter2-token" # WARNING: secret written into the file
    X-Bell        = secret("bell")
  }
}

channel "hook" "password" {
  url = "https://ana:hunter2-pass@hooks.example/" # WARNING: secret written into the file
}

channel "hook" "token" {
  url     = "https://hooks.example/x/T024BE7LH/hunter2-path" # WARNING: secret written into the file
  headers = local.many
}

channel "hook" "query" {
  url     = "https://hooks.example/?key=hunter2-query" # WARNING: secret written into the file
  headers = { One = "1", One = "2" }                   # ERROR: headers has "One" twice
}

channel "hook" "query_huge" {
  url     = "https://hooks.example/?key=hunter2-query" # WARNING: secret written into the file
  headers = { "${1e999999}!" = "1" } # ERROR: number out of range
}

channel "hook" "typed" {
  url     = secret("bell")
  headers = ["One"]           # ERROR: headers is not a map of texts
  body    = "{{ .title"    # ERROR: unclosed action
}

channel "hook" "held" {
  url     = secret("bell")
  headers = { One = secret("lost") } # WARNING: secret "lost" is missing
}

channel "hook" "gone" {
  url = "http://gone.example" # WARNING: nobody there
}

channel "hook" "asleep" {
  enabled = false
  url     = "http://gone.example"
}

apprise {
  api     = "ftp://127.0.0.1" # ERROR: api is no web address
  command = "/usr/bin/apprise" # ERROR: api and command exclude each other
}
