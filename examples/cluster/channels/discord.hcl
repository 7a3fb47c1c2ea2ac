# One channel of Discord for each part of the team, chosen by the group of the
# event. What a channel takes is its `when`, as long as no rule names channels.

channel "discord" "infra" {
  when        = "event.group in ['cluster', 'storage', 'network', 'hardware', 'resources', 'health']"
  webhook_url = secret("discord_infra")
  username    = "tocsin"
}

channel "discord" "platform" {
  when        = "event.group in ['vm_ct', 'backups', 'services', 'updates'] or event.group == 'security' and event.severity >= 'WARNING'"
  webhook_url = secret("discord_platform")
  username    = "tocsin"

  # What merely informs is read once a day, when the team meets.
  digest {
    at = "08:45"
  }

  toggles {
    vm_start = "digest" # live in the catalogue: told at once, unless we say so
    ct_start = "digest"
  }
}
