# The eleven groups. Toggles, cooldowns and conditions name them, and the panel
# shows the events below them in this order.

group "vm_ct" {
  title = "Virtual machines and containers"
  icon  = "🖥️"
}

group "backups" {
  title = "Backups and snapshots"
  icon  = "💾"
}

group "resources" {
  title = "CPU, memory and temperature"
  icon  = "📊"
}

group "storage" {
  title = "Disks and storage"
  icon  = "💽"
}

group "network" {
  title = "Network"
  icon  = "🌐"
}

group "security" {
  title = "Security"
  icon  = "🛡️"
}

group "cluster" {
  title = "Cluster"
  icon  = "🔗"
}

group "services" {
  title = "Host and services"
  icon  = "⚙️"
}

group "health" {
  title = "Health"
  icon  = "🩺"
}

group "updates" {
  title = "Updates"
  icon  = "📦"
}

group "hardware" {
  title = "Hardware and GPU"
  icon  = "🎮"
}
