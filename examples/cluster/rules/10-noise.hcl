# What nobody acts on.

# The nodes of the lab are switched on and off all day.
rule "the lab is not production" {
  events = ["vm_ct", "resources", "services"]
  when   = "event.guest.pool == 'lab' or event.host startsWith 'lab-'"
  drop   = true
}

# A CPU at its limit is what it is there for, during the nightly jobs.
rule "the night works hard" {
  events = ["cpu_high", "load_high"]
  when   = "event.severity < 'CRITICAL' and during(event.time, '00:00-05:00')"
  drop   = true
}
