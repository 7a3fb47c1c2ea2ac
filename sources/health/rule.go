package health

import (
	"slices"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
)

// Level is how a subject, or a category of them, is doing. Levels are ordered.
type Level int

// The levels.
const (
	OK      Level = iota
	Unknown       // it could not be read for a while
	Warning
	Critical
)

// String returns the level as events tell it.
func (l Level) String() string { return [...]string{"OK", "UNKNOWN", "WARNING", "CRITICAL"}[l] }

// Word returns the level as configurations name it.
func (l Level) Word() string { return [...]string{"ok", "unknown", "warning", "critical"}[l] }

// Alarms are the levels that a rule gives conditions for, the highest first.
func Alarms() []Level { return []Level{Critical, Warning} }

// Categories are the areas of a host that have a level of their own.
func Categories() []string {
	return []string{"cpu", "memory", "storage", "disks", "network", "vms", "services", "logs", "updates", "security"}
}

// Rule is what one source block says: what it looks at, when that is bad, and the
// events that come of it.
type Rule struct {
	Name     string
	Place    string `json:"-"` // file:line
	Category string

	Each    string                  // the fact whose items are judged one by one; empty: the host is the one subject
	Key     string                  // the field that names an item of Each
	Facts   []string                // those that are read besides, as host.NAME
	Own     []string                // those of Facts whose fields are data, as those of an item are
	Exclude []func(key string) bool `json:"-"` // items that are left alone

	Every   time.Duration
	Sustain time.Duration // how long a level must hold before it counts

	Value  func(values map[string]any) (any, error) `json:"-"`
	When   Condition                                `json:"-"` // nil: always; while it is false, nothing changes
	Clear  Condition                                `json:"-"` // nil: always; a finding ends only when it holds
	Bounds map[Level]*Bound                         // of Alarms; at least one

	Event    string                     // that a finding raises
	Worse    string                     // that it raises when it gets worse
	Fields   map[string]event.FieldType // that their data may have
	Data     []sources.Datum            `json:"-"`
	Resolved string                     // that its end raises; empty: nothing
}

// Condition asks something of values by their full names: value, item.NAME,
// host.NAME.FIELD.
type Condition func(values map[string]any) (bool, error)

// Bound is when a subject has a level.
type Bound struct {
	When      Condition `json:"-"`
	Threshold *float64  `json:"-"` // that the value is compared with; nil: none, or several
	Severity  string    // of events
}

// Reads lists the facts that the rule needs, each once.
func (r *Rule) Reads() []string {
	if r.Each == "" || slices.Contains(r.Facts, r.Each) {
		return r.Facts
	}
	return append(slices.Clone(r.Facts), r.Each)
}

// lowest returns the lowest level that the rule has a bound for.
func (r *Rule) lowest() Level {
	if r.Bounds[Warning] != nil {
		return Warning
	}
	return Critical
}

// holds reports whether a condition holds; one that is not there always does.
func (c Condition) holds(values map[string]any) (bool, error) {
	if c == nil {
		return true, nil
	}
	return c(values)
}
