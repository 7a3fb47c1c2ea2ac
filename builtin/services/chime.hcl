service "chime" {
  title   = "Amazon Chime"
  doc     = "Delivered to chat rooms of Amazon Chime by their webhooks."
  site    = "https://docs.aws.amazon.com/chime/latest/ag/webhooks.html"
  schemas = ["chime"]
  closed  = "Amazon ended Chime in February 2026. Take another service for chats, such as slack, mattermost or a webhook of Microsoft Teams."
}
