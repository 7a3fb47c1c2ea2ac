package address

import (
	"strings"
	"unicode"
)

// query reads the pairs, which & and ; separate. A plus sign is no space in a
// value: keys and phone numbers are full of it.
func (r *reader) query() error {
	if r.layout.path == len(r.all) {
		return nil
	}
	offset := r.layout.path + 1
	for raw := range strings.FieldsFuncSeq(r.all[offset:], func(c rune) bool { return c == '&' || c == ';' }) {
		if err := r.pair(raw); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) pair(raw string) error {
	rawName, rawValue, _ := strings.Cut(raw, "=")
	name, err := r.decode(rawName, r.layout.path)
	if err != nil {
		return err
	}
	value, err := r.decode(rawValue, r.layout.path)
	if err != nil {
		return err
	}
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if name == "" {
		return nil
	}
	switch prefix, rest := name[0], name[1:]; prefix {
	case '+':
		if strings.ContainsFunc(rest+value, unicode.IsControl) {
			return r.fail("a header in the query holds a control character or line end", "remove it")
		}
		r.headers = r.headers.set(rest, value, exactly)
	case '-':
		r.params = r.params.set(rest, value, exactly)
	case ':':
		r.payload = r.payload.set(rest, value, exactly)
	default:
		r.parts.query = r.parts.query.set(name, value, strings.EqualFold)
	}
	return nil
}

func exactly(a, b string) bool { return a == b }

// set replaces the value of name, or appends the pair.
func (p Pairs) set(name, value string, equal func(a, b string) bool) Pairs {
	for i := range p {
		if equal(p[i].Name, name) {
			p[i].Value = value
			return p
		}
	}
	return append(p, Pair{name, value})
}
