service "wechat" {
  title   = "WeChat (WeCom)"
  doc     = "Says it as an application of WeCom to members, departments or tags of a company."
  site    = "https://developer.work.weixin.qq.com/document/path/90236"
  schemas = ["wechat"]
  urls    = ["wechat://{corp_id}:{secret}@{agent_id:[0-9]+}/#{departments...?}|+{tags...?}|{users...?}"]

  field "corp_id" {
    doc      = "The id of the company."
    example  = "ww0123456789abcdef"
    required = true
  }
  field "secret" {
    type     = "secret"
    doc      = "The secret of the application."
    required = true
  }
  field "agent_id" {
    doc      = "The agent id of the application."
    example  = "1000002"
    required = true
    match    = "[0-9]+"
  }
  field "users" {
    type    = "list"
    doc     = "The ids of members, or @all for all of them."
    example = ["zhangsan"]
    query   = ["to"]
    match   = "@?[0-9A-Za-z][-_.@0-9A-Za-z]{0,63}"
  }
  field "departments" {
    type    = "list"
    doc     = "The ids of departments."
    example = ["2"]
    match   = "[0-9]+"
  }
  field "tags" {
    type    = "list"
    doc     = "The ids of tags."
    example = ["3"]
    match   = "[0-9]+"
  }

  message {
    formats = ["text", "markdown"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 2048
    unit    = "bytes"
  }

  step "token" {
    save      = { token = "access_token" }
    keep      = "1h"
    keep_path = "expires_in"
    request {
      method = "GET"
      url    = "https://qyapi.weixin.qq.com/cgi-bin/gettoken"
      query = {
        corpid     = "{{ .channel.corp_id }}"
        corpsecret = "{{ .channel.secret }}"
      }
    }
  }

  request {
    when  = "{{ or .channel.users .channel.departments .channel.tags }}"
    url   = "https://qyapi.weixin.qq.com/cgi-bin/message/send"
    query = { access_token = "{{ .step.token.token }}" }
    json = {
      agentid  = "{{ int .channel.agent_id }}"
      touser   = "{{ present (regexReplaceAll `(^|[|])all($|[|])` (regexReplaceAll `(^|[|])@` (join `|` (sortAlpha (uniq .channel.users))) `$${1}`) `$${1}@all$${2}`) }}"
      toparty  = "{{ present (join `|` (sortAlpha (uniq .channel.departments))) }}"
      totag    = "{{ present (join `|` (sortAlpha (uniq .channel.tags))) }}"
      msgtype  = "{{ .format }}"
      text     = { "$if" = "{{ eq .format `text` }}", content = "{{ .text }}" }
      markdown = { "$if" = "{{ eq .format `markdown` }}", content = "{{ .text }}" }
    }
  }

  success {
    json = { errcode = 0 }
  }
  failure {
    why = ["errmsg"]
  }
  refusal "bad_secret" {
    text = "\"errcode\":\\s*(40001|40013|40091)\\b"
    do   = "set corp_id and secret to those of the company and of the application"
  }
  refusal "token_expired" {
    text  = "\"errcode\":\\s*(40014|42001)\\b"
    class = "temporary"
    do    = "nothing: it is tried again"
    renew = true
  }
  refusal "bad_address" {
    text = "\"errcode\":\\s*60020\\b"
    do   = "add the address of this host to the trusted addresses of the application"
  }
  refusal "bad_agent" {
    text = "\"errcode\":\\s*(40056|301002)\\b"
    do   = "set agent_id to that of the application that the secret is of"
  }
  refusal "unknown_receiver" {
    text = "\"errcode\":\\s*81013\\b"
    do   = "set users, departments and tags to those that the application may be seen by"
  }
  refusal "rate_limited" {
    text  = "\"errcode\":\\s*(45009|45033|-1)\\b"
    class = "temporary"
    do    = "nothing: it is tried again"
  }
  receipt = "msgid"
}
