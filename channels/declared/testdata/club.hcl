tocsin {
  enabled = true
}

service "club" {
  title   = "Club"
  doc     = "Calls people and whole groups."
  site    = "https://club.example/"
  schemas = ["club"]

  field "server" {
    doc  = "The server's address."
    form = "server"
  }
  field "people" {
    type = "list"
    doc  = "The people to call."
  }
  field "groups" {
    type = "list"
    doc  = "The groups to call."
  }

  step "members" {
    save = { names = "names" }
    keep = "1h"
    request {
      when   = "{{ .channel.groups }}"
      each   = ["groups"]
      method = "GET"
      url    = "{{ .channel.server }}/groups/{{ segment .target }}"
    }
  }
  request {
    each = ["people", "step.members.names"]
    url  = "{{ .channel.server }}/call/{{ segment .target }}"
    text = "{{ .text }}"
  }

  refusal "unknown_group" {
    text = "no such group"
    do   = "set groups to those of the club"
  }
}
