package probe

import (
	"regexp"
	"slices"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
)

// The kinds of probes, by what they look at.
const (
	Command = "command"
	HTTP    = "http"
	File    = "file"
	Cert    = "cert"
)

// Rule is what one source block says: what is looked at, how often, and the event
// that is made of it.
type Rule struct {
	Kind, Name string
	Place      string `json:"-"` // file:line

	Every    time.Duration // from the end of a look to the next one
	Timeout  time.Duration // of a look
	Optional bool          // that there is nothing to look at is no trouble
	Held     string        // why it cannot look at all: a secret is missing; empty: it can

	Command []string // of kind command: the program and its arguments
	Request Request  // of kind http
	Path    string   // of kinds file and cert; a file's may be a glob
	Address string   // of kind cert, in place of Path: host:port

	Patterns []Pattern        // what is looked for in the text
	Each     *Path            // to the items; nil: what was found is the only one
	Key      sources.Template `json:"-"` // the name of an item; nil: see Item
	// When is the condition; nil: it holds.
	When func(values map[string]any) (bool, error) `json:"-"`
	// Reads are the names of the result that the rule has a use for, such as json.
	// What nobody reads is not parsed, and a failure that is read is no failure.
	Reads []string
	// Moment says that the condition is about a change, so that it holds for a
	// moment: each look at which it does makes an event. Any other is about a
	// state, whose beginning makes one.
	Moment bool
	// Previous are the names that are read of what was there at the last look; All
	// stands for every one, and an empty one asks whether there was anything.
	Previous []string

	Event          string
	Severity       string                     // empty: the catalogue's
	Fields         map[string]event.FieldType // that its data may have
	Resolved       string                     // the event when a state ends; empty: none
	ResolvedFields map[string]event.FieldType
	Host           sources.Template `json:"-"` // nil: this host
	Data           []sources.Datum  `json:"-"`
}

// Request is what is asked for over HTTP. Addresses and headers may hold secrets.
type Request struct {
	URL     event.Secret
	Method  string
	Headers map[string]event.Secret
	Any     bool // any certificate is taken
}

// Pattern is looked for in the text that was found, line by line unless it says
// otherwise. Its matches are items by the names of its groups.
type Pattern struct {
	Name string
	re   *regexp.Regexp
}

// All stands for every name.
const All = "*"

// Wants reports whether one of the names of the result is read.
func (r *Rule) Wants(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(r.Reads, name) })
}

// WantsText reports whether the text that was found is of any use, not only that
// there is some.
func (r *Rule) WantsText() bool {
	return len(r.Patterns) > 0 || r.compares() || r.Wants("json", "stdout", "body", "content")
}

// maxPattern bounds a pattern, in bytes.
const maxPattern = 4 << 10

// NewPattern compiles a pattern. An error may be a *syntax.Error, which tells the
// part that is wrong.
func NewPattern(name, text string) (Pattern, error) {
	if len(text) > maxPattern {
		return Pattern{}, errLongPattern
	}
	re, err := regexp.Compile(`(?m)` + text)
	return Pattern{name, re}, err
}

// Groups are the names of the pattern's groups, in their order.
func (p Pattern) Groups() []string {
	return slices.DeleteFunc(slices.Clone(p.re.SubexpNames()), func(name string) bool { return name == "" })
}

// MarshalText writes the pattern, so that a change of it is one of the rule.
func (p Pattern) MarshalText() ([]byte, error) { return []byte(p.Name + " " + p.re.String()), nil }
