# Who is who. Everything that changes when a customer or a host comes or goes is
# in this file and in customers/.
locals {
  # Hosts are named SITE-NUMBER: zrh-01 to zrh-40, gva-01 to gva-25, bsl-01 to bsl-15.
  sites = {
    zrh = "Zurich"
    gva = "Geneva"
    bsl = "Basel"
  }

  # Hosts that belong to one customer as a whole.
  dedicated = {
    alder = ["zrh-31", "zrh-32", "zrh-33"]
    birch = ["gva-21"]
  }

  # Contracts: with "gold" a customer is told at any hour, without only in
  # service_hours.
  gold = ["alder"]

  service_hours = "mon-fri 07:00-19:00"
  desk_hours    = "mon-fri 08:00-18:00"
}
