# Switches. A key is an event type, a group or a severity; the most specific one
# wins. `tocsin events` lists them all.
toggles {
  vm_shutdown    = true  # clean shutdowns are off in the catalogue
  hardware       = false # no news about GPUs,
  ups_on_battery = true  # but these two of the group
  ups_on_line    = true
}

# How long the same event stays silent once it was told. One more severe than
# that breaks through.
cooldown {
  temp_high      = "1h"
  disk_space_low = "12h"
}

# An event of one's own. The scripts of the UPS raise it:
#
#   tocsin send ups_on_battery charge=93 runtime=22m
#   tocsin send ups_on_line
event "ups_on_battery" {
  group       = "hardware"
  severity    = "WARNING"
  icon        = "🔋"
  summary     = "The UPS runs on its battery."
  fields      = { charge = "number", runtime = "duration" }
  fingerprint = ["host"]
  title       = "Running on battery{{ with .data.charge }}: {{ . }} % left{{ end }}"
  body        = "{{ with .data.runtime }}It lasts for {{ . }} more.{{ end }}"
}

event "ups_on_line" {
  group       = "hardware"
  outcome     = "success"
  resolves    = ["ups_on_battery"] # ends it: its cooldown, its reminders
  icon        = "🔌"
  summary     = "The UPS has power again."
  fingerprint = ["host"]
  title       = "The power is back"
}
