# cedar: a cluster of their own with a Gotify of their own. They sleep at night,
# also when a guest of theirs fails; what is CRITICAL is the NOC's then.
channel "gotify" "cedar" {
  when  = "event.data.customer == 'cedar' and event.data.tell == 'now' and event.severity >= 'WARNING'"
  url   = "https://push.cedar.example"
  token = secret("customers/cedar_token")
}
