package channels

import (
	"context"
	"fmt"
	"time"

	"tocsin/channels/address"
	"tocsin/engine/event"
)

// Channel delivers messages to one configured destination. It is used by one
// goroutine at a time, except that Send may run while an older Channel of the
// same name still finishes its last message after a reload.
type Channel interface {
	// Send delivers m, in native markup when m.Rich and as plain text
	// otherwise, in as many parts as the service's limits ask for. A part
	// never begins or ends inside a character or an entity.
	//
	// It returns within the deadline of ctx, or 15 seconds (SMTP and programs: 60). It makes
	// one attempt: retries are the dispatcher's. When it fails, the error is an
	// *event.SendError whose text holds no secret and no URL with one.
	// Everything in m is hostile: markup and mentions in it must be inert.
	Send(ctx context.Context, m *event.Message) (event.Receipt, error)
}

// Kind is one service that messages can be delivered to.
type Kind struct {
	Name   string  // label of the channel block: telegram
	Doc    string  // one sentence: what it delivers to and what one needs for it
	Fields []Field // in the order to show them
	// New makes a channel from values that fit Fields. An error about one
	// field is a *FieldError. What is missing on this host at the moment is no
	// reason to refuse a configuration: see Checked.
	New func(Values) (Channel, error)

	// Schemes are those of the Apprise addresses that stand for a channel of the
	// kind, and FromURL reads one as the values of such a channel. Its error is
	// an *address.Error or a *FieldError, and shows nothing of the address.
	Schemes []string
	FromURL func(address.URL) (Values, error)
	// Delegate finds the kind that a channel of this one really is, and its
	// values, among all others; nil: itself.
	Delegate func(kinds []Kind, v Values) (*Kind, Values, error)

	// HostOnly reports whether a channel with these values runs programs of this host
	// or writes its files; nil: none does. Then only a file of the configuration makes
	// it, never the body of a request: whoever may send or edit over the network must
	// not gain a shell or spoil a database by it.
	HostOnly func(Values) bool
	// Shared names the block whose arguments every channel of the kind gets
	// among its values; empty: none.
	Shared string
}

// AppriseKind is the kind of channel that is an address of any service.
const AppriseKind = "apprise"

// Open makes a channel of the kind that the values really are of: an address may
// mean any of kinds. An error about one field is a *FieldError.
func (k *Kind) Open(kinds []Kind, v Values) (Channel, error) {
	if k.Delegate == nil {
		return k.New(v)
	}
	real, own, err := k.Delegate(kinds, v)
	if err != nil {
		return nil, err
	}
	return real.New(own)
}

// Checked is a Channel that depends on more than its values, such as a program
// of this host. Who loads a configuration tells what it lacks as a warning: a
// program that is gone today must not take the other channels with it. Until it
// is there, Send fails as the target's fault.
type Checked interface {
	Channel
	// Missing reports what the channel lacks at this moment, or nil. When ask is
	// set it may take seconds and ask programs and servers; else it tells what can
	// be seen at once.
	Missing(ask bool) *FieldError
}

// Paced is a Channel whose service limits how fast it takes messages for the
// channel's destination. Who queues messages keeps to it, so that the service
// need not refuse any.
type Paced interface {
	Channel
	Pace() Pace
}

// Pace is how fast messages may follow each other; the zero value means no
// limit.
type Pace struct {
	Every time.Duration // one message each
	Burst int           // that many at once
}

// FieldType is the type of a field's value.
type FieldType string

// The types of fields.
const (
	String FieldType = "string"
	Number FieldType = "number"
	Bool   FieldType = "bool"
	List   FieldType = "list"   // of strings; a single string is a list of one
	Secret FieldType = "secret" // a string that is never shown

	// Address is a URL that is never shown, as it may hold a secret. One that
	// looks as if it held none may stand in the file.
	Address FieldType = "address"
	// Map holds strings by name, of which each may be a secret; none is shown.
	Map FieldType = "map"
	// Template is a string in which {{ }} means something.
	Template FieldType = "template"
)

// Field is one attribute of a channel block.
type Field struct {
	Name     string
	Type     FieldType
	Required bool
	Doc      string // one sentence
	Example  string // HCL, as it stands behind the equals sign
	Default  string // for people: what holds when it is left out
}

// Field returns the field of that name.
func (k *Kind) Field(name string) (Field, bool) {
	for _, f := range k.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Values are the fields that a channel block sets, by name. String and Template
// fields hold string, Number, Bool and List ones float64, bool and []string,
// Secret and Address ones event.Secret, Map ones map[string]event.Secret; a field
// that was left out is absent.
type Values map[string]any

// String returns a string field, or fallback when it is absent.
func (v Values) String(name, fallback string) string {
	if s, ok := v[name].(string); ok {
		return s
	}
	return fallback
}

// Int returns a number field as an integer, or fallback when it is absent.
func (v Values) Int(name string, fallback int) int {
	if n, ok := v[name].(float64); ok {
		return int(n)
	}
	return fallback
}

// Bool returns a bool field, or fallback when it is absent.
func (v Values) Bool(name string, fallback bool) bool {
	if b, ok := v[name].(bool); ok {
		return b
	}
	return fallback
}

// List returns a list field; nil when it is absent.
func (v Values) List(name string) []string {
	l, _ := v[name].([]string)
	return l
}

// Secret returns a secret field; unset when it is absent.
func (v Values) Secret(name string) event.Secret {
	s, _ := v[name].(event.Secret)
	return s
}

// Map returns a map field; nil when it is absent.
func (v Values) Map(name string) map[string]event.Secret {
	m, _ := v[name].(map[string]event.Secret)
	return m
}

// FieldError says what is wrong with the value of one field.
type FieldError struct {
	Field   string // name; empty when several together are wrong
	Summary string // short noun phrase: "invalid webhook URL"
	Detail  string // a sentence with the remedy; never the value of a secret
	// Word is a name that nothing has, and Known are those that there are, so that
	// a near one can be shown; empty: it is no matter of names.
	Word  string
	Known []string
}

// Error returns the summary and the detail.
func (e *FieldError) Error() string {
	return fmt.Sprintf("%s: %s: %s", e.Field, e.Summary, e.Detail)
}
