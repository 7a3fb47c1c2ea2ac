service "sns" {
  title   = "AWS Simple Notification Service (SNS)"
  doc     = "Publishes to topics of Amazon SNS and sends text messages by it, with an access key that may do so."
  site    = "https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"
  schemas = ["sns"]
  urls    = ["sns://{token?}@{access_key}/{secret_key}/{region:[a-z]{2}(-[a-z]+)+-[0-9]+}/{phones...?:\\+?[-\\x20().0-9]{3,25}}|{topics...?}"]

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
    doc      = "The region of the topics."
    example  = "eu-central-1"
    required = true
    query    = ["region"]
    match    = "[a-z]{2}(-[a-z]+)+-[0-9]+"
  }
  field "phones" {
    type    = "list"
    doc     = "The numbers to send text messages to."
    form    = "phone"
    example = ["+15550100123"]
  }
  field "topics" {
    type    = "list"
    doc     = "The names or ARNs of the topics; the first that is a name is made when it is missing."
    example = ["alerts"]
    query   = ["to"]
    match   = "#?([-_0-9A-Za-z]{1,256}|arn:aws[-a-z]*:sns:[-a-z0-9]+:[0-9]{12}:[-_0-9A-Za-z]{1,256})"
  }

  message {
    formats = ["text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
    max     = 160
    max_for = "{{ only (not .channel.phones) 256000 }}"
    over    = "truncate"
    plain   = true
  }

  step "topic" {
    save = { arn = "CreateTopicResponse.CreateTopicResult.TopicArn" }
    keep = "1h"
    request {
      when    = "{{ regexMatch `(^|,)[^:,]+(,|$)` (join `,` .channel.topics) }}"
      url     = "https://sns.{{ .channel.region }}.amazonaws.com{{ if hasPrefix `cn-` .channel.region }}.cn{{ end }}/"
      headers = { X-Amz-Security-Token = "{{ .channel.token }}" }
      type    = "application/x-www-form-urlencoded; charset=utf-8"
      form = {
        Action  = "CreateTopic"
        Version = "2010-03-31"
        Name    = "{{ trimAll `#,` (regexFind `(^|,)[^:,]+(,|$)` (join `,` .channel.topics)) }}"
      }
      aws {
        service = "sns"
        region  = "{{ .channel.region }}"
        key     = "{{ .channel.access_key }}"
        secret  = "{{ .channel.secret_key }}"
      }
    }
  }

  request {
    when    = "{{ or .channel.phones .channel.topics }}"
    url     = "https://sns.{{ .channel.region }}.amazonaws.com{{ if hasPrefix `cn-` .channel.region }}.cn{{ end }}/"
    headers = { X-Amz-Security-Token = "{{ .channel.token }}" }
    each    = ["<phones", "<topics"]
    type    = "application/x-www-form-urlencoded; charset=utf-8"
    form = {
      Action      = "Publish"
      "$merge"    = "{{ only (eq .kind `phones`) (dict `Message` .text) }}"
      Version     = "2010-03-31"
      PhoneNumber = "{{ only (eq .kind `phones`) (printf `+%s` (digits .target)) }}"
      TopicArn    = "{{ only (eq .kind `topics`) (ternary (trimPrefix `#` .target) (regexReplaceAll `[^:]*$` .step.topic.arn (trimPrefix `#` .target)) (contains `:` .target)) }}"
      Message     = "{{ only (eq .kind `topics`) .body }}"
      Subject     = "{{ only (eq .kind `topics`) (present (trunc 99 .title)) }}"
    }
    aws {
      service = "sns"
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
    text = "AuthorizationError|AccessDenied"
    do   = "give the access key the permissions sns:Publish and, for topics by their names, sns:CreateTopic"
  }
  refusal "unknown_topic" {
    text = "<Code>NotFound</Code>"
    do   = "set topics to those that the account has in the region"
  }
  refusal "rate_limited" {
    text  = "<Code>Throttl|<Code>KMSThrottling"
    class = "temporary"
    do    = "nothing: it is tried again"
  }
  receipt = "PublishResponse.PublishResult.MessageId"
}
