# tocsin: who hears what, and when.
#
# Every *.hcl file in this folder is read, in any order. A saved edit is in use
# within a second; one with a mistake changes nothing. Look before you save:
#
#   tocsin check

tocsin {
  enabled      = true # false: nothing is dispatched
  display_name = << printf "%q" .DisplayName >>
  timezone     = << printf "%q" .Timezone >>
}

api {
  listen = << printf "%q" .Listen >> # the webhook for Proxmox VE and the API
}

history {
  keep = "90d"
}

# Switches for all channels. A key is an event type, a group or a severity; the
# most specific one wins. tocsin events lists them all.
toggles {
  # vm_stop = true                     # off in the catalogue, turned on here
  # updates = false                    # a whole group
}
