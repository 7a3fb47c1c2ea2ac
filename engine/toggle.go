package engine

import (
	"slices"

	"tocsin/engine/event"
)

// verdict is what the switches say about an event.
type verdict struct {
	Toggle Toggle
	Place  string
	Reason Reason // of Off
}

// switches works out a toggle from the master's and a channel's keys. A master
// false is final; else the channel's key decides, else the master's, else the
// catalogue. A group or severity key never turns on a type that the catalogue
// has off; the type's own key does. Who does not hear of a trouble does not hear that
// it is over. ch may be nil.
func (p *Policy) switches(e *event.Event, t *Type, ch *Channel) verdict {
	v := p.chosen(e, t, ch)
	if trouble, of := p.ended(e, t); of != nil && v.Toggle != Off {
		if over := p.chosen(trouble, of, ch); over.Toggle == Off {
			return over
		}
	}
	return v
}

// Ends is the field of data in which an event that resolves many types says which one
// it ends, and WasSeverity how severe that was.
const (
	Ends        = "ends"
	WasSeverity = "original_severity"
)

// ended is the trouble that an event says it ends, with its type; nil when it says none
// that it resolves.
func (p *Policy) ended(e *event.Event, t *Type) (*event.Event, *Type) {
	name, _ := e.Data[Ends].(string)
	if name == "" || !slices.Contains(t.Resolves, name) {
		return nil, nil
	}
	of := p.TypeOf(name)
	trouble := &event.Event{Type: of.Name, Group: of.Group, Severity: of.Severity}
	if word, _ := e.Data[WasSeverity].(string); word != "" {
		if severity, ok := event.ParseSeverity(word); ok {
			trouble.Severity = severity
		}
	}
	return trouble, of
}

// chosen is what the switches say about a type, whatever it ends.
func (p *Policy) chosen(e *event.Event, t *Type, ch *Channel) verdict {
	master, scope := p.Toggles.Lookup(e.Type, e.Group, e.Severity)
	if master.Value == Off {
		return verdict{Off, master.Place, ReasonToggle}
	}
	on := t.Enabled || scope == TypeScope
	if ch != nil {
		if own, ownScope := ch.Toggles.Lookup(e.Type, e.Group, e.Severity); ownScope != NoScope {
			master, scope = own, ownScope
			on = on || ownScope == TypeScope
		}
	}
	switch {
	case scope != NoScope && master.Value == Off:
		return verdict{Off, master.Place, ReasonToggle}
	case !on:
		return verdict{Off, t.Place, ReasonCatalogue}
	case scope == NoScope:
		return verdict{On, t.Place, ""}
	}
	return verdict{master.Value, master.Place, ""}
}

// Switch returns what the switches say about the events of a type on a channel,
// at the type's own severity: Off, On, ToDigest or ToLive.
func (p *Policy) Switch(t *Type, ch *Channel) Toggle {
	return p.switches(&event.Event{Type: t.Name, Group: t.Group, Severity: t.Severity}, t, ch).Toggle
}

// enabled is the stage before everything else: whether any channel could take
// the event at all.
func (p *Policy) enabled(e *event.Event, t *Type) verdict {
	if !p.Enabled {
		return verdict{Off, p.Place, ReasonOff}
	}
	v := p.anywhere(e, t)
	if trouble, of := p.ended(e, t); of != nil && v.Toggle != Off {
		if over := p.anywhere(trouble, of); over.Toggle == Off {
			return over
		}
	}
	return v
}

// anywhere is what the master's switches and, where only the catalogue is against it,
// any channel's say about a type.
func (p *Policy) anywhere(e *event.Event, t *Type) verdict {
	v := p.chosen(e, t, nil)
	if v.Reason != ReasonCatalogue {
		return v
	}
	for _, ch := range p.Channels {
		if own, ok := ch.Toggles.Types[e.Type]; ok && own.Value != Off {
			return verdict{own.Value, own.Place, ""}
		}
	}
	return v
}
