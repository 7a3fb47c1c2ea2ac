service "office365" {
  title   = "Office 365"
  doc     = "Sends mail from an account of Microsoft 365 by Microsoft Graph, with an application of the tenant that has the permission Mail.Send."
  site    = "https://learn.microsoft.com/graph/api/user-sendmail"
  schemas = ["azure", "o365"]
  urls = [
    "azure|o365://{sender@}/{tenant:[-.0-9A-Za-z]+}/{client_id:[-0-9A-Za-z]+}/{client_secret}/{targets...?}",
    "azure|o365://{sender:[0-9A-Fa-f]+(-[0-9A-Fa-f]+)+}/{tenant:[-.0-9A-Za-z]+}/{client_id:[-0-9A-Za-z]+}/{client_secret}/{targets...}",
  ]

  field "sender" {
    doc      = "The address of the account that sends, or its object id."
    example  = "alerts@example.org"
    required = true
    query    = ["from"]
  }
  field "tenant" {
    doc      = "The id or the domain of the tenant."
    example  = "ab12cd34-0000-1111-2222-333344445555"
    required = true
  }
  field "client_id" {
    doc      = "The id of the application."
    example  = "ef56ab78-0000-1111-2222-333344445555"
    required = true
    query    = ["oauth_id"]
  }
  field "client_secret" {
    type     = "secret"
    doc      = "The value of a client secret of the application."
    required = true
    query    = ["oauth_secret"]
  }
  field "targets" {
    type    = "list"
    doc     = "The addresses to send to, in place of the sender's own."
    form    = "email"
    example = ["ops@example.org"]
    query   = ["to"]
  }
  field "cc" {
    type    = "list"
    doc     = "Addresses that get a copy."
    form    = "email"
    example = ["boss@example.org"]
    query   = ["cc"]
  }
  field "bcc" {
    type    = "list"
    doc     = "Addresses that get a copy that no one else sees."
    form    = "email"
    example = ["audit@example.org"]
    query   = ["bcc"]
  }
  field "reply_to" {
    type    = "list"
    doc     = "The addresses that answers go to."
    form    = "email"
    example = ["helpdesk@example.org"]
    query   = ["reply_to", "reply"]
  }
  field "save_sent" {
    type    = "bool"
    doc     = "Keep mails among those that the account has sent."
    example = false
    default = true
    query   = ["savesent"]
  }

  message {
    formats = ["html", "text"]
  }

  step "sign_in" {
    save      = { token = "access_token" }
    keep      = "30m"
    keep_path = "expires_in"
    request {
      url = "https://login.microsoftonline.com/{{ segment .channel.tenant }}/oauth2/v2.0/token"
      form = {
        grant_type    = "client_credentials"
        client_id     = "{{ .channel.client_id }}"
        client_secret = "{{ .channel.client_secret }}"
        scope         = "https://graph.microsoft.com/.default"
      }
    }
  }

  request {
    url     = "https://graph.microsoft.com/v1.0/users/{{ segment .channel.sender }}/sendMail"
    headers = { Authorization = "{{ bearer .step.sign_in.token }}" }
    each    = ["targets"]
    json = {
      message = {
        subject = "{{ .title }}"
        body = {
          contentType = "{{ ternary `HTML` `Text` (eq .format `html`) }}"
          content     = "{{ .body }}"
        }
        from = {
          "$if" = "{{ contains `@` .channel.sender }}"
          emailAddress = {
            address = "{{ .channel.sender }}"
            name    = "{{ .app.name }}"
          }
        }
        toRecipients = [{
          emailAddress = {
            address = "{{ regexReplaceAll `^.*<|>$` (or .target .channel.sender) `` }}"
            name    = "{{ present (trim (regexReplaceAll `<[^<]*>$|^[^<]*$` (or .target ``) ``)) }}"
          }
        }]
        ccRecipients = {
          "$if"        = "{{ .channel.cc }}"
          "$each"      = "{{ without .channel.cc .target }}"
          emailAddress = { address = "{{ regexReplaceAll `^.*<|>$` .item `` }}" }
        }
        bccRecipients = {
          "$if"        = "{{ .channel.bcc }}"
          "$each"      = "{{ without .channel.bcc .target }}"
          emailAddress = { address = "{{ regexReplaceAll `^.*<|>$` .item `` }}" }
        }
        replyTo = {
          "$if"        = "{{ .channel.reply_to }}"
          "$each"      = "{{ .channel.reply_to }}"
          emailAddress = { address = "{{ regexReplaceAll `^.*<|>$` .item `` }}" }
        }
      }
      saveToSentItems = "{{ ternary `true` `false` .channel.save_sent }}"
    }
  }

  failure {
    why = ["error.message", "error_description", "error"]
  }
  refusal "bad_secret" {
    text = "AADSTS7000215|AADSTS7000222|invalid_client"
    do   = "make a new client secret for the application and set client_secret to its value, not to its id"
  }
  refusal "unknown_tenant" {
    text = "AADSTS90002|AADSTS900023"
    do   = "set tenant to the directory id that the overview of the application shows"
  }
  refusal "unknown_client" {
    text = "AADSTS700016"
    do   = "set client_id to the application id that the overview of the application shows"
  }
  refusal "not_allowed" {
    status = [403]
    do     = "give the application the application permission Mail.Send of Microsoft Graph, with the consent of an administrator"
  }
  refusal "unknown_sender" {
    status = [404]
    do     = "set sender to an account of the tenant that has a mailbox"
  }

  pace {
    every = "200ms"
    burst = 4
  }
}
