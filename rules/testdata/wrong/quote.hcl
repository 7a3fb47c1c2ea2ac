tocsin {
  enabled = true
}

channel "note" "open" {
  to = "x # ERROR: quote left open
}

event "kid_born" {
  group = "nothing behind the quote counts"
}
