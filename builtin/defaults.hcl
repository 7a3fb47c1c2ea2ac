# What holds as long as no file of yours says otherwise. A block of the same
# kind in your configuration overlays it, key by key.

# The same event again within this time is a duplicate, not news.
dedup {
  window = "10s"
}

# How long the same event stays silent once it was told. The most specific key
# wins: an event type, then a group, then a severity. A higher severity than
# the one told last always breaks through.
cooldown {
  critical  = "1m"
  warning   = "5m"
  info      = "15m"
  resources = "15m"
  updates   = "24h"
}
