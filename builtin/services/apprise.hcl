# Services that are no HTTP, are on the screen of this host, or need more than a
# request: a channel "apprise" reaches them through a real Apprise.

service "aprs" {
  title   = "APRS"
  doc     = "Sends to amateur radio stations over APRS-IS."
  site    = "https://www.aprs-is.net/"
  schemas = ["aprs"]
  via     = "apprise"
}

service "blink1" {
  title   = "blink(1)"
  doc     = "Lights up a blink(1) on a USB port of this host."
  site    = "https://blink1.thingm.com/"
  schemas = ["blink1"]
  via     = "apprise"
}

service "bluesky" {
  title   = "Bluesky"
  doc     = "Posts to a Bluesky account."
  site    = "https://docs.bsky.app/"
  schemas = ["bluesky", "bsky"]
  via     = "apprise"
}

service "dbus" {
  title   = "D-Bus notification"
  doc     = "Shows on a desktop of this host by D-Bus."
  site    = "https://specifications.freedesktop.org/notification-spec/"
  schemas = ["dbus", "kde", "qt"]
  via     = "apprise"
}

service "emby" {
  title   = "Emby"
  doc     = "Shows in the sessions that play from an Emby server."
  site    = "https://dev.emby.media/"
  schemas = ["emby", "embys"]
  via     = "apprise"
}

service "glib" {
  title   = "GLib notification"
  doc     = "Shows on a desktop of this host by GDBus."
  site    = "https://docs.gtk.org/gio/class.Notification.html"
  schemas = ["gio", "glib"]
  via     = "apprise"
}

service "gnome" {
  title   = "GNOME notification"
  doc     = "Shows on a GNOME desktop of this host."
  site    = "https://gnome.pages.gitlab.gnome.org/libnotify/"
  schemas = ["gnome"]
  via     = "apprise"
}

service "growl" {
  title   = "Growl"
  doc     = "Shows on computers that listen for Growl's GNTP."
  site    = "https://growl.github.io/growl/"
  schemas = ["growl"]
  via     = "apprise"
}

service "irc" {
  title   = "IRC"
  doc     = "Says it in channels of an IRC network, or to a nick."
  site    = "https://modern.ircdocs.horse/"
  schemas = ["irc", "ircs"]
  via     = "apprise"
}

service "jellyfin" {
  title   = "Jellyfin"
  doc     = "Shows in the sessions that play from a Jellyfin server."
  site    = "https://api.jellyfin.org/"
  schemas = ["jellyfin", "jellyfins"]
  via     = "apprise"
}

service "macosx" {
  title   = "macOS notification"
  doc     = "Shows in the notification centre of a Mac."
  site    = "https://github.com/julienXX/terminal-notifier"
  schemas = ["macosx"]
  via     = "apprise"
}

service "mqtt" {
  title   = "MQTT"
  doc     = "Publishes to topics of an MQTT broker."
  site    = "https://mqtt.org/mqtt-specification/"
  schemas = ["mqtt", "mqtts"]
  via     = "apprise"
}

service "rsyslog" {
  title   = "Remote syslog"
  doc     = "Writes to the syslog of another host over UDP."
  site    = "https://www.rfc-editor.org/rfc/rfc3164"
  schemas = ["rsyslog"]
  via     = "apprise"
}

service "sogs" {
  title   = "Session open group"
  doc     = "Posts to rooms of a Session open group server."
  site    = "https://docs.getsession.org/"
  schemas = ["session", "sessions", "sogs"]
  via     = "apprise"
}

service "smpp" {
  title   = "SMPP"
  doc     = "Sends text messages through an SMPP gateway."
  site    = "https://smpp.org/"
  schemas = ["smpp", "smpps"]
  via     = "apprise"
}

service "syslog" {
  title   = "Syslog"
  doc     = "Writes to the syslog of this host."
  site    = "https://man7.org/linux/man-pages/man3/syslog.3.html"
  schemas = ["syslog"]
  via     = "apprise"
}

service "twist" {
  title   = "Twist"
  doc     = "Starts threads in channels of a Twist workspace."
  site    = "https://developer.twist.com/v3/"
  schemas = ["twist"]
  via     = "apprise"
}

service "twitter" {
  title   = "X (Twitter)"
  doc     = "Posts to an account of X, or sends direct messages."
  site    = "https://docs.x.com/x-api"
  schemas = ["tweet", "twitter", "x"]
  via     = "apprise"
}

service "vapid" {
  title   = "Web Push (VAPID)"
  doc     = "Pushes to browsers that subscribed to Web Push."
  site    = "https://www.rfc-editor.org/rfc/rfc8292"
  schemas = ["vapid"]
  via     = "apprise"
}

service "windows" {
  title   = "Windows notification"
  doc     = "Shows on the Windows desktop that Apprise runs on."
  site    = "https://learn.microsoft.com/windows/win32/shell/notification-area"
  schemas = ["windows"]
  via     = "apprise"
}

service "xmpp" {
  title   = "XMPP"
  doc     = "Sends to XMPP (Jabber) addresses."
  site    = "https://xmpp.org/"
  schemas = ["xmpp", "xmpps"]
  via     = "apprise"
}
