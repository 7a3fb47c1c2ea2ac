tocsin {
  enabled = true
}

channel "bell" "phone" {
	tokne = "hunter2"   # tabs stay tabs
	when  = "event.group == '🐐' and event.type == 'goat_escpaed'"
}

channel "note" "phone" {
  to = "山羊" 
  copies = ["山羊", five]
}

event "goat_born" {
  group  = "animals"
  fields = { name = "string", nmae = "list", weight = "string" }
  title  = "{{ .data.name }} was born"
  body   = <<-EOT
    A very long line about ünïcödé so that the snippet has to be cut somewhere before it ends, as nobody reads as far as this: {{ .data.wieght }} kg
  EOT
}

cooldown {
  info = "1m"
}

locals {
  night = local.nigth
}

rule "escapes" {
  when     = "event.host == \"b\u00e4rn\" and event.sevrity == 'INFO'"
  channels = ["phne"]
}

rule "a heredoc" {
  when   = <<-EOT
    event.host == 'barn'
      and event.type == 'goat_escpaed'
  EOT
  events = ["goat_escpaed"]
  drop   = true
}

silence "a window" {
  hours = ["sun 02:00-05:00", "mno 02:00-05:00"]
}
