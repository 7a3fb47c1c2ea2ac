package probe

import (
	"maps"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

// Verdict is what became of a look.
type Verdict struct {
	Findings []Finding // in order
	Trouble  string    // why the look was not judged, for people; empty: it was, or there is nothing to look at
	Judged   bool
	Kept     bool // the state differs in what a restart must know
	Faults   []Fault
}

// Finding is an event that a look makes, and what the probe remembers behind it.
type Finding struct {
	Event *event.Incoming
	State string
}

// Fault is a condition or template that failed. What it is about stays as it was.
type Fault struct {
	Part string // when, key, host, or data NAME
	Err  error
}

// Judge holds what a look found against the rule and what is remembered, and
// changes that. A look that failed neither raises nor resolves, unless the
// condition itself asks for the failure.
func (r *Rule) Judge(s *State, res Result, now time.Time) Verdict {
	r.complete(&res)
	j := &judging{Rule: r, state: s, now: now, seen: map[string]bool{}}
	items := []Item{{}}
	switch {
	case res.Failure != "" && r.Wants("error") && r.Each == nil:
		res.Values["error"] = res.Failure
	case res.Failure != "":
		if !res.Lacking || !r.Optional {
			j.Trouble = res.Failure
		}
		return j.Verdict
	case r.Each != nil:
		var err error
		if items, err = r.Each.items(res.Values); err != nil {
			if !r.Optional {
				j.Trouble = err.Error()
			}
			return j.Verdict
		}
	}
	j.result(&res)
	for _, item := range items {
		j.item(item)
	}
	j.gone()
	j.end(&res)
	return j.Verdict
}

// judging is one look that is judged.
type judging struct {
	*Rule
	Verdict
	state *State
	now   time.Time
	seen  map[string]bool // names of items, as they are remembered
	view  map[string]any  // of the result
	whole map[string]any  // the same for conditions
}

// result tells what changed of the whole.
func (j *judging) result(res *Result) {
	j.view = res.Values
	if of := j.of(); j.state.Of != of {
		j.state.Of, j.state.Mark, j.state.Was = of, "", nil
	}
	j.view["changed"] = j.state.Mark != "" && res.Failure == "" && res.Mark != j.state.Mark
	if j.state.Was != nil {
		j.view["previous"] = restored(j.state.Was, Names(j.Kind))
	}
	j.whole = j.names()
}

// end remembers the whole. A failure that is judged leaves that as it is: there is
// nothing to compare. What happens before the end is lost is found again.
func (j *judging) end(res *Result) {
	s := j.state
	s.Looked, j.Judged = j.now.Unix(), true
	if res.Failure == "" {
		was := s.Mark
		s.Mark, s.Was = "", nil
		if j.compares() {
			s.Mark = res.Mark
		}
		if j.Each == nil {
			s.Was = j.previous(res.Values, maxWas)
		}
		j.Kept = j.Kept || s.Mark != was
	}
	if n := len(j.Findings); n > 0 {
		j.Findings[n-1].State = s.String()
	}
}

// compares reports whether what is there now must be known at the next look.
func (r *Rule) compares() bool { return r.Moment || len(r.Previous) > 0 || r.Wants("changed") }

// item judges one item, or the whole result.
func (j *judging) item(item Item) {
	seen := j.sight(item)
	name, ok := j.name(item, seen)
	if !ok || j.seen[name] {
		return
	}
	j.seen[name] = true
	was := j.state.Items[name]
	mark := ""
	if j.Each != nil {
		mark = item.mark()
		compared := j.state.Mark != ""
		seen["changed"] = compared && (was == nil || was.Mark != mark)
		if compared && was != nil && was.Was != nil {
			seen["previous"] = restored(was.Was, j.itemTypes())
		}
	}
	holds, err := true, error(nil)
	if j.When != nil {
		holds, err = j.When(j.values(seen))
	}
	if err != nil {
		j.fault("when", err)
		return
	}
	now := &Memory{}
	if was != nil {
		now.Since, now.Host, now.Data = was.Since, was.Host, was.Data
	}
	if j.Each != nil && j.compares() {
		now.Mark, now.Was = mark, j.previous(item.Values, maxItem)
		j.Kept = j.Kept || was == nil || was.Mark != mark
	}
	j.level(name, now, holds, seen)
}

// level makes the event that the item's condition calls for, and remembers.
func (j *judging) level(name string, m *Memory, holds bool, seen map[string]any) {
	var e *event.Incoming
	switch {
	case holds && j.Moment:
		e, _ = j.raise(seen)
	case holds && m.Since == 0:
		var data map[string]any
		e, data = j.raise(seen)
		m.Since, m.Host, m.Data = max(j.now.Unix(), 1), e.Host, small(data, maxItem)
	case !holds && m.Since != 0:
		e = j.resolve(m)
		m.Since, m.Host, m.Data = 0, "", nil
		j.Kept = true
	}
	j.remember(name, m)
	j.found(e)
}

// remember keeps a memory, unless there is nothing in it.
func (j *judging) remember(name string, m *Memory) {
	if m.Since == 0 && m.Mark == "" {
		delete(j.state.Items, name)
		return
	}
	if j.state.Items == nil {
		j.state.Items = map[string]*Memory{}
	}
	j.state.Items[name] = m
}

// gone ends what is no longer among the items.
func (j *judging) gone() {
	for _, name := range slices.Sorted(maps.Keys(j.state.Items)) {
		if j.seen[name] {
			continue
		}
		m := j.state.Items[name]
		delete(j.state.Items, name)
		j.Kept = true
		if m.Since != 0 {
			j.found(j.resolve(m))
		}
	}
}

// found adds an event with what is remembered behind it: should the rest be lost,
// the next look finds it again.
func (j *judging) found(e *event.Incoming) {
	if e == nil {
		return
	}
	j.Kept = true
	j.Findings = append(j.Findings, Finding{e, j.state.String()})
}

// sight is an item as conditions and templates see it; nil: there are none.
func (j *judging) sight(item Item) map[string]any {
	if j.Each == nil {
		return nil
	}
	seen := maps.Clone(item.Values)
	delete(seen, "changed")
	delete(seen, "previous")
	keys := make([]any, len(item.Keys))
	for i, k := range item.Keys {
		keys[i] = k
	}
	seen["keys"] = keys
	return seen
}

// name returns under what an item is remembered.
func (j *judging) name(item Item, seen map[string]any) (string, bool) {
	switch {
	case j.Key != nil:
		text, err := j.Key(j.root(seen))
		if err != nil {
			j.fault("key", err)
			return "", false
		}
		return digest(text), true
	case len(item.Keys) > 0:
		return digest(strings.Join(item.Keys, "\x00")), true
	case j.Each == nil:
		return "", true
	}
	return item.mark(), true
}

// names are what a condition reads of the result, by full names.
func (j *judging) names() map[string]any {
	names := map[string]any{}
	put(names, "result.", j.view)
	for _, name := range []string{"matches", "previous"} {
		members, _ := j.view[name].(map[string]any)
		put(names, "result."+name+".", members)
	}
	for name, v := range names {
		if list, ok := v.([]any); ok {
			names[name] = plain(list)
		}
	}
	return names
}

// values are what a condition reads, with those of an item.
func (j *judging) values(seen map[string]any) map[string]any {
	if seen == nil {
		return j.whole
	}
	values := maps.Clone(j.whole)
	put(values, "item.", seen)
	previous, _ := seen["previous"].(map[string]any)
	put(values, "item.previous.", previous)
	values["item"] = seen
	return values
}

func put(values map[string]any, root string, members map[string]any) {
	for name, v := range members {
		values[root+name] = v
	}
}

// plain are items in a list as a condition compares their members: amounts as
// numbers, spans as it has them.
func plain(list []any) []any {
	out := make([]any, len(list))
	for i, item := range list {
		members, ok := item.(map[string]any)
		if !ok {
			out[i] = item
			continue
		}
		members = maps.Clone(members)
		for name, v := range members {
			switch v := v.(type) {
			case event.Bytes:
				members[name] = float64(v)
			case event.Duration:
				members[name] = time.Duration(v)
			}
		}
		out[i] = members
	}
	return out
}

// root is what a template sees.
func (j *judging) root(seen map[string]any) map[string]any {
	root := map[string]any{"result": j.view, "time": j.now}
	if seen != nil {
		root["item"] = seen
	}
	return root
}

func (j *judging) fault(part string, err error) {
	if len(j.Faults) < maxFaults {
		j.Faults = append(j.Faults, Fault{part, err})
	}
}

// maxFaults bounds what is said of one look: a fault over one item is often one
// over all.
const maxFaults = 10
