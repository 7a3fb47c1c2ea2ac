package health

import (
	"maps"
	"slices"
	"time"

	"tocsin/engine/event"
)

// Board is what is known of the host: what was found and is not over, and what is
// about to be found. It is for one goroutine.
type Board struct {
	rules   map[string]*Rule
	sources map[string]*source
	levels  map[string]Level // of the categories, as they were told; without those that are OK
	listed  time.Time        // when what is open was told last

	changes []Change // since they were handed out
	faults  []Fault
	changed bool // something that is worth keeping, since Position was asked
}

// source is what is known of the subjects of a rule.
type source struct {
	Subjects map[string]*state `json:"subjects,omitempty"`
	Whole    state             `json:"whole,omitzero"` // of reading the facts
}

// Change is an event that a look at the host makes, and what to keep behind it; empty:
// the next one has it.
type Change struct {
	Event    event.Incoming
	Position string
}

// Look takes what reading the facts of a rule came to, at now.
func (b *Board) Look(now time.Time, name string, facts map[string]Answer) ([]Change, []Fault) {
	r, src := b.rules[name], b.source(name)
	seen, err := r.read(facts)
	if err != nil {
		(&judging{Board: b, rule: r, now: now, subject: &subject{}, state: &src.Whole}).unread(err)
		b.mark(0)
		return b.handOut()
	}
	b.changed = b.changed || src.Whole.Unread > 0
	src.Whole.Unread = 0
	b.faults = append(b.faults, seen.faults...)
	there := map[string]bool{}
	for i := range seen.subjects {
		s := &seen.subjects[i]
		there[s.key] = true
		b.look(now, r, src, seen, s)
	}
	for _, key := range slices.Sorted(maps.Keys(src.Subjects)) {
		if !there[key] {
			st := src.Subjects[key]
			delete(src.Subjects, key)
			b.leave(now, name, key, st)
		}
	}
	return b.handOut()
}

// look judges one subject.
func (b *Board) look(now time.Time, r *Rule, src *source, seen *reading, s *subject) {
	st := src.Subjects[s.key]
	if st == nil {
		st = &state{}
		src.Subjects[s.key] = st
	}
	before, told := *st, len(b.changes)
	(&judging{Board: b, rule: r, now: now, seen: seen, subject: s, state: st}).judge()
	if st.idle() {
		delete(src.Subjects, s.key)
	}
	before.Seen = st.Seen // alone it is not worth keeping
	b.changed = b.changed || *st != before
	b.mark(told)
}

// leave ends what was found of a subject that is gone.
func (b *Board) leave(now time.Time, source, key string, s *state) {
	told := len(b.changes)
	b.changed = true
	b.end(now, source, key, s, ending{gone: true})
	b.mark(told)
}

// Retire ends what was found by sources that are gone.
func (b *Board) Retire(now time.Time) []Change {
	for _, name := range slices.Sorted(maps.Keys(b.sources)) {
		if b.rules[name] != nil {
			continue
		}
		subjects := b.sources[name].Subjects
		delete(b.sources, name)
		b.changed = true
		for _, key := range slices.Sorted(maps.Keys(subjects)) {
			b.leave(now, name, key, subjects[key])
		}
	}
	changes, _ := b.handOut()
	return changes
}

func (b *Board) source(name string) *source {
	if b.sources[name] == nil {
		b.sources[name] = &source{Subjects: map[string]*state{}}
	}
	return b.sources[name]
}

// tell adds an event.
func (b *Board) tell(now time.Time, typ, severity string, data map[string]any) {
	e := event.Incoming{Type: typ, Severity: severity, Source: Source, Time: now, Data: maps.Clone(data)}
	if vmid := event.Text(guestOf(data)); vmid != "" {
		e.Guest = &event.Guest{ID: vmid}
	}
	b.changes = append(b.changes, Change{Event: e})
}

// exact is how many changes of a look have a position of their own. Of a flood each
// so-manieth has one: a position holds all findings, so that the work would grow with
// the square of the flood. A kill in the middle of one then tells a few twice.
const exact = 16

// mark gives the last change what is known now, if there are more than so many.
func (b *Board) mark(told int) {
	if n := len(b.changes); n > told && (n <= exact || n%exact == 0) {
		b.changes[n-1].Position = b.Position()
	}
}

// handOut returns what came of a look. The last change has a position in any case.
func (b *Board) handOut() ([]Change, []Fault) {
	changes, faults := b.changes, b.faults
	b.changes, b.faults = nil, nil
	if n := len(changes); n > 0 && changes[n-1].Position == "" {
		changes[n-1].Position = b.Position()
	}
	return changes, faults
}

// Findings returns what is wrong now, in the order of sources and subjects.
func (b *Board) Findings() []*Finding {
	var out []*Finding
	for _, name := range slices.Sorted(maps.Keys(b.sources)) {
		subjects := b.sources[name].Subjects
		for _, key := range slices.Sorted(maps.Keys(subjects)) {
			if f := subjects[key].Finding; f != nil {
				out = append(out, f)
			}
		}
	}
	return out
}
