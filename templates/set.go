package templates

import (
	"time"

	"tocsin/engine/event"
)

// Set is the compiled templates of one configuration. It is immutable once it
// is in use, and many goroutines may render with it.
type Set struct {
	Entries map[string]*Entry // by event type, those of bursts included
	Generic *Entry            // for types that Entries does not know, and in place of a template that fails
	Zone    *time.Location    // in which times are shown; nil: UTC
	Local   map[string]any    // .local
}

// Entry is how events of one type are told. Without a title and a body, the bare
// fields of the event are.
type Entry struct {
	Type    string
	Group   string
	Icon    string // emoji before the title of a rich message
	Outcome string // event.Success, or empty
	Burst   bool   // it tells bursts, and nothing else: an event that only bears the name is told by the generic entry
	// Fields declares the types of data fields: an event that was kept as JSON
	// has lost them.
	Fields  map[string]event.FieldType
	Title   *Template // nil: the type
	Body    *Template // nil: none
	Details []Row     // in the order to show
}

// Row is one labelled row below the body. A row whose value is empty is left
// out.
type Row struct {
	Label string
	Value *Template
}

// Fault says that a part of a message could not be rendered and was replaced.
type Fault struct {
	Part   string // title, body, or "detail LABEL"
	Reason string // cause and place in the template
}

// entry returns the entry for a type, or the generic one, which may be nil.
func (s *Set) entry(name string) *Entry {
	if e, ok := s.Entries[name]; ok {
		return e
	}
	if s.Generic != nil {
		return s.Generic
	}
	return &Entry{}
}
