# Whose it is. A rule adds the name of the customer to the data of the event; the
# channels choose by it in their `when`, so that this file and the customers'
# need not know each other's details.
#
# A guest belongs to whom its pool in Proxmox VE is named after, or the tag
# customer-NAME; a host to whom locals.hcl says.

rule "alder" {
  when = <<-EOT
    event.guest.pool == 'alder'
      or any(event.guest.tags, # == 'customer-alder')
      or event.host in local.dedicated.alder
  EOT
  data = { customer = "alder" }
}

rule "birch" {
  when = <<-EOT
    event.guest.pool == 'birch'
      or any(event.guest.tags, # == 'customer-birch')
      or event.host in local.dedicated.birch
  EOT
  data = { customer = "birch" }
}

# A whole cluster of their own.
rule "cedar" {
  when = "event.cluster == 'cedar'"
  data = { customer = "cedar" }
}

# For the channels: whether the customer is to be told at this hour.
rule "gold at any hour" {
  when = "event.data.customer in local.gold"
  data = { tell = "now" }
}

rule "others in service hours" {
  when = "event.data.customer != nil and event.data.customer not in local.gold and during(event.time, local.service_hours)"
  data = { tell = "now" }
}
