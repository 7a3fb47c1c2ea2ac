tocsin {
  enabled = true
}

channel "note" "phone" {
  to   = "x"
  when = "true"
}

source "health" "nothing" { # ERROR: missing arguments "category", "value", "warning"
}

source "health" "words" {
  category = "storge" # ERROR: unknown category "storge"
  each     = "host.mount" # ERROR: unknown list "host.mount"
  every    = "1s" # ERROR: every out of range
  sustain  = "30d" # ERROR: sustain out of range
  value    = "host.cpu.used_percent"
  warning  = "value >= 85"
  emit     = "door_opn" # ERROR: unknown event "door_opn"
  resolved = "door_closd" # ERROR: unknown event "door_closd"
  severity = { warnin = "INFO", critical = "ALARM" } # ERROR: unknown level "warnin" # ERROR: unknown severity "ALARM"
  exclude  = ["/mnt/[a"] # ERROR: invalid glob "/mnt/[a"
  colour   = "red" # ERROR: unknown argument "colour"
}

source "health" "no_list" {
  category = "cpu"
  each     = "host.cpu" # ERROR: host.cpu is no list
  value    = "host.cpu.used_percent"
  warning  = "value >= 85"
}

source "health" "nothing_to_leave_out" {
  category = "cpu"
  exclude  = ["x"] # ERROR: nothing to leave out
  value    = "host.cpu.used_percent"
  warning  = "value >= 85"
}

source "health" "names" {
  category = "storage"
  each     = "host.mounts"
  when     = "host.uptime.duraton > duration('5m')" # ERROR: unknown name "host.uptime.duraton"
  value    = "item.used_percent"
  warning  = "item.usd_percent >= 85" # ERROR: unknown name "item.usd_percent"
  critical = "host.cpo.used_percent > 1" # ERROR: unknown name "host.cpo"
  clear    = "event.type == 'x'" # ERROR: unknown name "event"
  emit     = "door_open"
  data = {
    door  = "{{ .item.mount }}{{ .item.mont }}{{ .host.cpu.cors }}{{ .host.cpx }}{{ .data.x }}{{ .value }}{{ .level }}" # ERROR: unknown name ".item.mont" # ERROR: unknown name ".host.cpu.cors" # ERROR: unknown name ".host.cpx" # ERROR: unknown name ".data.x"
    doors = "x" # ERROR: unknown field "doors"
  }
}

source "health" "types" {
  category = "storage"
  each     = "host.mounts"
  value    = "item.used_percent"
  warning  = "value == 'full'" # ERROR: value is a number, not text
  critical = "value" # ERROR: wrong type
}

source "health" "no_value" {
  category = "storage"
  each     = "host.mounts"
  value    = "[item.used_percent]" # ERROR: no single value
  warning  = "value == 'full'"
}

source "health" "no_item" {
  category = "memory"
  value    = "item.used_percent" # ERROR: unknown name "item"
  warning  = "value >= 85"
}

source "health" "whole" {
  category = "memory"
  value    = "host.memory" # ERROR: host.memory is no value by itself
  warning  = "value >= 85"
}

source "health" "order" {
  category = "memory"
  value    = "host.memory.used_percent"
  warning  = "value >= 95"
  critical = "value >= 85" # WARNING: critical before it is a warning
}

source "health" "template" {
  category = "memory"
  value    = "host.memory.used_percent"
  warning  = "value >= ${local.x}" # ERROR: HCL template in a condition
}
