package rules

import (
	"strings"

	"tocsin/engine/event"
)

// decodeStore decodes the block about where history and outbox are kept.
//
//	store {
//	  url = "sqlite:///var/lib/tocsin/tocsin.db"
//	}
//
//	store { # that several nodes share
//	  url = "postgres://tocsin:${secret("store")}@db.lan/tocsin"
//	}
func (l *loading) decodeStore(b *block) {
	s := &l.config.Settings.Store
	s.Place = place(b.head)
	r := l.read(b)
	s.URL, s.Held = r.storeURL("url")
	r.done()
}

// storeURL reads an address that may hold a password, but need not. A daemon does
// not start with a secret of it missing, but a check may do without.
func (r *reader) storeURL(name string) (url event.Secret, held string) {
	a := r.argument(name)
	if a == nil {
		return event.Secret{}, ""
	}
	if t, literal := a.file.literalText(a.expr); literal && !hasPassword(t.value) {
		r.checkStoreURL(a, t.value)
		return event.NewSecret(t.value), ""
	}
	secret := r.secretOf(a)
	if secret.value.IsSet() {
		r.checkStoreURL(a, secret.value.Reveal())
	}
	return secret.value, secret.held
}

// hasPassword reports whether an address may hold one.
func hasPassword(address string) bool {
	_, rest, _ := strings.Cut(address, "//")
	user, _, found := strings.Cut(rest, "@")
	return found && strings.Contains(user, ":") || strings.Contains(address, "password")
}

// checkStoreURL checks the form only: which stores there are is for the store to
// say. The address itself may hold a password and is never repeated.
func (r *reader) checkStoreURL(a *argument, url string) {
	scheme, rest, ok := strings.Cut(url, ":")
	if !ok || rest == "" || strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz") != "" {
		r.invalid(a, "not the address of a store", `Write "sqlite:///var/lib/tocsin/tocsin.db" or "postgres://USER:${secret("store")}@HOST/DATABASE".`)
	}
}
