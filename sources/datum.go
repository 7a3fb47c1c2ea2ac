package sources

import "tocsin/engine/event"

// Template makes text of what a source sees, under the names that its kind gives it.
type Template func(view map[string]any) (string, error)

// Datum is one field of data that a source block adds to its events.
type Datum struct {
	Name string
	Type event.FieldType // what its text is turned into
	Text Template
}
