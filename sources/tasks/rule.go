package tasks

import (
	"tocsin/engine/event"
	"tocsin/sources"
)

// Rule is what one source block says: which workers it is for, and the events that
// it makes of their tasks.
type Rule struct {
	Name  string
	Place string `json:"-"` // file:line

	Workers []string                                  // the type of the task is one of them
	When    func(values map[string]any) (bool, error) `json:"-"` // nil: always
	Emits   [4]*Emission                              // by Outcome; nil: nothing
}

// Emission is the event that a rule makes of one outcome.
type Emission struct {
	Event    string
	Severity string                     // empty: the catalogue's
	Fields   map[string]event.FieldType // that its data may have
	Data     []sources.Datum            `json:"-"`
}
