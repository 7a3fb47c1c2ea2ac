package engine

import (
	"time"

	"tocsin/engine/event"
)

// Policy is a compiled configuration. Index makes it ready; from then on it is
// immutable, and many goroutines may read it.
type Policy struct {
	Enabled  bool           // tocsin.enabled; false: every event is suppressed
	Place    string         // file:line of the tocsin block
	Host     string         // display name, for events that name no host
	System   string         // system name of this host: events that name it are told as Host
	Cluster  string         // for events that name no cluster
	Zone     *time.Location // of times in words; nil: UTC
	Types    map[string]*Type
	Generic  *Type // catalogue entry for types that Types does not know
	Toggles  Scoped[Toggle]
	Dedup    Setting[time.Duration]
	Cooldown Scoped[time.Duration]
	Channels []*Channel // in the order of the files

	Rules       []*Rule // in the order in which they run
	Silences    []*Silence
	Inhibitions []*Inhibition

	tables // made by Index
}

// Type is one entry of the catalogue.
type Type struct {
	Name        string
	Group       string
	Severity    event.Severity
	Outcome     string // event.Success, or empty
	Enabled     bool   // on, unless a toggle says otherwise
	Live        bool   // never waits for a digest, unless a toggle says otherwise
	Fields      map[string]event.FieldType
	Fingerprint []string // data fields, and "host"; nil: host and all data
	Resolves    []string // types that this one ends
	Burst       *Burst   // the burst block that counts this type; nil: none
	Place       string   // file:line
}

// Burst merges a flood of events into summaries.
type Burst struct {
	Name      string // type of the summary: burst_auth_fail
	Group     string // group of the summary; empty: that of its first event
	Threshold int    // events that make a flood
	Window    time.Duration
	By        []string        // data fields that split one flood from another
	Samples   int             // events kept as samples
	Severity  *event.Severity // of the summary; nil: the highest of its events
	Place     string
}

// Channel is a destination as the judge sees it.
type Channel struct {
	Name    string
	Kind    string
	When    Matcher // what it takes when no rule names a channel; nil: everything
	Toggles Scoped[Toggle]
	Place   string // file:line of the block
	// WhenPlace is the file:line of the condition.
	WhenPlace string
	Quiet     *Quiet  // nil: none
	Digest    *Digest // nil: none
}

// Matcher is a compiled condition. An error counts as "does not match" and is
// recorded with the condition's place.
type Matcher interface {
	Match(e *event.Event) (bool, error)
}

// Toggle is the value of a switch.
type Toggle uint8

// The values of a switch. The zero value means that nothing was said.
const (
	Unset    Toggle = iota
	Off             // false
	On              // true
	ToDigest        // "digest": on, and held for the digest
	ToLive          // "live": on, and never held for the digest
)

// String returns the value as it is written in files.
func (t Toggle) String() string {
	switch t {
	case Off:
		return "false"
	case On:
		return "true"
	case ToDigest:
		return `"digest"`
	case ToLive:
		return `"live"`
	}
	return "unset"
}

// TypeOf returns the catalogue's entry for an event type, or the generic one.
func (p *Policy) TypeOf(name string) *Type {
	if t, ok := p.Types[name]; ok {
		return t
	}
	return p.Generic
}
