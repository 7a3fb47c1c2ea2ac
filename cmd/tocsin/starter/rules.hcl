# What channels do not decide by themselves. Rules run from top to bottom; ask what
# they do with an event before it happens, and test what they are meant to do:
#
#   tocsin explain --type backup_complete --data vmid=101
#   tocsin test

# The guests to play with bother nobody.
#
# rule "the lab is nobody's business" {
#   when = "event.guest.pool == 'lab'"
#   drop = true
# }

# Told again while it is still open.
#
# rule "nobody reacted" {
#   when  = "event.severity == 'CRITICAL'"
#   after = "30m"
#   every = "4h"
# }

# What is expected while things are updated.
#
# silence "patch sunday" {
#   events = ["services"]
#   hours  = "sun 02:00-05:00"
# }

# What all of it is meant to do, in words that a machine checks.
test "a failed backup is told" {
  send "backup_fail" {
    data = { vmid = 101, storage = "nas" }
  }
  expect "journal" {
    types = ["backup_fail"]
  }
}
