service "slack" {
  title   = "Slack"
  doc     = "Delivers to channels and people of Slack; one needs an incoming webhook, the webhook of a workflow, or the token of a bot with the scope chat:write."
  site    = "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/"
  schemas = ["slack"]
  urls = [
    "slack://{botname?}@{token_a}/{token_b}/{token_c}/{channels...?}",
    "slack://{botname?}@{token:(?:xoxe\\.)?xox[abp]-[-0-9A-Za-z]+}/{channels...?}",
    "slack://{token_a}/{token_b}/{token_c}/{token_d?}?mode=workflow",
    "slack://{token_a}/{token_b}/{token_c}/{token_d?}?mode=trigger",
    "https://hooks.slack.com/services/{token_a}/{token_b}/{token_c}",
    "https://{mode:hooks\\.slack-gov\\.com}/services/{token_a}/{token_b}/{token_c}",
    "https://hooks.slack.com/{mode:workflows|triggers}/{token_a}/{token_b}/{token_c}/{token_d?}",
  ]

  field "token" {
    type  = "secret"
    doc   = "The token of a bot; or the end of a webhook's address in one piece, as T0/B0/x."
    query = ["token"]
  }
  field "token_a" {
    type = "secret"
    doc  = "The first part of a webhook's address behind services, workflows or triggers."
  }
  field "token_b" {
    type = "secret"
    doc  = "The second part of a webhook's address."
  }
  field "token_c" {
    type = "secret"
    doc  = "The third part of a webhook's address."
  }
  field "token_d" {
    type = "secret"
    doc  = "The fourth part of a webhook's address, which those of some workflows have."
  }
  field "channels" {
    type    = "list"
    doc     = "Where to write: a channel's name or ID, or a person as @NAME; with :TIMESTAMP behind it, in that thread. Without one, a webhook writes to its own channel and a bot to #general."
    example = ["#alerts"]
    query   = ["to"]
    match   = "[#@+]?[-_.0-9\\pL]{1,80}(?::[0-9.]+)?"
  }
  field "mode" {
    doc     = "What the tokens are of, where they do not tell: an incoming webhook (hook), one of GovSlack (gov-hook), a bot, or a workflow that a webhook starts (workflow, trigger)."
    example = "workflow"
    query   = ["mode"]
    words = {
      hook     = ["h", "services"]
      gov-hook = ["g", "gov", "hooks.slack-gov.com"]
      bot      = ["b"]
      workflow = ["w", "workflows"]
      trigger  = ["t", "triggers"]
    }
  }
  field "botname" {
    doc     = "The name to write as, where Slack lets one choose it."
    example = "tocsin"
  }
  field "blocks" {
    type    = "bool"
    doc     = "Write messages as blocks, in place of Slack's older form."
    default = false
    query   = ["blocks"]
  }
  field "image" {
    type    = "bool"
    doc     = "Show a picture for the severity, where tocsin knows one."
    default = true
    query   = ["image"]
  }
  field "footer" {
    type    = "bool"
    doc     = "Name tocsin below messages."
    default = true
    query   = ["footer"]
  }
  field "timestamp" {
    type    = "bool"
    doc     = "Show the time beside the footer."
    default = true
    query   = ["timestamp"]
  }

  message {
    formats   = ["mrkdwn", "text"]
    title_max = 250
    max       = 35000
  }

  request "workflow" {
    when = "{{ or (eq .channel.mode `workflow`) (eq .channel.mode `trigger`) }}"
    url  = "https://hooks.slack.com/{{ .channel.mode }}s/{{ with .channel.token_a }}{{ segment . }}/{{ segment $.channel.token_b }}/{{ segment $.channel.token_c }}{{ with $.channel.token_d }}/{{ segment . }}{{ end }}{{ else }}{{ .channel.token }}{{ end }}"
    type = "application/json; charset=utf-8"
    json = {
      # a variable of a workflow is plain text, which may still call nobody
      text = "{{ regexReplaceAll `<([!@#])` (print .title (ternary `: ` `` .title) .plain) `<\u200b$${1}` }}"
    }
  }
  request {
    when = "{{ or .channel.token (and .channel.token_a .channel.token_b .channel.token_c) }}"
    url  = "{{ if hasPrefix `xo` .channel.token }}https://slack.com/api/chat.postMessage{{ else }}https://hooks.slack{{ if eq .channel.mode `gov-hook` }}-gov{{ end }}.com/services/{{ with .channel.token_a }}{{ segment . }}/{{ segment $.channel.token_b }}/{{ segment $.channel.token_c }}{{ else }}{{ .channel.token }}{{ end }}{{ end }}"
    headers = {
      Authorization = "{{ only (hasPrefix `xo` .channel.token) (bearer .channel.token) }}"
    }
    each = ["<channels"]
    type = "application/json; charset=utf-8"
    json = {
      channel   = "{{ present (trimPrefix `+` (regexReplaceAll `^([^#@+])` (regexReplaceAll `^([CDGUW][0-9A-Z]{7,})$` (regexReplaceAll `:[0-9.]+$` (or .target (ternary `#general` `` (hasPrefix `xo` .channel.token))) ``) `+$1`) `#$1`)) }}"
      thread_ts = "{{ only (contains `:` .target) (regexFind `[0-9.]+$` .target) }}"
      username  = "{{ .channel.botname }}"
      icon_url  = "{{ only (and .channel.image (or .channel.footer (not .channel.blocks))) (index .image `72x72`) }}"
      mrkdwn    = "{{ only (not .channel.blocks) (eq .format `mrkdwn`) }}"
      attachments = [
        {
          "$if"       = "{{ not .channel.blocks }}"
          title       = "{{ .title | replace `&` `&amp;` | replace `<` `&lt;` | replace `>` `&gt;` }}"
          text        = "{{ if eq .format `text` }}{{ regexReplaceAll `&(amp|lt|gt);` .body `&amp;$${1};` | replace `<` `&lt;` | replace `>` `&gt;` }}{{ else }}{{ .body }}{{ end }}"
          color       = "{{ .color }}"
          footer      = "{{ only .channel.footer .app.name }}"
          footer_icon = "{{ only (and .channel.footer .channel.image) (index .image `72x72`) }}"
          ts          = "{{ only (and .channel.footer .channel.timestamp) (int64 (unixEpoch .now)) }}"
        },
        {
          "$if" = "{{ .channel.blocks }}"
          color = "{{ .color }}"
          blocks = [
            {
              "$if" = "{{ .title }}"
              type  = "header"
              text = {
                type  = "plain_text"
                text  = "{{ trunc 150 .title | replace `&` `&amp;` | replace `<` `&lt;` | replace `>` `&gt;` }}"
                emoji = true
              }
            },
            {
              # a section takes 3,000 characters
              "$each" = "{{ untilStep 0 (len .body) 2800 }}"
              type    = "section"
              text = {
                type = "{{ ternary `plain_text` `mrkdwn` (eq .format `text`) }}"
                text = "{{ if eq .format `text` }}{{ regexReplaceAll `&(amp|lt|gt);` (slice .body .item (min (len .body) (add .item 2800))) `&amp;$${1};` | replace `<` `&lt;` | replace `>` `&gt;` }}{{ else }}{{ slice .body .item (min (len .body) (add .item 2800)) }}{{ end }}"
              }
            },
            {
              "$if" = "{{ .channel.footer }}"
              type  = "context"
              elements = [
                {
                  "$if"     = "{{ and .channel.image (index .image `72x72`) }}"
                  type      = "image"
                  image_url = "{{ index .image `72x72` }}"
                  alt_text  = "{{ .tone }}"
                },
                {
                  type = "{{ ternary `plain_text` `mrkdwn` (eq .format `text`) }}"
                  text = "{{ .app.name }}"
                },
              ]
            },
          ]
        },
      ]
    }
  }

  success {
    text = "^\\s*$|^ok\\b|\"ok\":\\s*true"
  }
  failure {
    why = ["error"]
  }
  refusal "bad_token" {
    text  = "invalid_auth|not_authed|account_inactive|token_revoked|token_expired|invalid_token|no_team|team_disabled"
    class = "target"
    do    = "copy the token or the address of the webhook from api.slack.com/apps again: this one is unknown, or the app is gone"
  }
  refusal "missing_scope" {
    text  = "missing_scope|not_allowed_token_type"
    class = "target"
    do    = "give the bot the scope chat:write under OAuth & Permissions, and install the app again"
  }
  refusal "channel_gone" {
    text  = "channel_not_found|not_in_channel|channel_is_archived|is_archived|no_service|no_active_hooks|user_not_found|posting_to_general_channel_denied|action_prohibited|restricted_action"
    class = "target"
    do    = "check that the channel still exists and is not archived, and invite the bot to it"
  }
  refusal "rate_limited" {
    text  = "ratelimited|rate_limited|message_limit_exceeded"
    class = "temporary"
    do    = "it is sent again"
  }
  refusal "blocked_text" {
    text  = "msg_too_long|no_text|invalid_blocks|invalid_payload|too_many_attachments"
    class = "message"
    do    = "look at the message in the history: Slack does not take a text like that"
  }
  receipt = "ts"
  pace {
    every = "1s"
    burst = 3
  }
}
