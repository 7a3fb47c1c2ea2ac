service "guilded" {
  title   = "Guilded"
  doc     = "Said it in channels of Guilded servers, by their webhooks."
  site    = "https://www.guilded.gg/"
  schemas = ["guilded"]
  closed  = "Guilded shut down on 19 December 2025; use a channel \"discord\" or that of another chat."
}
