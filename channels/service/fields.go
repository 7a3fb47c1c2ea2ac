package service

import (
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"tocsin/channels"
	"tocsin/engine/event"
)

// The fields that channels of every service have.
const (
	overflowField = "overflow"
	formatField   = "format"
	verifyField   = "verify_tls"
)

// ChannelFields returns every field of the service's channels, in the order to
// show them.
func (s *Spec) ChannelFields() []channels.Field {
	out := make([]channels.Field, 0, len(s.Fields)+2)
	for i := range s.Fields {
		out = append(out, s.Fields[i].Field)
	}
	for _, f := range s.common() {
		out = append(out, f.Field)
	}
	return out
}

// common returns the fields that a service does not declare itself.
func (s *Spec) common() []Field {
	var out []Field
	if len(s.Message.Formats) > 1 {
		out = append(out, Field{
			Field: channels.Field{
				Name: formatField, Type: channels.String, Doc: "How texts are marked up: " + strings.Join(s.Message.Formats, ", ") + ".",
				Example: fmt.Sprintf("%q", s.Message.Formats[1]), Default: s.Message.Formats[0],
			},
			Words: wordsOf(s.Message.Formats),
		})
	}
	if s.ownServer() {
		out = append(out, Field{Field: channels.Field{
			Name: verifyField, Type: channels.Bool, Example: "false", Default: "true",
			Doc: "Hold the server's certificate against known authorities; false takes any, also that of somebody in between.",
		}})
	}
	return append(out, Field{
		Field: channels.Field{
			Name: overflowField, Type: channels.String, Example: fmt.Sprintf("%q", Truncate), Default: s.Message.over(Options{}),
			Doc: "What is done with a message that is too long: split sends several, truncate cuts it, upstream leaves it to the service.",
		},
		Words: wordsOf([]string{Split, Truncate, Whole}),
	})
}

// ownServer reports whether channels may lead to a server of the operator's.
func (s *Spec) ownServer() bool {
	return slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Form == Server })
}

func wordsOf(names []string) []Word {
	out := make([]Word, len(names))
	for i, name := range names {
		out[i].Name = name
	}
	return out
}

// Settled is what a channel is set up with, checked and complete: as templates
// of requests see it.
type Settled struct {
	Fields  map[string]any // with secrets in the clear
	Options Options
	Secrets []string // every secret value of some length, never to be shown
}

// Settle checks the values of a channel and adds what is left out. The error is
// a *channels.FieldError.
func (s *Spec) Settle(values channels.Values) (*Settled, error) {
	if err := s.closed(); err != nil {
		return nil, err
	}
	out := &Settled{Fields: make(map[string]any, len(s.Fields))}
	for i := range s.Fields {
		f := &s.Fields[i]
		v, err := f.settle(values[f.Name])
		if err != nil {
			return nil, err
		}
		if v == nil {
			v = f.Value
		}
		if list, isList := v.([]any); f.Required && (v == nil || isList && len(list) == 0) {
			return nil, &channels.FieldError{Field: f.Name, Summary: "missing " + strings.ReplaceAll(f.Name, "_", " "), Detail: f.Doc}
		}
		out.Fields[f.Name] = v
		if text, ok := v.(string); ok && f.Type == channels.Secret && len(text) > 3 {
			out.Secrets = append(out.Secrets, text, url.QueryEscape(text), url.PathEscape(text))
		}
	}
	for _, f := range s.common() {
		v, err := f.settle(values[f.Name])
		if err != nil {
			return nil, err
		}
		switch text, _ := v.(string); f.Name {
		case verifyField:
			out.Options.Unverified = v == false
		case formatField:
			out.Options.Format = text
		case overflowField:
			out.Options.Over = text
		}
	}
	if err := s.unanswered(out.Fields); err != nil {
		return nil, err
	}
	var err error
	out.Options.Max, err = s.Message.maxFor(out.Fields)
	return out, err
}

// unanswered refuses fields for which the service has no request, where that does
// not hang on the message.
func (s *Spec) unanswered(fields map[string]any) error {
	var asked []string
	for _, r := range s.Requests {
		if r.When == nil {
			return nil
		}
		for _, ref := range r.When.Refs() {
			if len(ref.Path) < 2 || ref.Path[0] != "channel" {
				return nil
			}
			if !slices.Contains(asked, ref.Path[1]) {
				asked = append(asked, ref.Path[1])
			}
		}
		if v, err := r.When.Value(map[string]any{"channel": fields}); err != nil || truthy(v) {
			return nil // an error is one of the service, and told with a message
		}
	}
	if len(asked) == 0 {
		return nil
	}
	return &channels.FieldError{
		Field: asked[0], Summary: "nothing to send to",
		Detail: s.Title + " has no request for this combination of " + strings.Join(asked, ", ") + ": something is missing among them.",
	}
}

// closed refuses every channel of a service that is gone.
func (s *Spec) closed() error {
	if s.Closed == "" {
		return nil
	}
	return &channels.FieldError{Summary: s.Title + " is closed", Detail: s.Closed}
}

// maxFor returns the limit of a channel's texts; 0 when it is that of every
// channel.
func (m *Message) maxFor(fields map[string]any) (int, error) {
	if m.MaxFor == nil {
		return 0, nil
	}
	v, err := m.MaxFor.Value(map[string]any{"channel": fields})
	if err != nil {
		return 0, fmt.Errorf("max_for: %w", err)
	}
	n, ok := number(v)
	if !ok {
		return 0, nil
	}
	return max(int(n), 1), nil
}

// Hide takes the channel's secrets out of a text.
func (s *Settled) Hide(text string) string {
	for _, secret := range s.Secrets {
		text = strings.ReplaceAll(text, secret, "[set]")
	}
	return text
}

// settle returns a value as templates see it; nil when there is none.
func (f *Field) settle(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case event.Secret:
		return f.text(v.Reveal())
	case string:
		return f.text(v)
	case float64:
		if v == float64(int(v)) {
			return int(v), nil
		}
		return v, nil
	case []string:
		out := make([]any, 0, len(v))
		for _, item := range v {
			item, err := f.text(item)
			if err != nil {
				return nil, err
			}
			if item != nil {
				out = append(out, item)
			}
		}
		return out, nil
	case map[string]event.Secret:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[name] = item.Reveal()
		}
		return out, nil
	}
	return v, nil
}

// text checks one text and puts it into the field's form; nil when it is empty.
func (f *Field) text(text string) (any, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	if len(f.Words) > 0 {
		return f.word(text)
	}
	text, detail := f.Form.put(text)
	if detail == "" && f.Pattern != nil && !f.Pattern.MatchString(text) {
		detail = f.shape()
	}
	if detail != "" {
		return nil, f.wrong(detail)
	}
	return text, nil
}

func (f *Field) wrong(detail string) error {
	return &channels.FieldError{Field: f.Name, Summary: "invalid " + strings.ReplaceAll(f.Name, "_", " "), Detail: detail}
}

// shape tells how a value is written.
func (f *Field) shape() string {
	text := "It does not look like one: " + f.Doc
	if f.Example != "" && f.Type != channels.Secret {
		text += " For example " + f.Example + "."
	}
	return text
}

// word returns the name of the word that a text means.
func (f *Field) word(text string) (any, error) {
	var names []string
	for _, w := range f.Words {
		if strings.EqualFold(w.Name, text) || slices.ContainsFunc(w.Other, func(o string) bool { return strings.EqualFold(o, text) }) {
			return w.Name, nil
		}
		names = append(names, w.Name)
	}
	return nil, f.wrong("It is one of " + strings.Join(names, ", ") + ".")
}

// put writes a text in its form, or says what is wrong with it.
func (form Form) put(text string) (out, detail string) {
	switch form {
	case Phone:
		return putPhone(text)
	case Email:
		if _, err := mail.ParseAddress(text); err != nil {
			return text, "Write an e-mail address, such as ops@example.org or Ops <ops@example.org>."
		}
	case Server:
		return putServer(text)
	}
	return text, ""
}

func putPhone(text string) (out, detail string) {
	const least, most = 3, 15
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
	odd := strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune("+0123456789 -.()/", r) })
	if odd || len(digits) < least || len(digits) > most {
		return text, "Write a telephone number with its country, such as +34600100200."
	}
	if strings.HasPrefix(text, "+") {
		digits = "+" + digits
	}
	return digits, ""
}

func putServer(text string) (out, detail string) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return text, "Write the server's address with http:// or https:// and without a query or password, such as https://chat.example.org."
	}
	return strings.TrimRight(u.Scheme+"://"+u.Host+u.EscapedPath(), "/"), ""
}
