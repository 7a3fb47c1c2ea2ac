package service

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"tocsin/channels"
	"tocsin/channels/address"
	"tocsin/engine/event"
)

// FromURL reads an Apprise address of the service as the values of a channel.
// The error is an *address.Error or a *channels.FieldError; neither shows
// anything of the address.
func (s *Spec) FromURL(u address.URL) (channels.Values, error) {
	if err := s.closed(); err != nil {
		return nil, err
	}
	globals, query, err := u.Globals(s.ownKeys()...)
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(s.Without)) {
		if text, ok := query.Get(key); ok && text != "" {
			return nil, &channels.FieldError{Summary: fmt.Sprintf("%q in the address cannot be followed", key), Detail: s.Without[key]}
		}
	}
	matched, err := s.Shapes.Match(u, s.given(query)...)
	if err != nil {
		return nil, err
	}
	out := channels.Values{}
	dealt := s.deal(matched, query)
	for i := range s.Fields {
		f := &s.Fields[i]
		texts := slices.Clone(matched.Values[f.Name])
		if f.Form == Server && len(texts) == 1 {
			texts[0] = s.server(u)
		}
		query := query
		if dealt[f.Name] {
			query = nil
		}
		v, err := f.fromURL(texts, query, u)
		if err != nil {
			return nil, err
		}
		if v != nil {
			out[f.Name] = v
		}
	}
	if globals.Format != "" && slices.Contains(s.Message.Formats, globals.Format) {
		out[formatField] = globals.Format
	}
	if globals.Verify != nil && !*globals.Verify && s.ownServer() {
		out[verifyField] = false
	}
	if globals.Overflow != "" {
		out[overflowField] = globals.Overflow
	}
	return out, nil
}

// deal adds to the values of lists that share a place what the query has for
// them, and returns the fields whose part of the query that was.
func (s *Spec) deal(m address.Matched, query address.Pairs) map[string]bool {
	done := map[string]bool{}
	for i := range s.Fields {
		f := &s.Fields[i]
		text, ok := f.inQuery(query)
		if !ok || f.Type != channels.List {
			continue
		}
		found, shared := m.Shape.Deal(f.Name, address.SplitList(text))
		if done[f.Name] = shared; !shared {
			continue
		}
		for name, values := range found {
			m.Values[name] = append(m.Values[name], values...)
		}
	}
	return done
}

// server returns the address of a server that an Apprise address names.
func (s *Spec) server(u address.URL) string {
	scheme := "http"
	if u.Scheme() == "https" || slices.Contains(s.Secure, u.Scheme()) {
		scheme = "https"
	}
	return scheme + "://" + u.HostPort()
}

// ownKeys returns the keys of the query that fields take, for the few that
// every address has as well.
func (s *Spec) ownKeys() []string {
	var out []string
	for i := range s.Fields {
		out = append(out, s.Fields[i].Aliases...)
	}
	return out
}

// given returns the fields that the query sets.
func (s *Spec) given(query address.Pairs) []string {
	var out []string
	for i := range s.Fields {
		if _, ok := s.Fields[i].inQuery(query); ok {
			out = append(out, s.Fields[i].Name)
		}
	}
	return out
}

// inQuery returns what the query says of a field.
func (f *Field) inQuery(query address.Pairs) (string, bool) {
	for _, key := range f.Aliases {
		if text, ok := query.Get(key); ok && text != "" {
			return text, true
		}
	}
	return "", false
}

// fromURL returns the value of one field; nil when the address has none.
func (f *Field) fromURL(texts []string, query address.Pairs, u address.URL) (any, error) {
	if f.Type == channels.Map {
		return f.mapped(u), nil
	}
	if text, ok := f.inQuery(query); ok {
		switch {
		case f.Type != channels.List:
			texts = []string{text}
		case f.Form == Phone:
			texts = append(texts, address.SplitPhones(text)...)
		default:
			texts = append(texts, address.SplitList(text)...)
		}
	}
	if len(texts) == 0 && f.Schemes[u.Scheme()] != nil {
		texts = []string{event.Text(f.Schemes[u.Scheme()])}
	}
	if len(texts) == 0 {
		return nil, nil
	}
	switch f.Type {
	case channels.List:
		return texts, nil
	case channels.Secret:
		return event.NewSecret(texts[0]), nil
	case channels.Bool:
		b, ok := address.ParseBool(texts[0])
		if !ok {
			return nil, f.wrong("Write yes or no.")
		}
		return b, nil
	case channels.Number:
		n, err := strconv.ParseFloat(texts[0], 64)
		if err != nil {
			return nil, f.wrong("Write a number.")
		}
		return n, nil
	}
	return texts[0], nil
}

// mapped returns the pairs of the query that have the field's sign.
func (f *Field) mapped(u address.URL) any {
	var from address.Pairs
	switch f.Pairs {
	case "+":
		from = u.Headers()
	case "-":
		from = u.Params()
	case ":":
		from = u.Payload()
	}
	if len(from) == 0 {
		return nil
	}
	out := make(map[string]event.Secret, len(from))
	for _, p := range from {
		out[p.Name] = event.NewSecret(p.Value)
	}
	return out
}
