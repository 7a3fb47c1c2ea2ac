package engine

import "tocsin/engine/event"

// Setting is a value with the file:line that set it.
type Setting[T any] struct {
	Value T
	Place string
}

// Scope says which kind of key decided a scoped lookup.
type Scope uint8

// The scopes of a key, from none to the most specific.
const (
	NoScope Scope = iota
	SeverityScope
	GroupScope
	TypeScope
)

// Scoped holds values under scoped keys: an event type, a group or a severity.
// The most specific key wins: the type, then the group, then the severity.
type Scoped[T any] struct {
	Types      map[string]Setting[T]
	Groups     map[string]Setting[T]
	Severities [3]*Setting[T] // by event.Severity
}

// Lookup returns the setting that holds for an event and the scope of its key;
// NoScope and the zero setting when no key fits.
func (s *Scoped[T]) Lookup(typ, group string, severity event.Severity) (Setting[T], Scope) {
	if v, ok := s.Types[typ]; ok {
		return v, TypeScope
	}
	if v, ok := s.Groups[group]; ok {
		return v, GroupScope
	}
	if int(severity) < len(s.Severities) {
		if v := s.Severities[severity]; v != nil {
			return *v, SeverityScope
		}
	}
	return Setting[T]{}, NoScope
}
