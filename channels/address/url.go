package address

import (
	"log/slog"
	"slices"
	"strings"
)

// URL is a parsed address. Any part of it may be a secret, so it prints, logs
// and marshals as its scheme and three stars; only Reveal and the methods that
// name a part give something away.
//
// What it holds stands behind two pointers, because fmt calls no methods on what
// a struct holds in an unexported field: it prints a number there, but looks
// through one pointer when the verb is wrong for it.
type URL struct{ parts **parts }

// parts is what an address is made of, decoded.
type parts struct {
	text           string // as it was given
	scheme         string
	user, password string
	host           string
	port           string
	path           []string
	slash          bool // one ends the path
	query          Pairs
	headers        Pairs
	params         Pairs
	payload        Pairs
}

// none is what a URL that nobody parsed consists of.
var none parts

func (u URL) get() *parts {
	if u.parts == nil {
		return &none
	}
	return *u.parts
}

// Scheme returns what stands before "://", in lower case.
func (u URL) Scheme() string { return u.get().scheme }

// User returns the decoded user, or nothing.
func (u URL) User() string { return u.get().user }

// Password returns the decoded password, or nothing.
func (u URL) Password() string { return u.get().password }

// Host returns what stands in the host's place, decoded and in its own case:
// a host, an IPv6 address in brackets, or a token such as "123:abc". It is
// empty when the place is, or holds the "_" that stands for nothing.
func (u URL) Host() string { return u.get().host }

// Port returns the port's digits, or nothing.
func (u URL) Port() string { return u.get().port }

// HostPort returns the host with its port, if there is one, as a URL has it.
func (u URL) HostPort() string {
	if port := u.Port(); port != "" {
		return u.Host() + ":" + port
	}
	return u.Host()
}

// Path returns the decoded segments of the path. An escaped slash is part of
// its segment; empty segments are left out.
func (u URL) Path() []string { return slices.Clone(u.get().path) }

// Query returns the plain pairs of the query, without user, password and port,
// which count as those parts, and without the pairs of Headers, Params and
// Payload. Globals tells which of them every service has.
func (u URL) Query() Pairs { return slices.Clone(u.get().query) }

// Headers returns the pairs whose name began with "+", without it.
func (u URL) Headers() Pairs { return slices.Clone(u.get().headers) }

// Params returns the pairs whose name began with "-", without it.
func (u URL) Params() Pairs { return slices.Clone(u.get().params) }

// Payload returns the pairs whose name began with ":", without it.
func (u URL) Payload() Pairs { return slices.Clone(u.get().payload) }

// Reveal returns the text as it was given.
func (u URL) Reveal() string { return u.get().text }

// String returns the scheme and three stars.
func (u URL) String() string {
	if u.parts == nil {
		return ""
	}
	return u.get().scheme + "://" + hidden
}

// GoString hides the address from %#v.
func (u URL) GoString() string { return u.String() }

// MarshalText hides the address from JSON and every other encoding.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// LogValue hides the address from slog.
func (u URL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// Pair is a decoded name and value of a query. It prints as three stars.
type Pair struct{ Name, Value string }

// String hides name and value: some services put a token where a name stands.
func (Pair) String() string { return hidden }

// GoString hides name and value from %#v.
func (Pair) GoString() string { return hidden }

// LogValue hides name and value from slog.
func (Pair) LogValue() slog.Value { return slog.StringValue(hidden) }

// Pairs are in the order of the query. No name stands in it twice: the last
// value is the one that counts, in the place of the first.
type Pairs []Pair

// Get returns the value of name, whatever its case.
func (p Pairs) Get(name string) (string, bool) {
	i := slices.IndexFunc(p, func(pair Pair) bool { return strings.EqualFold(pair.Name, name) })
	if i < 0 {
		return "", false
	}
	return p[i].Value, true
}
