package rules

import (
	"net/url"
	"strings"
	"time"

	"tocsin/engine/event"
)

// Bounds of the time between two heartbeats.
const (
	leastBeat = 10 * time.Second
	mostBeat  = day
)

// decodeHeartbeat decodes the block about who is told that tocsin works.
//
//	heartbeat {
//	  url   = secret("heartbeat") # https://hc-ping.com/UUID
//	  every = "1m"
//	}
func (l *loading) decodeHeartbeat(b *block) {
	s := &l.config.Settings.Heartbeat
	s.Place = place(b.head)
	r := l.read(b)
	r.require("url")
	s.URL, s.Held = r.webAddress("url")
	r.span("every", &s.Every, leastBeat, mostBeat)
	r.done()
}

// webAddress reads the address of a web service that is a secret: whoever knows
// it may speak for us. held says why it is not there.
func (r *reader) webAddress(name string) (address event.Secret, held string) {
	before := len(r.diags)
	secret := r.secret(name)
	if secret.held != "" {
		return event.Secret{}, secret.held
	}
	text := strings.TrimSpace(secret.value.Reveal())
	if isWebAddress(text) {
		return event.NewSecret(text), ""
	}
	if a := r.argument(name); a != nil && (text != "" || len(r.diags) == before) { // else what is wrong was said
		r.invalid(a, name+" is no web address", `Write it as its service shows it, such as "https://hc-ping.com/UUID".`)
	}
	return event.Secret{}, ""
}

func isWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.Fragment == ""
}
