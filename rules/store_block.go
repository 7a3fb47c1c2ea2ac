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
func (l *loading) decodeStore(b *block) {
	s := &l.config.Settings.Store
	s.Place = place(b.head)
	r := l.read(b)
	s.URL = r.storeURL("url")
	r.done()
}

// storeURL reads an address that may hold a password, but need not. Unlike a
// channel, the store cannot wait for a secret that is not there.
func (r *reader) storeURL(name string) event.Secret {
	a := r.argument(name)
	if a == nil {
		return event.Secret{}
	}
	if t, literal := a.file.literalText(a.expr); literal && !strings.Contains(t.value, "@") {
		r.checkStoreURL(a, t.value)
		return event.NewSecret(t.value)
	}
	secret := r.secretOf(a)
	if secret.held != "" {
		r.invalid(a, "secret of the store is missing", upperFirst(secret.held))
	}
	if secret.value.IsSet() {
		r.checkStoreURL(a, secret.value.Reveal())
	}
	return secret.value
}

// checkStoreURL checks the form only: which stores there are is for the store to
// say. The address itself may hold a password and is never repeated.
func (r *reader) checkStoreURL(a *argument, url string) {
	scheme, rest, ok := strings.Cut(url, ":")
	if !ok || rest == "" || strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz") != "" {
		r.invalid(a, "not the address of a store", `Write "sqlite:///var/lib/tocsin/tocsin.db".`)
	}
}
