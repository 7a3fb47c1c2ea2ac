service "ses" {
  title   = "AWS Simple Email Service (SES)"
  doc     = "Sends mail through Amazon SES, with an access key that may do so and a sender that is verified there."
  site    = "https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html"
  schemas = ["ses"]
  urls    = ["ses://{sender@}/{access_key}/{secret_key}/{region:[a-z]{2}(-[a-z]+)+-[0-9]+}/{targets...?}"]

  field "sender" {
    doc      = "The address that mails come from, which SES has to know as yours."
    form     = "email"
    example  = "alerts@example.org"
    required = true
    query    = ["from"]
  }
  field "name" {
    doc     = "The name that mails come from."
    example = "Ops"
    query   = ["name"]
  }
  field "access_key" {
    doc      = "The id of the access key."
    example  = "AKIAIOSFODNN7EXAMPLE"
    required = true
    query    = ["access", "key"]
  }
  field "secret_key" {
    type     = "secret"
    doc      = "The secret of the access key."
    required = true
    query    = ["secret"]
  }
  field "token" {
    type  = "secret"
    doc   = "The session token, for an access key that is valid for a time."
    query = ["token"]
  }
  field "region" {
    doc      = "The region that the sender is verified in."
    example  = "eu-central-1"
    required = true
    query    = ["region"]
    match    = "[a-z]{2}(-[a-z]+)+-[0-9]+"
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
    doc     = "The address that answers go to."
    form    = "email"
    example = "helpdesk@example.org"
    query   = ["reply"]
  }

  message {
    formats   = ["html", "text"]
    title_max = 250
    max       = 30000
    unit      = "bytes"
  }

  request {
    url     = "https://email.{{ .channel.region }}.amazonaws.com{{ if hasPrefix `cn-` .channel.region }}.cn{{ end }}/"
    headers = { X-Amz-Security-Token = "{{ .channel.token }}" }
    each    = ["targets"]
    type    = "application/x-www-form-urlencoded; charset=utf-8"
    form = {
      Action                    = "SendRawEmail"
      Version                   = "2010-12-01"
      "RawMessage.Data"         = "{{ b64enc (printf \"From: %s <%s>\\r\\nTo: %s\\r\\n%s%sSubject: %s\\r\\nDate: %s\\r\\nMIME-Version: 1.0\\r\\n%s\" (regexReplaceAll `^[^=][ -~]*$` (mailHeader (trunc 60 (regexReplaceAll `[\"\\\\]` (or .channel.name (trim (regexReplaceAll `<[^<]*>$|^[^<]*$` .channel.sender ``)) .app.title) ``))) `\"$${0}\"`) (regexReplaceAll `^.*<|>$` .channel.sender ``) (regexReplaceAll `^.*<|>$` (or .target .channel.sender) ``) (ternary (printf \"Reply-To: %s\\r\\n\" (regexReplaceAll `^.*<|>$` (or .channel.reply_to ``) ``)) `` .channel.reply_to) (ternary (printf \"Cc: %s\\r\\n\" (join `, ` (splitList \"\\n\" (regexReplaceAll `(?m)^.*<|>$` (join \"\\n\" .channel.cc) ``)))) `` .channel.cc) (mailHeader .title) (dateInZone `Mon, 02 Jan 2006 15:04:05 -0700` .now `UTC`) (ternary (printf \"Content-Type: multipart/alternative; boundary=\\\"=_tocsin\\\"\\r\\n\\r\\n--=_tocsin\\r\\nContent-Type: text/plain; charset=utf-8\\r\\nContent-Transfer-Encoding: base64\\r\\n\\r\\n%s\\r\\n--=_tocsin\\r\\nContent-Type: text/html; charset=utf-8\\r\\nContent-Transfer-Encoding: base64\\r\\n\\r\\n%s\\r\\n--=_tocsin--\\r\\n\" (mailBody .plain) (mailBody .body)) (printf \"Content-Type: text/plain; charset=utf-8\\r\\nContent-Transfer-Encoding: base64\\r\\n\\r\\n%s\\r\\n\" (mailBody .body)) (eq .format `html`))) }}"
      "Destinations.member.{n}" = "{{ uniq (splitList \"\\n\" (regexReplaceAll `(?m)^.*<|>$` (join \"\\n\" (concat (list (or .target .channel.sender)) .channel.bcc .channel.cc)) ``)) }}"
      Source                    = "{{ regexReplaceAll `^[ 0-9A-Za-z]*[^ 0-9A-Za-z=][ -~]*$` (mailHeader (trunc 60 (regexReplaceAll `[\"\\\\]` (or .channel.name (trim (regexReplaceAll `<[^<]*>$|^[^<]*$` .channel.sender ``)) .app.title) ``))) `\"$${0}\"` }} <{{ regexReplaceAll `^.*<|>$` .channel.sender `` }}>"
    }
    aws {
      service = "ses"
      region  = "{{ .channel.region }}"
      key     = "{{ .channel.access_key }}"
      secret  = "{{ .channel.secret_key }}"
    }
  }

  failure {
    why = ["ErrorResponse.Error.Message"]
  }
  refusal "bad_token" {
    text = "InvalidClientTokenId|SignatureDoesNotMatch|ExpiredToken|UnrecognizedClient"
    do   = "set access_key and secret_key to an access key that is active, and token to its session token if it has one"
  }
  refusal "not_allowed" {
    text = "AccessDenied"
    do   = "give the access key the permission ses:SendRawEmail"
  }
  refusal "not_verified" {
    text = "MessageRejected|MailFromDomainNotVerified"
    do   = "verify the sender in the region, and as long as the account is in the sandbox the addresses of targets as well"
  }
  refusal "rate_limited" {
    text  = "<Code>Throttl"
    class = "temporary"
    do    = "nothing: it is tried again"
  }
  receipt = "SendRawEmailResponse.SendRawEmailResult.MessageId"
}
