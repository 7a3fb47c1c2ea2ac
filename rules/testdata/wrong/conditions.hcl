tocsin {
  enabled = true
}

locals {
  farm = "upper"
  key  = secret("bell")
}

channel "note" "names" {
  to   = "x"
  when = "event.sevrity == 'INFO' or event.data.nmae == 'x'" # ERROR: unknown name "event.sevrity" # WARNING: no event declares the data field "nmae"
}

channel "note" "heredoc" {
  to   = "x"
  when = <<-EOT
    event.type == 'goat_escaped' and (
      event.group == 'anmals'    // ERROR: unknown group "anmals"
      or event.data.number > 'x' // ERROR: number is a number, not text
    )
  EOT
}

channel "note" "interpolated" {
  to   = "x"
  when = "event.host == '${local.farm}'" # ERROR: HCL template in a condition
}

channel "note" "wrapped" {
  to   = "x"
  when = "${local.farm}" # ERROR: HCL template in a condition
}

channel "note" "syntax" {
  to   = "x"
  when = "event.severity = 'INFO'" # ERROR: invalid condition
}

channel "note" "secret" {
  to   = "x"
  when = "event.host == local.key" # ERROR: local.key is secret
}

channel "note" "number" {
  to   = "x"
  when = 5 # ERROR: wrong type
}

channel "note" "worked out" {
  to   = "x"
  when = join(" ", ["event.host ==", "event.tmie"]) # ERROR: unknown name "event.tmie"
}

channel "note" "escapes" {
  to   = "x"
  when = "event.host == \"b\u00e4rn\" and event.hots == 'x'" # ERROR: unknown name "event.hots"
}

channel "note" "refused" {
  to   = "x"
  when = "repeat('x', 1000000000) == ''" # ERROR: conditions have no repeat()
}

channel "note" "empty" {
  to   = "x"
  when = "" # ERROR: empty condition
}
