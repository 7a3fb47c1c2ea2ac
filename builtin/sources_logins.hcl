# Failed logins to Proxmox, to the console and to other accounts, and changes of
# accounts.
#
# su, sudo and passwd run for whoever calls them, so the journal may note the
# caller as the user who wrote: there the path of the program vouches for the
# entry. It is the journal's own word, not the program's.

source "journal" "proxmox_login" {
  identifiers = [
    "pvedaemon", "pveproxy", "pmgdaemon", "pmgproxy", "proxmox-backup-api", "proxmox-backup-proxy",
    "proxmox-datacenter-api", "proxmox-datacenter-privileged-api",
  ]
  uids    = [0, 33, 34] # root, www-data, backup
  pattern = <<-RE
    ^(?:\w+ )?authentication failure; rhost=\[?(?:::ffff:)?(?P<source_ip>\d+\.\d+\.\d+\.\d+|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*|[\w.-]+)?\]?(?::(?P<port>\d+))?(?: user=(?P<user>.*?))? msg=(?P<_why>.*)$
  RE
  emit    = "auth_fail"
  data = {
    service = "{{ .entry.identifier }}"
    reason  = "{{ with .match._why }}The server says: {{ abbrev 200 . }}{{ end }}"
  }
}

source "journal" "pam_failed" {
  identifiers = [
    "cockpit-session", "cockpit-bridge", "gdm-password]", "gdm-password", "lightdm", "sddm", "sddm-helper", "xrdp-sesman",
    "vsftpd", "proftpd", "pure-ftpd", "dovecot", "dovecot-auth", "auth", "saslauthd", "webmin", "remote", "rlogin", "telnetd",
    "sshd(pam_unix)", "login(pam_unix)", "su(pam_unix)", "polkitd", "polkit-agent-helper-1", "openvpn", "apache2", "httpd", "nginx", "smbd", "x2goserver",
  ]
  uids    = [0]
  pattern = <<-RE
    ^(?:pam_\w+\((?P<service>[^:)]+):auth\): )?authentication failure; logname=.* rhost=(?:::ffff:)?(?P<source_ip>[0-9A-Za-z.:_%-]+)?\s*(?: user=(?P<user>.*))?$
  RE
  emit    = "auth_fail"
}

source "journal" "sudo_refused" {
  identifiers = ["sudo"]
  pattern     = <<-RE
    ^\s*(?P<user>[^:;]+?) : (?P<_why>\d+ incorrect password attempts?|user NOT in sudoers|user NOT authorized on host|command not allowed|account validation failure.*?) ; (?:HOST=\S+ ; )?(?:TTY|PWD|CWD|USER|CHROOT)=
  RE
  when        = "entry.uid == nil or entry.uid == 0 or entry.exe in ['/usr/bin/sudo', '/bin/sudo']"
  emit        = "auth_fail"
  data        = { service = "sudo", reason = "sudo refused {{ abbrev 60 .match.user }}: {{ .match._why }}." }
}

source "journal" "su_refused" {
  identifiers = ["su"]
  pattern     = <<-RE
    ^FAILED (?:SU|su) (?:\(to (?P<_to>.*)\) (?P<user>\S+) on \S+|for .* by \S+)$
  RE
  when        = "entry.uid == nil or entry.uid == 0 or entry.exe in ['/usr/bin/su', '/bin/su']"
  emit        = "auth_fail"
  data        = { service = "su", reason = "{{ with .match._to }}su did not make {{ abbrev 60 $.match.user }} the user {{ abbrev 60 . }}.{{ end }}" }
}

source "journal" "login_failed" {
  identifiers = ["login"]
  pattern     = <<-RE
    ^FAILED LOGIN \(\d+\) on '(?P<_tty>[^']*)'(?: from '(?:::ffff:)?(?P<source_ip>[^']*)')? FOR '(?P<user>.*)', (?P<_why>.*)$
  RE
  when        = "entry.uid == nil or entry.uid == 0"
  emit        = "auth_fail"
  data        = { service = "login", reason = "At the console {{ .match._tty }}: {{ abbrev 100 .match._why }}." }
}

source "journal" "login_failed_from" {
  identifiers = ["login"]
  uids        = [0]
  pattern     = <<-RE
    ^(?:FAILED LOGIN(?: SESSION| \d+)?|TOO MANY LOGIN TRIES \(\d+\)) FROM (?P<_from>\S+) FOR (?P<user>.*), (?P<_why>[^,]*)$
  RE
  emit        = "auth_fail"
  data        = { service = "login", reason = "From {{ .match._from }}: {{ .match._why }}." }
}

source "journal" "user_added" {
  identifiers = ["useradd", "adduser", "newusers"]
  uids        = [0]
  pattern     = <<-RE
    ^new user: name=(?P<user>[^,]+), UID=(?P<_uid>\d+)
  RE
  emit        = "user_permission_change"
  data        = { service = "{{ .entry.identifier }}", change_details = "The account {{ .match.user }} was made, with the number {{ .match._uid }}." }
}

source "journal" "user_deleted" {
  identifiers = ["userdel", "deluser"]
  uids        = [0]
  pattern     = <<-RE
    ^delete user '(?P<user>.+)'$
  RE
  emit        = "user_permission_change"
  data        = { service = "{{ .entry.identifier }}", change_details = "The account {{ .match.user }} was deleted." }
}

source "journal" "user_joined_group" {
  identifiers = ["usermod", "useradd", "adduser", "gpasswd", "groupmems"]
  uids        = [0]
  pattern     = <<-RE
    ^add '(?P<user>.+)' to group '(?P<_group>.+)'$
  RE
  emit        = "user_permission_change"
  data        = { service = "{{ .entry.identifier }}", change_details = "{{ .match.user }} is a member of the group {{ .match._group }} now." }
}

source "journal" "user_joined_group_by" {
  identifiers = ["gpasswd"]
  pattern     = <<-RE
    ^(?:user )?(?P<user>\S+) (?P<_how>added|removed) by (?P<_who>\S+) (?:to|from) group (?P<_group>\S+)$
  RE
  when        = "entry.uid == nil or entry.uid == 0 or entry.exe in ['/usr/bin/gpasswd', '/bin/gpasswd']"
  emit        = "user_permission_change"
  data        = { service = "gpasswd", change_details = "{{ .match._who }} {{ if eq .match._how `added` }}made {{ .match.user }} a member{{ else }}ended the membership of {{ .match.user }}{{ end }} of the group {{ .match._group }}." }
}

source "journal" "user_changed" {
  identifiers = ["usermod"]
  uids        = [0]
  pattern     = <<-RE
    ^(?:change user|lock user|unlock user) '(?P<user>[^']+)'(?P<_what>.*)$
  RE
  emit        = "user_permission_change"
  data        = { service = "usermod", change_details = "The account {{ .match.user }} was changed:{{ abbrev 120 .match._what }}." }
}

source "journal" "password_changed" {
  identifiers = ["passwd", "chpasswd"]
  pattern     = <<-RE
    ^pam_\w+\((?:passwd|chpasswd):chauthtok\): password changed for (?P<user>.+)$
  RE
  when        = "entry.uid == nil or entry.uid == 0 or entry.exe in ['/usr/bin/passwd', '/bin/passwd']"
  emit        = "user_permission_change"
  data        = { service = "{{ .entry.identifier }}", change_details = "The password of {{ .match.user }} was changed." }
}
