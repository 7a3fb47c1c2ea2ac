package journal

import "tocsin/engine/event"

// Rule is what one source block says: which entries it is for, and the event that
// it makes of them.
type Rule struct {
	Name  string
	Place string `json:"-"` // file:line

	Identifiers []string                                  // SYSLOG_IDENTIFIER is one of them; none: any
	Units       []string                                  // _SYSTEMD_UNIT is one of them; NAME@.TYPE stands for all instances; none: any
	Users       []int                                     // _UID is one of them, or the entry has none; none: any
	Transports  []string                                  // _TRANSPORT is one of them; none: any
	Urgency     int                                       // PRIORITY is at most that; 7: any
	Pattern     *Pattern                                  `json:"-"` // nil: any message
	When        func(values map[string]any) (bool, error) `json:"-"` // nil: always

	Fields   []string // of the journal, that When, Host and Data ask for by their own names
	Event    string
	Severity string                     // empty: the catalogue's
	Host     Template                   `json:"-"` // nil: this host
	Data     []Datum                    `json:"-"`
	Types    map[string]event.FieldType // of the pattern's groups that are data
}

// Template makes text of the view of an entry: match and entry are maps of names
// and values. A nil one is left out.
type Template func(view map[string]any) (string, error)

// Datum is one field of data that a rule adds.
type Datum struct {
	Name string
	Type event.FieldType
	Text Template
}

// Helper is the first letter of groups whose text is not data: they are there for
// conditions and templates.
const Helper = '_'
