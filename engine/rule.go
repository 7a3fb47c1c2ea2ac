package engine

import (
	"time"

	"tocsin/engine/event"
	"tocsin/engine/window"
)

// Rule changes, routes or stops the events that it matches. Rules run in their
// order, and each sees what the ones before it made of the event.
type Rule struct {
	Name  string
	Place string // file:line
	Condition

	Channels    []string        // the events go to these, whatever their when, and to no others
	Drop        bool            // the events end here
	Stop        bool            // no later rule is tried
	Severity    *event.Severity // set; nil: as it was
	Data        []Datum         // added
	Cooldown    *time.Duration  // in place of the configured one
	Fingerprint []string        // data fields, and "host", in place of the catalogue's; nil: the catalogue's
	Once        bool            // what is the same is one occurrence: its repeats are no further events of a flood

	// After makes the rule a reminder: it changes nothing, but tells an event
	// that is still open and not silenced that long after it was accepted, over
	// Channels or where it went, and then again every so often.
	After time.Duration
	Every time.Duration // 0: once
}

// Datum is one field that a rule adds to an event's data.
type Datum struct {
	Name  string
	Type  event.FieldType // what its text is turned into
	Place string
	Text  func(*event.Event) (string, error)
}

// Silence keeps the events that it matches from being told for some time.
type Silence struct {
	Name  string
	Place string // file:line
	Condition

	Comment     string
	Hours       window.List // when it holds, every week; nil: From and Until say
	From, Until time.Time   // zero: without that end
}

// Inhibition keeps effects from being told while their cause lasts: one cause,
// one message.
type Inhibition struct {
	Name   string
	Place  string // file:line
	Cause  Condition
	Effect EffectMatcher
	// EffectPlace is the file:line of the effect's condition; one of EffectKeys
	// holds for every effect, unless they are nil.
	EffectPlace string
	EffectKeys  []Key
	Within      time.Duration // at most so long after the cause; its resolution ends it sooner
}

// EffectMatcher is a compiled condition about an event and a cause before it.
type EffectMatcher interface {
	MatchCause(e, cause *event.Event) (bool, error)
}

// Condition chooses events: those in Events for which When holds.
type Condition struct {
	Events    Selector
	When      Matcher // nil: all
	WhenPlace string  // file:line
	// Keys are what When pins down: one of them holds for every event that it
	// matches. nil: nothing is pinned down.
	Keys []Key
}

// Selector is a list of event types, groups and globs over types. The zero
// Selector selects everything.
type Selector struct {
	Types  map[string]bool
	Groups map[string]bool
	Globs  []string // as in path.Match
}

// Key says that an attribute of an event has a value, or begins with a text. It
// is what an index can look up.
type Key struct {
	// Attr is type, group, severity, source, host, cluster, guest.id,
	// guest.name, guest.node, guest.pool, or data.NAME.
	Attr   string
	Value  any  // string, float64 or bool; of severity its word in capitals
	Prefix bool // the attribute, a text, begins with Value
}

// Quiet are the quiet hours of a channel: what does not pass waits for their end.
type Quiet struct {
	Hours     window.List
	Place     string  // file:line
	Pass      Matcher // what passes beside CRITICAL; nil: nothing
	PassPlace string
}

// Digest is the daily digest of a channel.
type Digest struct {
	At    window.Daily
	Place string // file:line
}
