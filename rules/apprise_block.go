package rules

import (
	"cmp"
	"maps"
	"strings"

	"tocsin/channels"
	"tocsin/engine/event"
)

// appriseKind is the block about how services are reached that tocsin does not
// speak itself.
const appriseKind = "apprise"

// decodeApprise decodes the block about Apprise, which speaks to services that
// tocsin does not: its API server, or its command.
//
//	apprise {
//	  api = "http://127.0.0.1:8000"  # or: command = "/usr/bin/apprise"
//	}
func (l *loading) decodeApprise(b *block) {
	s := &l.config.Settings.Apprise
	s.Place = place(b.head)
	r := l.read(b)
	s.API, s.Held = r.appriseAPI()
	r.str("command", &s.Command)
	if a := r.argument("command"); a != nil && r.argument("api") != nil {
		r.fail(finding{
			code: CodeExcludes, at: a.nameRange, in: b.in(), summary: "api and command exclude each other",
			detail: "Take one of them away: either the server of Apprise sends, or its command.",
		})
	}
	r.done()
}

// appriseAPI reads the address of the server. One with a password is a secret, any
// other may stand in the file.
func (r *reader) appriseAPI() (address event.Secret, held string) {
	a := r.argument("api")
	if a == nil {
		return event.Secret{}, ""
	}
	secret := r.secretIn(a, a.name, a.expr, holdsSecret)
	text := strings.TrimSpace(secret.value.Reveal())
	switch {
	case secret.held != "":
		return event.Secret{}, secret.held
	case !isWebAddress(text):
		r.invalid(a, "api is no web address", `Write the address of the server, such as "http://127.0.0.1:8000".`)
		return event.Secret{}, ""
	}
	return event.NewSecret(text), ""
}

// Shared returns the values that the blocks of the configuration give to every
// channel of a kind, beside its own.
func (s *Settings) Shared(kind *channels.Kind) channels.Values {
	values := channels.Values{}
	if kind.Shared != appriseKind {
		return values
	}
	if s.Apprise.API.IsSet() {
		values["api"] = s.Apprise.API
	}
	if s.Apprise.Command != "" {
		values["command"] = s.Apprise.Command
	}
	return values
}

// share gives a channel what its kind shares.
func (l *loading) share(c *Channel, kind *channels.Kind) {
	maps.Copy(c.Values, l.config.Settings.Shared(kind))
	if kind.Shared == appriseKind {
		c.Held = cmp.Or(c.Held, l.config.Settings.Apprise.Held)
	}
}
