service "groupme" {
  title   = "GroupMe"
  doc     = "Delivers to a group of GroupMe as one of its bots; one needs the bot's ID."
  site    = "https://dev.groupme.com/tutorials/bots"
  schemas = ["groupme"]
  urls    = ["groupme://{bot_id}/{token?}"]

  field "bot_id" {
    type     = "secret"
    doc      = "The bot's ID: whoever knows it can write to the group."
    required = true
    query    = ["bot_id"]
  }
  field "token" {
    type  = "secret"
    doc   = "An access token, which some addresses have for pictures; texts need none, so it is not sent."
    query = ["token"]
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 1000
  }

  request {
    url  = "https://api.groupme.com/v3/bots/post"
    type = "application/json; charset=utf-8"
    json = {
      bot_id = "{{ .channel.bot_id }}"
      text   = "{{ .text }}"
    }
  }

  failure {
    why = ["meta.errors.0"]
  }
  refusal "bot_gone" {
    status = [404]
    class  = "target"
    do     = "set bot_id to that of a bot that dev.groupme.com/bots lists: this one is unknown, or its group is gone"
  }
}
