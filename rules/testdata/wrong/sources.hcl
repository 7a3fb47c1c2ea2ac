tocsin {
  enabled = true
}

channel "note" "phone" {
  to   = "x"
  when = "true"
}

source "jurnal" "kind" { # ERROR: unknown kind of source "jurnal"
  pattern = "^x"
}

source "journal" "Bad Name" { # ERROR: invalid name
  identifiers = ["gate"]
}

source "journal" "nothing" { # ERROR: missing arguments "emit", "pattern" # ERROR: source that reads what any program writes
}

source "journal" "anybody" { # ERROR: source that reads what any program writes
  transport = "kernel"
  pattern   = "^door (?P<door>\\w+)"
  emit      = "door_open"
}

source "journal" "words" {
  identifiers = ["gate*"] # ERROR: invalid identifier "gate*"
  units       = ["gate", "gate@*.service", "gate@.service"] # ERROR: invalid unit "gate" # ERROR: invalid unit "gate@*.service"
  uids        = ["root", -1, 0] # ERROR: invalid user number "root" # ERROR: invalid user number "-1"
  transport   = ["kernel", "sylog"] # ERROR: unknown transport "sylog"
  priority    = "warn" # ERROR: unknown priority "warn"
  severity    = "ALARM" # ERROR: unknown severity "ALARM"
  pattern     = "^door (?P<door>\\w+)"
  emit        = "door_opn" # ERROR: unknown event "door_opn"
  colour      = "red" # ERROR: unknown argument "colour"
}

source "journal" "fields" {
  identifiers = ["gate"]
  pattern     = "^door (?P<dor>\\w+) (?P<_helper>x)(?P<seconds>\\d+)" # ERROR: unknown field "dor"
  types       = { seconds = "number", door = "number", odd = "colour" } # ERROR: field door with two types # ERROR: unknown type "colour"
  emit        = "door_open"
  data = {
    doors = "{{ .match.dor }}" # ERROR: unknown field "doors"
    door  = "{{ .match.door }}{{ .entry.COREDUMP_EXE }}{{ .entry.coredump }}{{ .data.x }}" # ERROR: unknown name ".match.door" # ERROR: unknown name ".entry.coredump" # ERROR: unknown name ".data.x"
  }
  when = "match.secnds > 3" # ERROR: unknown name "match.secnds"
}

source "journal" "types" {
  identifiers = ["gate"]
  pattern     = "^door (?P<door>\\w+) is (?P<angle>\\d+) wide"
  types       = { angle = "number" }
  when        = "match.angle > '3' or event.host == 'x'" # ERROR: unknown name "event" # ERROR: match.angle is a number, not text
  emit        = "door_open"
}

source "journal" "broken" {
  identifiers = ["gate"]
  pattern     = "^door (?P<door>\\w+" # ERROR: invalid pattern
  emit        = "door_open"
}

source "journal" "perl" {
  identifiers = ["gate"]
  pattern     = "^door (?=x)" # ERROR: invalid pattern
  emit        = "door_open"
}

source "journal" "loose" {
  identifiers = ["gate"]
  pattern     = "door (?P<door>\\w+) opened" # WARNING: pattern that fits in the middle of a message
  emit        = "door_open"
}

source "journal" "wide" {
  identifiers = ["gate"]
  pattern     = "^(?P<door>\\w+)$" # WARNING: pattern without a fixed text
  emit        = "door_open"
}

source "tasks" "idle" { # ERROR: source that raises nothing
  workers = ["qmstart"]
}

source "tasks" "nobody" { # ERROR: missing argument "workers"
  failed = "door_open"
}

source "tasks" "words" {
  workers  = ["qmstrat", "qm start", "futurework"] # WARNING: unknown worker "qmstrat" # ERROR: invalid worker "qm start"
  ok       = "door_opn" # ERROR: unknown event "door_opn"
  failed   = "door_open"
  severity = { failed = "ALARM", warning = "INFO", started = "INFO" } # ERROR: unknown severity "ALARM" # ERROR: unknown outcome "warning" # ERROR: severity of no event: started
  emit     = "door_open" # ERROR: unknown argument "emit"
}

source "tasks" "none" {
  workers = [] # ERROR: no workers
  failed  = "door_open"
}

source "tasks" "names" {
  workers = ["qmstart"]
  failed  = "door_open"
  when    = "task.usr == 'x' or task.warnings > '3'" # ERROR: unknown name "task.usr" # ERROR: task.warnings is a number, not text
  data = {
    doors = "x" # ERROR: unknown field "doors"
    door  = "{{ .task.usr }}{{ .entry.message }}" # ERROR: unknown name ".task.usr" # ERROR: unknown name ".entry.message"
  }
}

source "pve" "nothing" { # ERROR: missing argument "emit"
  notifications = ["vzdump"]
}

source "pve" "words" {
  notifications = ["vzdunp", "system mail", "futuretype"] # WARNING: unknown type of notifications "vzdunp" # ERROR: invalid type of notifications "system mail"
  emit          = "door_opn" # ERROR: unknown event "door_opn"
  severity      = "LOUD" # ERROR: unknown severity "LOUD"
  host          = "x" # ERROR: unknown argument "host"
}

source "pve" "none" {
  notifications = [] # ERROR: no notifications
  emit          = "door_open"
}

source "pve" "names" {
  emit  = "door_open"
  types = { site = "string" }
  when  = "post.outcom == 'ok' or post.fields.site > 3 or post.guest_count == '2'" # ERROR: unknown name "post.outcom" # ERROR: post.fields.site is text, not a number # ERROR: post.guest_count is a number, not text
  data = {
    doors = "x" # ERROR: unknown field "doors"
    door  = "{{ .post.gests }}{{ .post.fields.site }}" # ERROR: unknown name ".post.gests"
  }
}

source "log" "none" { # ERROR: missing arguments "path", "pattern"
  emit = "door_open"
}

source "log" "relative" {
  path    = "doorman.log" # ERROR: invalid path "doorman.log"
  pattern = "^door (?P<door>\\w+) opened$"
  emit    = "door_open"
}

source "log" "many" {
  path    = "/var/log/door*.log" # ERROR: invalid path "/var/log/door*.log"
  pattern = "^door (?P<door>\\w+) opened$"
  emit    = "door_open"
}

source "log" "upwards" {
  path    = "/var/log/../spool/door.log" # ERROR: invalid path "/var/log/../spool/door.log"
  pattern = "door (?P<door>\\w+) opened" # WARNING: pattern that fits in the middle of a message
  emit    = "door_open"
}

source "log" "time" {
  path    = "/var/log/door.log"
  pattern = "^(?P<_time>\\S+) door (?P<door>\\w+) opened$"
  time    = "%Y-%m-%d" # ERROR: invalid layout "%Y-%m-%d"
  emit    = "door_open"
}

source "log" "notime" {
  path    = "/var/log/door.log"
  pattern = "^door (?P<door>\\w+) opened at (?P<_hour>\\d+)$"
  time    = "2006-01-02 15:04" # ERROR: layout of no time
  when    = "match.dor != 'x' and line.pth == '/x'" # ERROR: unknown name "match.dor" # ERROR: unknown name "line.pth"
  emit    = "door_open"
  data    = { door = "{{ .entry.message }}" } # ERROR: unknown name ".entry.message"
  units   = ["door.service"] # ERROR: unknown argument "units"
}
