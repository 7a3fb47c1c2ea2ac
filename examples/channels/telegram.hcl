# Telegram: a message to a chat, a group, a channel or a topic of a forum.
#
#   1. Write /newbot to @BotFather in Telegram. It answers with the bot's token:
#      put that into secrets/telegram_bot_token, readable by tocsin alone.
#   2. Write something to the bot, or add it to the group that shall be told.
#   3. Find the number of the chat: open
#      https://api.telegram.org/bot<the token>/getUpdates
#      and look for "chat":{"id":...}. Groups have negative numbers.

channel "telegram" "phone" {
  bot_token = secret("telegram_bot_token")
  chat_id   = "-1001234567890" # or "@name" for a public channel

  # topic_id = 42                      # one topic of a forum
  # api_url  = "http://127.0.0.1:8081" # a Bot API server of your own

  # What it takes when no rule names a channel. Left out: every event.
  when = "event.severity >= 'WARNING'"
}
