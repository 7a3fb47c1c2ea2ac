package address

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The marks, beside letters and digits, that each part is written with as they
// are, so that an address stays readable.
const (
	keepUser    = "+!$*"
	keepHost    = "+!$*"
	keepSegment = "+@:=!$*()'"
	keepValue   = "+@:/!$*()',"
)

// Write is the reverse of Match, by which tests see that nothing is lost on the
// way. It returns the address of scheme that Match reads the same values from. A
// shape that names schemes takes an empty one for its first. What cannot be
// written so that it reads back is refused, with an error that shows no value.
func (s Shape) Write(scheme string, values map[string][]string) (string, error) {
	if scheme == "" && len(s.schemes) > 0 {
		scheme = s.schemes[0]
	}
	if !isScheme(scheme) || !s.takes(scheme) {
		return "", fmt.Errorf("write %s: the scheme is not one of the shape", s.Form("…"))
	}
	w := writer{shape: s, values: values}
	text, err := w.write(scheme)
	if err == nil {
		err = s.readsBack(text, values)
	}
	if err != nil {
		return "", fmt.Errorf("write %s: %w", s.Form(scheme), err)
	}
	return text, nil
}

// readsBack reports an address that means something else than values: a list
// item with a comma, a value that fits an earlier optional place, and the like.
func (s Shape) readsBack(text string, values map[string][]string) error {
	u, err := Parse(text)
	if err != nil {
		return err
	}
	got, err := s.Match(u)
	if err != nil {
		return err
	}
	if !maps.EqualFunc(got, values, slices.Equal) {
		return errors.New("the address would be read as other values; a list item holds a separator, or an earlier optional field is missing")
	}
	return nil
}

// writer writes one address.
type writer struct {
	shape  Shape
	values map[string][]string
}

func (w *writer) write(scheme string) (string, error) {
	if err := w.check(); err != nil {
		return "", err
	}
	text := scheme + "://" + w.authority()
	path := w.path()
	for i, segment := range path {
		if i > 0 || !w.shape.hostInPath() {
			text += "/"
		}
		text += segment
	}
	return text + w.query(), nil
}

// check holds the values against the fields of the shape.
func (w *writer) check() error {
	fields := w.shape.Fields()
	for name := range w.values {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name }) {
			return fmt.Errorf("it has no field {%s}", name)
		}
	}
	for _, f := range fields {
		values, given := w.values[f.Name]
		switch {
		case !given && !f.Optional:
			return fmt.Errorf("{%s} is missing", f.Name)
		case given && len(values) != 1 && !f.List || given && len(values) == 0:
			return fmt.Errorf("{%s} has %d values", f.Name, len(values))
		case slices.Contains(values, ""):
			return fmt.Errorf("{%s} has an empty value", f.Name)
		}
	}
	return nil
}

// texts returns what a part is written as before escaping, once for each value
// of a list.
func (w *writer) texts(p *part) []string {
	if p == nil {
		return nil
	}
	if p.field == "" {
		return []string{p.prefix}
	}
	var texts []string
	for _, value := range w.values[p.field] {
		texts = append(texts, p.prefix+value+p.suffix)
	}
	return texts
}

// one returns the text of a part that is no list, or nothing.
func (w *writer) one(p *part) string {
	return strings.Join(w.texts(p), "")
}

func (w *writer) authority() string {
	s := w.shape
	if s.host != nil && s.host.parts[0].address {
		return w.address()
	}
	text := escape(w.one(s.user), keepUser)
	if password := w.one(s.password); password != "" {
		text += ":" + escape(password, keepUser)
	}
	if text != "" {
		text += "@"
	}
	if s.host != nil && !s.hostInPath() {
		text += escapeHost(w.one(&s.host.parts[0]))
	}
	if port := w.one(s.port); port != "" {
		text += ":" + port
	}
	return text
}

// address writes {key}:{name@}.
func (w *writer) address() string {
	text := ""
	if w.shape.user != nil {
		text = escape(w.one(w.shape.user), keepUser) + ":"
	}
	whole := w.one(&w.shape.host.parts[0])
	at := max(strings.LastIndexByte(whole, '@'), 0)
	return text + escape(whole[:at], keepUser) + "@" + escapeHost(strings.TrimPrefix(whole[at:], "@"))
}

// escapeHost keeps the brackets of an IPv6 address, and the colon of a token
// that nobody takes for a port.
func escapeHost(host string) string {
	if host == "_" {
		return "%5F"
	}
	if isIPv6(host) {
		return host
	}
	before, after, found := strings.Cut(host, ":")
	if found && before != "" && after != "" && !isDigits(after) && !strings.Contains(after, ":") {
		return escape(before, keepHost) + ":" + escape(after, keepHost)
	}
	return escape(host, keepHost)
}

// path returns the escaped segments.
func (w *writer) path() []string {
	slots := w.shape.path
	escapeFirst := func(text string) string { return escape(text, keepSegment) }
	if w.shape.hostInPath() {
		slots = append([]slot{*w.shape.host}, slots...)
		escapeFirst = escapeHost
	}
	var path []string
	for _, slot := range slots {
		for i := range slot.parts {
			texts := w.texts(&slot.parts[i])
			if slot.parts[i].joined {
				texts = strings.Split(w.one(&slot.parts[i]), "/")
			}
			for _, text := range texts {
				if len(path) == 0 {
					path = append(path, escapeFirst(text))
				} else {
					path = append(path, escape(text, keepSegment))
				}
			}
		}
	}
	return path
}

func (w *writer) query() string {
	var pairs []string
	for i := range w.shape.query {
		q := &w.shape.query[i]
		value := w.one(&q.value)
		switch {
		case value == "":
		case q.name == "":
			pairs = append(pairs, escape(value, ""))
		default:
			pairs = append(pairs, escape(q.name, "")+"="+escape(value, keepValue))
		}
	}
	if len(pairs) == 0 {
		return ""
	}
	return "?" + strings.Join(pairs, "&")
}

// escape writes text so that unescape returns it and no byte of it separates
// parts. Letters, digits, the four unreserved marks and those in keep stay.
func escape(text, keep string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case isAlnum(c) || 'A' <= c && c <= 'Z' || strings.IndexByte("-._~", c) >= 0 || strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
