# Names that more than one file uses. local.NAME in HCL and in conditions,
# .local.NAME in templates.
locals {
  nodes = [for n in range(1, 6) : "node${n}"]

  # The hours in which the team sits together.
  office = "mon-fri 08:30-17:30"

  # Where the runbooks are; the page of an event has the name of its type.
  runbooks = "https://wiki.cluster.example/runbooks"
}
