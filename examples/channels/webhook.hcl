# Any HTTP address: a home automation, a chat server of one's own, a script behind
# a web server.
#
# Left as it is, a request is a POST of a JSON document with the whole event: see
# the reference for what is in it. The address stands in secrets/hook_url, as it
# mostly holds a token.

channel "webhook" "hook" {
  url = secret("hook_url")

  # method  = "PUT"
  # headers = { Authorization = secret("hook_authorization") }

  # Lets the receiver see that a request is from here and was not changed or
  # replayed: Standard Webhooks, for which there are libraries in every language.
  secret = secret("hook_signature")

  # What Mattermost, Rocket.Chat and others take. json writes a value with its
  # quotes, whatever is in it.
  # content_type = "application/json"
  body = "{\"text\": {{ json .text }}}"
}
