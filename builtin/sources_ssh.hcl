# Failed logins over SSH.
#
# The name that somebody tries is text of their choice and may hold whatever a
# line of the log holds. So every pattern spans the whole message, and of several
# addresses the last one counts: it is the one that the server wrote.

source "journal" "sshd_failed" {
  identifiers = ["sshd", "sshd-session", "sshd-auth"]
  uids        = [0]
  pattern     = <<-RE
    ^Failed (?P<method>\S+) for (?P<_unknown>(?:invalid|illegal) user )?(?P<user>.*) from (?:::ffff:)?(?P<source_ip>[0-9A-Za-z.:_%-]+)(?: port (?P<port>\d+))?(?: ssh\d*)?(?:: \S+ \S+)?(?: \[preauth\])?$
  RE
  when        = "match.method != 'publickey' or match._unknown != nil" # clients offer one key after the other
  emit        = "auth_fail"
  data        = { service = "sshd" }
}

# With more behind it, such as the client's user of a host-based login. There a
# stranger chose words, too: an entry that could be read in two ways is left out.
source "journal" "sshd_failed_more" {
  identifiers = ["sshd", "sshd-session", "sshd-auth"]
  uids        = [0]
  pattern     = <<-RE
    ^Failed (?P<method>\S+) for (?P<_unknown>(?:invalid|illegal) user )?(?P<user>\S*) from (?:::ffff:)?(?P<source_ip>[0-9A-Za-z.:_%-]+)(?: port (?P<port>\d+))? ssh\d*(?P<_more>: \S+ \S+ .+)$
  RE
  when        = "not (match._more contains ' from ') and (match.method != 'publickey' or match._unknown != nil)"
  emit        = "auth_fail"
  data        = { service = "sshd" }
}

source "journal" "sshd_unknown_user" {
  identifiers = ["sshd", "sshd-session", "sshd-auth"]
  uids        = [0]
  pattern     = <<-RE
    ^(?:Invalid|Illegal) user (?P<user>.*) from (?:::ffff:)?(?P<source_ip>[0-9A-Za-z.:_%-]+)(?: port (?P<port>\d+))?$
  RE
  emit        = "auth_fail"
  data        = { service = "sshd" }
}

source "journal" "sshd_pam" {
  identifiers = ["sshd", "sshd-session", "sshd-auth"]
  uids        = [0]
  pattern     = <<-RE
    ^(?:(?:error|fatal): )?(?:PAM: \S.*?|[aA]uthentication (?:failure|error|failed)|User not known to the underlying authentication module) for (?:(?:invalid|illegal) user )?(?P<user>.*) from (?:::ffff:)?(?P<source_ip>[0-9A-Za-z.:_%-]+)(?: via \S+)?(?: \[preauth\])?$
  RE
  emit        = "auth_fail"
  data        = { service = "sshd" }
}

source "journal" "sshd_too_many" {
  identifiers = ["sshd", "sshd-session", "sshd-auth"]
  uids        = [0]
  pattern     = <<-RE
    ^(?:error: )?maximum authentication attempts exceeded for (?:(?:invalid|illegal) user )?(?P<user>.*) from (?:::ffff:)?(?P<source_ip>[0-9A-Za-z.:_%-]+) port (?P<port>\d+)(?: ssh\d*)?(?: \[preauth\])?$
  RE
  emit        = "auth_fail"
  data        = { service = "sshd" }
}

source "journal" "sshd_not_allowed" {
  identifiers = ["sshd", "sshd-session", "sshd-auth"]
  uids        = [0]
  pattern     = <<-RE
    ^User (?P<user>.+) from (?:::ffff:)?(?P<source_ip>[0-9A-Za-z.:_%-]+) not allowed because (?P<_why>.+)$
  RE
  emit        = "auth_fail"
  data = {
    service = "sshd"
    reason  = "The server lets this account in for nobody: {{ .match._why }}."
  }
}

source "journal" "sshd_root_refused" {
  identifiers = ["sshd", "sshd-session", "sshd-auth"]
  uids        = [0]
  pattern     = <<-RE
    ^ROOT LOGIN REFUSED FROM (?:::ffff:)?(?P<source_ip>[0-9A-Za-z.:_%-]+)(?: port (?P<port>\d+))?(?: \[preauth\])?$
  RE
  emit        = "auth_fail"
  data        = { service = "sshd", user = "root", reason = "The server does not let root in." }
}

source "journal" "sshd_gave_up" {
  identifiers = ["sshd", "sshd-session", "sshd-auth"]
  uids        = [0]
  pattern     = <<-RE
    ^(?:error: )?Received disconnect from (?:::ffff:)?(?P<source_ip>[0-9A-Fa-f.:%]+?)(?: port (?P<port>\d+))?: ?3: .*: Auth (?:fail|cancel)(?: \[preauth\])?$
  RE
  emit        = "auth_fail"
  data        = { service = "sshd" }
}

source "journal" "sshd_changed_name" {
  identifiers = ["sshd", "sshd-session", "sshd-auth"]
  uids        = [0]
  pattern     = <<-RE
    ^Disconnecting(?: from)? (?:invalid|authenticating) user (?P<user>\S*) (?:::ffff:)?(?P<source_ip>[0-9A-Fa-f.:%]+) port (?P<port>\d+): ?Change of username or service not allowed:
  RE
  emit        = "auth_fail"
  data        = { service = "sshd", reason = "The client tried one name after the other over the same connection." }
}

source "journal" "sshd_key_from_elsewhere" {
  identifiers = ["sshd", "sshd-session", "sshd-auth"]
  uids        = [0]
  pattern     = <<-RE
    ^Authentication tried for (?P<user>\S+) with correct key but not from a permitted host \(host=[^,]*, ip=(?:::ffff:)?(?P<source_ip>[0-9A-Fa-f.:%]+)(?:, required=.*)?\)\.?$
  RE
  emit        = "auth_fail"
  data        = { service = "sshd", method = "publickey", reason = "Somebody has the right key, but at an address from which it may not be used." }
}

source "journal" "dropbear_failed" {
  identifiers = ["dropbear"]
  uids        = [0]
  pattern     = <<-RE
    ^(?:Bad (?P<method>password|PAM password) attempt|Login attempt with (?:wrong|invalid) user|Login attempt for nonexistent user)(?: '?(?P<_name>.*?)'?)? from (?:::ffff:)?(?P<source_ip>[0-9A-Fa-f.:]+?)(?::(?P<port>\d+))?$
  RE
  emit        = "auth_fail"
  data        = { service = "dropbear", user = "{{ trimPrefix `for '` .match._name }}" }
}
