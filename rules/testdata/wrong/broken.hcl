tocsin {
  enabled = true
}

# What other files or the broken part may define is no news here.
channel "note" "good" {
  to   = "x"
  when = "event.type == 'defined_below'"
}

event "kid_born" {
  group = = "animals" # ERROR: invalid expression
}

event "defined_below" {
  group    = "animals"
  severity = "wrong" # ERROR: unknown severity "wrong"
}

channel "note" "more" {
  to = "x" "y" # ERROR: missing newline after argument
}

event "kid_weighed" {
  body = "100%{{ .data.weight }}" # ERROR: %{ begins a template of HCL
}

event "kid_named" {
  body = "${{ .data.name }}" # ERROR: ${ begins a template of HCL
}

event "kid_counted" {
  body = "\d" # ERROR: invalid escape sequence
}

dedup {
  window = "1s"
  window = "2s" # ERROR: argument set twice
}
