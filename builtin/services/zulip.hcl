service "zulip" {
  title   = "Zulip"
  doc     = "Delivers to channels of a Zulip organization, with the title as the topic, or to people; one needs a bot and its API key."
  site    = "https://zulip.com/api/send-message"
  schemas = ["zulip"]
  urls = [
    "zulip://{bot}@{organization}/{token}/{targets...?}",
  ]

  field "bot" {
    doc      = "The name of the bot: what stands before -bot@ in its e-mail address."
    example  = "tocsin"
    required = true
    match    = "[-_.0-9A-Za-z]+"
  }
  field "organization" {
    doc      = "The organization's name at zulipchat.com, or the host of a server of one's own."
    example  = "chat.example.org"
    required = true
    match    = "[-0-9A-Za-z]+(\\.[-0-9A-Za-z]+)*"
  }
  field "token" {
    type     = "secret"
    doc      = "The bot's API key."
    required = true
    query    = ["token"]
  }
  field "targets" {
    type    = "list"
    doc     = "Names of channels, and e-mail addresses of people for direct messages."
    example = ["alerts", "ann@example.org"]
    default = ["general"]
    query   = ["to"]
  }

  message {
    formats   = ["chat"]
    title_max = 60
    max       = 10000
  }

  request {
    each = ["<targets"]
    url  = "https://{{ .channel.organization }}{{ if not (contains `.` .channel.organization) }}.zulipchat.com{{ end }}/api/v1/messages"
    headers = {
      Authorization = "{{ basic (print (regexReplaceAll `-bot$` .channel.bot ``) `-bot@` .channel.organization (ternary `` `.zulipchat.com` (contains `.` .channel.organization))) .channel.token }}"
    }
    type = "application/x-www-form-urlencoded; charset=utf-8"
    form = {
      subject = "{{ .title }}"
      content = "{{ .body }}"
      type    = "{{ ternary `private` `stream` (contains `@` .target) }}"
      to      = "{{ .target }}"
    }
  }

  success {
    json = { result = "success" }
  }
  failure {
    why         = ["msg"]
    retry_after = "retry-after"
  }
  refusal "bad_token" {
    status = [401]
    do     = "compare bot, organization and token with the bot's page in the settings of Zulip"
  }
  refusal "no_channel" {
    text = "STREAM_DOES_NOT_EXIST|does not exist|Invalid email|not authorized to send to"
    do   = "correct the targets, or subscribe the bot to the channel"
  }
  refusal "too_fast" {
    text  = "RATE_LIMIT_HIT"
    class = "temporary"
  }
  receipt = "id"
}
