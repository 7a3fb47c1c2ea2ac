service "reddit" {
  title   = "Reddit"
  doc     = "Submits posts to subreddits; one needs a Reddit account and an app of the kind script."
  site    = "https://www.reddit.com/dev/api/#POST_api_submit"
  schemas = ["reddit"]
  urls    = ["reddit://{user}:{password}@{app_id}/{app_secret}/{subreddits...}"]

  field "user" {
    doc      = "The account's name."
    example  = "homelab_bot"
    required = true
  }
  field "password" {
    type     = "secret"
    doc      = "The account's password."
    required = true
  }
  field "app_id" {
    doc      = "The app's id, which stands below its name."
    example  = "a1B2c3D4e5F6g7"
    required = true
    query    = ["app_id"]
  }
  field "app_secret" {
    type     = "secret"
    doc      = "The app's secret."
    required = true
    query    = ["app_secret"]
  }
  field "subreddits" {
    type     = "list"
    doc      = "The subreddits to post to."
    example  = ["my_homelab"]
    required = true
    query    = ["to"]
    match    = "(?:r/)?[_0-9A-Za-z]+"
  }
  field "kind" {
    doc     = "What posts are: self, which is text; a message is no link."
    example = "self"
    default = "self"
    query   = ["kind"]
    words   = { self = ["auto"] }
  }
  field "flair_id" {
    doc     = "The id of a flair for posts."
    example = "1f2e3d4c-0000-11ee-9a1b-2c3d4e5f6a7b"
    query   = ["flair_id"]
  }
  field "flair_text" {
    doc     = "The text of a flair for posts."
    example = "Alert"
    query   = ["flair_text"]
  }
  field "nsfw" {
    type    = "bool"
    doc     = "Mark posts as not safe for work."
    default = false
    query   = ["nsfw"]
  }
  field "ad" {
    type    = "bool"
    doc     = "Mark posts as advertisements."
    default = false
    query   = ["ad"]
  }
  field "spoiler" {
    type    = "bool"
    doc     = "Mark posts as spoilers."
    default = false
    query   = ["spoiler"]
  }
  field "replies" {
    type    = "bool"
    doc     = "Send answers to posts to the account's inbox."
    default = true
    query   = ["replies"]
  }
  field "resubmit" {
    type    = "bool"
    doc     = "Let a link be posted that was posted before."
    default = false
    query   = ["resubmit"]
  }

  message {
    formats   = ["markdown"]
    title_max = 300
    max       = 6000
  }

  step "login" {
    save      = { token = "access_token" }
    keep_path = "expires_in"
    request {
      url = "https://www.reddit.com/api/v1/access_token"
      headers = {
        Authorization = "{{ basic .channel.app_id .channel.app_secret }}"
      }
      form = {
        grant_type = "password"
        username   = "{{ .channel.user }}"
        password   = "{{ .channel.password }}"
      }
    }
  }
  request {
    each = [">subreddits"]
    url  = "https://oauth.reddit.com/api/submit"
    headers = {
      Authorization = "{{ bearer .step.login.token }}"
    }
    form = {
      ad          = "{{ ternary `True` `False` .channel.ad }}"
      api_type    = "json"
      extension   = "json"
      sr          = "{{ trimPrefix `r/` .target }}"
      title       = "{{ or .title .app.title }}"
      kind        = "{{ .channel.kind }}"
      nsfw        = "{{ ternary `True` `False` .channel.nsfw }}"
      resubmit    = "{{ ternary `True` `False` .channel.resubmit }}"
      sendreplies = "{{ ternary `True` `False` .channel.replies }}"
      spoiler     = "{{ ternary `True` `False` .channel.spoiler }}"
      flair_id    = "{{ .channel.flair_id }}"
      flair_text  = "{{ .channel.flair_text }}"
      text        = "{{ .body }}"
    }
  }

  success {
    none = ["json.errors", "error"]
  }
  failure {
    why         = ["json.errors.0.1", "message", "error_description", "error"]
    retry_after = "json.ratelimit"
  }
  refusal "too_fast" {
    text  = "RATELIMIT"
    class = "temporary"
    do    = "wait: Reddit lets an account post seldom, and more often once it is trusted"
  }
  refusal "bad_token" {
    text = "invalid_grant|unauthorized_client|\"error\"\\s*:\\s*401"
    do   = "compare user and password, and app_id and app_secret with the app of the kind script; the account must not use two factors"
  }
  refusal "no_subreddit" {
    text = "SUBREDDIT_NOEXIST|SUBREDDIT_NOTALLOWED|SUBREDDIT_REQUIRED"
    do   = "correct subreddits, or let the account post there"
  }
  receipt = "json.data.name"
}
