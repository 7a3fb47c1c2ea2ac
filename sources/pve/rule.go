package pve

import (
	"tocsin/engine/event"
	"tocsin/sources"
)

// Rule is what one source block says: which notifications it is for, and the event
// that it makes of them.
type Rule struct {
	Name  string
	Place string `json:"-"` // file:line
	First bool   // asked before those that are not

	Notifications []string                                  // types; none: any
	When          func(values map[string]any) (bool, error) `json:"-"` // nil: always
	Reads         []string                                  `json:"-"` // the names that When reads, such as post.outcome
	Event         string
	Severity      string                     // Posted, a severity, or empty: the higher one of the sender's and the event's
	Fields        map[string]event.FieldType // that the data of the event may have
	Types         map[string]event.FieldType // of fields of the sender's own
	Data          []sources.Datum            `json:"-"`
}

// Posted is the severity of a rule whose events are as severe as the sender says, also
// where the event is meant to be more.
const Posted = "posted"
