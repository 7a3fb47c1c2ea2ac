# Matrix: rooms of a homeserver, as a user made for it.
#
# Make a user for tocsin, invite it to the room, and put its access token into
# secrets/matrix_access_token. The room must not be encrypted.

channel "matrix" "square" {
  server       = "https://matrix.example.org"
  access_token = secret("matrix_access_token")
  rooms        = ["#alerts:example.org"]

  # user     = "tocsin"                  # with a password in place of a token
  # password = secret("matrix_password")
  # notice   = true                      # without a sound on phones
}
