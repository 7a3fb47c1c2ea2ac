package address

import (
	"regexp"
	"slices"
	"strings"
)

// Shape is one way to write the addresses of a service. Compile makes it; it
// does not change and may be shared.
type Shape struct {
	text    string
	schemes []string // none: every scheme

	user, password *part // nil: there must be none
	host           *slot // nil: there must be none
	port           *part // nil: there must be none
	path           []slot
	query          []queryPart
}

// slot is a place of the path, or the host's place. It holds one part, or the
// lists that share the rest of the path.
type slot struct {
	parts []part
}

// part is literal text, or a field between literal texts.
type part struct {
	prefix, suffix string
	field          string // empty: the text is prefix alone
	optional       bool
	list           listKind
	joined         bool // takes several segments, with the slashes between them
	address        bool // takes the name and @ before the host too
	source         string
	pattern        *regexp.Regexp // nil: any text
}

// listKind says what of the path a field takes.
type listKind int

const (
	single   listKind = iota
	items             // the rest of the path, each segment split by SplitList
	segments          // the rest of the path, each segment whole
)

// queryPart is a pair of the query that a shape asks for.
type queryPart struct {
	name  string // empty: the field is the name of the pair without value
	value part
}

// Field is a field of a Shape, as the shape declares it.
type Field struct {
	Name     string
	Place    Place
	List     bool // it may have several values
	Optional bool
}

// Place is the part of an address that a field stands in.
type Place string

// The places of a field.
const (
	User     Place = "user"
	Password Place = "password"
	Host     Place = "host"
	Port     Place = "port"
	Path     Place = "path"
	Query    Place = "query"
)

// String returns the shape as it was compiled.
func (s Shape) String() string { return s.text }

// Schemes returns the schemes that the shape names, or nothing when it takes
// every one.
func (s Shape) Schemes() []string { return slices.Clone(s.schemes) }

// takes reports whether the shape is for addresses of scheme.
func (s Shape) takes(scheme string) bool {
	return len(s.schemes) == 0 || slices.Contains(s.schemes, scheme)
}

// Fields returns the fields of the shape, in the order they are written.
func (s Shape) Fields() []Field {
	var fields []Field
	add := func(p *part, place Place) {
		if p != nil && p.field != "" {
			fields = append(fields, Field{p.field, place, p.list != single, p.optional})
		}
	}
	add(s.user, User)
	add(s.password, Password)
	if s.host != nil {
		for i := range s.host.parts {
			add(&s.host.parts[i], Host)
		}
	}
	add(s.port, Port)
	for _, slot := range s.path {
		for i := range slot.parts {
			add(&slot.parts[i], Path)
		}
	}
	for i := range s.query {
		add(&s.query[i].value, Query)
	}
	return fields
}

// Form returns the shape as a reader of documents sees it: optional parts in
// square brackets, lists with an ellipsis, no patterns. A shape that takes
// every scheme is shown with the one given.
func (s Shape) Form(scheme string) string {
	if !slices.Contains(s.schemes, scheme) && len(s.schemes) > 0 {
		scheme = s.schemes[0]
	}
	var b strings.Builder
	b.WriteString(scheme + "://")
	b.WriteString(s.userForm())
	if s.host != nil {
		b.WriteString(s.host.form(""))
	}
	if s.port != nil {
		b.WriteString(s.port.form(":"))
	}
	for _, slot := range s.path {
		b.WriteString(slot.form("/"))
	}
	separator := "?"
	for _, q := range s.query {
		if q.name != "" {
			b.WriteString(q.value.form(separator + q.name + "="))
		} else {
			b.WriteString(q.value.form(separator))
		}
		separator = "&"
	}
	return b.String()
}

func (s Shape) userForm() string {
	if s.user == nil {
		return ""
	}
	text, all := s.user.bare(), s.user.optional
	if s.password != nil {
		password := ":" + s.password.bare()
		if s.password.optional && !(all && s.user.field != "") {
			password = "[" + password + "]"
		}
		text += password
		all = all && s.password.optional
	}
	if s.host != nil && s.host.parts[0].address {
		return text + ":"
	}
	if all {
		return "[" + text + "@]"
	}
	return text + "@"
}

// form returns the slot behind its separator.
func (s slot) form(separator string) string {
	if len(s.parts) == 1 {
		return s.parts[0].form(separator)
	}
	var texts []string
	optional := true
	for _, p := range s.parts {
		texts = append(texts, p.bare())
		optional = optional && p.optional
	}
	text := separator + strings.Join(texts, "|") + "…"
	if optional {
		return "[" + text + "]"
	}
	return text
}

// form returns the part behind its separator.
func (p part) form(separator string) string {
	text := separator + p.bare()
	if p.list != single {
		text += "…"
	}
	if p.optional {
		return "[" + text + "]"
	}
	return text
}

func (p part) bare() string {
	if p.field == "" {
		return p.prefix
	}
	return p.prefix + "{" + p.field + "}" + p.suffix
}
