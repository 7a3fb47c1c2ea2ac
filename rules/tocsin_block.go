package rules

import (
	"path"
	"strings"
	"time"
)

// tocsinKind is the kind of the block about the daemon itself.
const tocsinKind = "tocsin"

// decodeTocsin decodes the block about the daemon itself.
//
//	tocsin {
//	  enabled      = true            # default false: nothing is dispatched
//	  display_name = "home-lab"      # default: the name of the host
//	  timezone     = "Europe/Madrid" # default: the host's
//	  edits        = "panel.hcl"     # where the panel puts blocks that are new
//	  read_only    = false           # true: panel and API offer patches
//	}
func (l *loading) decodeTocsin(b *block) {
	s := &l.config.Settings.Tocsin
	s.Place = b.place("enabled")
	r := l.read(b)
	if !r.flag("enabled", &s.Enabled) && r.argument("enabled") != nil {
		l.unclear = true
	}
	if r.str("display_name", &s.DisplayName) && strings.TrimSpace(s.DisplayName) == "" {
		s.DisplayName = ""
	}
	r.zone("timezone", &s.Zone)
	r.editsFile("edits", &s.Edits)
	r.flag("read_only", &s.ReadOnly)
	r.done()
}

// zone reads a time zone by its name in the IANA database.
func (r *reader) zone(name string, to **time.Location) {
	var text string
	if !r.str(name, &text) {
		return
	}
	zone, err := time.LoadLocation(text)
	if err != nil || text == "" {
		r.invalid(r.argument(name), "unknown time zone", `Use a name of the IANA database, such as "Europe/Madrid" or "UTC".`)
		return
	}
	*to = zone
}

// editsFile reads the path of a file that the loader would read again.
func (r *reader) editsFile(name string, to *string) {
	var file string
	if !r.str(name, &file) {
		return
	}
	if !IsFile(file) {
		r.invalid(r.argument(name), "not a file of the configuration", `Write a path inside the configuration folder that ends in .hcl, such as "panel.hcl".`)
		return
	}
	*to = file
}

// IsFile reports whether a path is one of a file that the loader would read,
// below the configuration folder.
func IsFile(file string) bool {
	ok := strings.HasSuffix(file, ".hcl") && !path.IsAbs(file) && path.Clean(file) == file && !strings.Contains(file, `\`)
	for part := range strings.SplitSeq(file, "/") {
		ok = ok && !strings.HasPrefix(part, ".") && !strings.HasPrefix(part, "_")
	}
	return ok && !strings.HasPrefix(file, "secrets/")
}

// defaultSettings returns what holds where no block says otherwise.
func defaultSettings(in Input) Settings {
	return Settings{
		Tocsin:    Tocsin{Zone: in.Zone, Edits: "panel.hcl"},
		API:       API{Listen: "127.0.0.1:8008", Rate: Rate{1000, time.Second}},
		Webhook:   Webhook{MaxAge: 5 * time.Minute, Rate: Rate{120, time.Minute}},
		History:   History{Keep: 90 * day},
		Heartbeat: Heartbeat{Every: time.Minute},
	}
}

const (
	day  = 24 * time.Hour
	year = 365 * day
)
