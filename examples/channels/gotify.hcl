# Gotify: a push message by a server of your own.
#
# On the server's page, make an application under Apps and copy its token (it
# begins with A) into secrets/gotify_token.

channel "gotify" "push" {
  url   = "https://gotify.example.org" # with the path, if it is served below one
  token = secret("gotify_token")

  # rich = false # plain text instead of Markdown
}
