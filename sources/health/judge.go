package health

import (
	"fmt"
	"math"
	"time"
)

// unreadable is after how many readings in a row without a value that is told.
const unreadable = 3

// state is what is known of a subject between two readings.
type state struct {
	Warning  hold      `json:"warning,omitzero"`
	Critical hold      `json:"critical,omitzero"`
	Seen     time.Time `json:"seen,omitzero"`    // when it had a value
	Unread   int       `json:"unread,omitempty"` // readings in a row without one
	Finding  *Finding  `json:"finding,omitempty"`
}

// hold is the switch of a level.
func (s *state) hold(l Level) *hold {
	if l == Critical {
		return &s.Critical
	}
	return &s.Warning
}

// idle reports whether there is nothing to remember.
func (s *state) idle() bool {
	return s.Finding == nil && s.Unread == 0 && !s.Warning.pending() && !s.Critical.pending() && !s.Warning.On && !s.Critical.On
}

// Finding is what is wrong with a subject.
type Finding struct {
	Event    string         `json:"event"`
	Resolved string         `json:"resolved,omitempty"`
	Category string         `json:"category"`
	Level    Level          `json:"level"`
	Severity string         `json:"severity"` // of the event that told it last
	Began    time.Time      `json:"began"`    // when the level began to hold
	About    string         `json:"about"`    // source, subject and value, in words
	Data     map[string]any `json:"data"`     // of the event that told it last
}

// judging is one look at one subject.
type judging struct {
	*Board
	rule    *Rule
	now     time.Time
	seen    *reading
	subject *subject
	state   *state
}

// judge holds a subject against its rule.
func (j *judging) judge() {
	if ok, err := j.rule.When.holds(j.subject.values); err != nil || !ok {
		j.fault("when", err)
		return
	}
	value, err := j.rule.Value(j.subject.values)
	if f, isNumber := value.(float64); isNumber && (math.IsNaN(f) || math.IsInf(f, 0)) {
		value, err = nil, fmt.Errorf("it comes to no number: %v", f)
	}
	if value == nil {
		j.unread(err)
		return
	}
	j.subject.value, j.subject.values["value"] = value, value
	holds, cleared, ok := j.conditions()
	if !ok {
		return // as if it had not been read
	}
	j.gap()
	j.state.Seen, j.state.Unread = j.now, 0
	j.turn(holds, cleared)
}

// conditions asks all conditions. It reports false when one failed.
func (j *judging) conditions() (holds map[Level]bool, cleared, ok bool) {
	holds, ok = map[Level]bool{}, true
	worse := false
	for _, level := range Alarms() {
		bound := j.rule.Bounds[level]
		if bound == nil {
			continue
		}
		is, err := bound.When.holds(j.subject.values)
		if err != nil {
			j.unread(fmt.Errorf("its condition %s failed: %w", level.Word(), err))
			return nil, false, false
		}
		worse = worse || is // what is critical is also worth a warning
		holds[level] = worse
	}
	cleared, err := j.rule.Clear.holds(j.subject.values)
	if err != nil {
		j.unread(fmt.Errorf("its condition clear failed: %w", err))
		return nil, false, false
	}
	return holds, cleared, true
}

// gap begins the waiting anew when nothing was known for too long: what held before
// may have been over in between.
func (j *judging) gap() {
	if j.now.Sub(j.state.Seen) > max(j.rule.Sustain, 2*j.rule.Every) {
		j.state.Warning.restart()
		j.state.Critical.restart()
	}
}

// turn takes what the conditions say, and tells when the level is another.
func (j *judging) turn(holds map[Level]bool, cleared bool) {
	s, level, began := j.state, OK, j.now
	for _, l := range Alarms() {
		h := s.hold(l)
		if j.rule.Bounds[l] == nil {
			*h = hold{}
			continue
		}
		kept := l == j.rule.lowest() && h.On && !cleared
		if since, turned := h.see(j.now, holds[l] || kept, j.rule.Sustain); turned {
			began = since
		}
		if h.On && level == OK {
			level = l
		}
	}
	was := OK
	if s.Finding != nil {
		was = s.Finding.Level
	}
	switch {
	case level == was:
	case level == OK:
		j.end(j.now, j.rule.Name, j.subject.key, j.state, ending{value: j.subject.value})
	default:
		j.raise(level, began, level > was && was != OK)
	}
}

// raise tells a finding that is new, or has another level.
func (j *judging) raise(level Level, began time.Time, worse bool) {
	f := j.state.Finding
	if f == nil {
		f = &Finding{Began: began}
		j.state.Finding = f
	}
	bound := j.rule.Bounds[level]
	f.Event, f.Resolved, f.Category, f.Level, f.Severity = j.rule.Event, j.rule.Resolved, j.rule.Category, level, bound.Severity
	f.About = j.about()
	f.Data = j.data(bound, level)
	raised := f.Event
	if worse {
		raised = j.rule.Worse
	}
	j.tell(j.now, raised, f.Severity, f.Data)
}

// unread counts a reading without a value. What was found stays as it is.
func (j *judging) unread(err error) {
	if j.state.Unread++; j.state.Unread != unreadable {
		j.state.Unread = min(j.state.Unread, unreadable+1)
		return
	}
	reason := "its value is missing"
	if err != nil {
		reason = err.Error()
	}
	j.tell(j.now, unknownEvent, "", map[string]any{
		"category": j.rule.Category, "reason": clip(reason), "entity": entity(j.rule.Name, j.subject.key), "error_key": errorKey(j.rule.Name, j.subject.key),
	})
}

// fault notes a part of the rule that failed.
func (j *judging) fault(part string, err error) {
	if err != nil {
		j.faults = append(j.faults, Fault{j.rule, part, err})
	}
}
