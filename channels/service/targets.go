package service

import (
	"fmt"
	"slices"
	"strings"
)

// Targets is a list whose values are called one by one: a field of the channel,
// or what a step saved, of which each value is called once.
type Targets struct {
	Name  string // of the field, or of what is saved
	Step  string // empty: it is a field
	Order string // Rising or Falling, by their text and each once; empty: as they stand
}

// The orders of targets.
const (
	Rising  = "<"
	Falling = ">"
)

// maxTargets bounds what one message is sent to by one channel.
const maxTargets = 500

// group is the targets of one call, and the view that knows them.
type group struct {
	view map[string]any
	who  string
}

// groups returns those of each call.
func (r *Request) groups(view map[string]any) ([]group, error) {
	if len(r.Each) == 0 {
		return []group{{view: view}}, nil
	}
	var out []group
	var all []any
	for _, t := range r.Each {
		targets := t.of(view, all)
		if all = append(all, targets...); len(all) > maxTargets {
			return nil, fmt.Errorf("the channel has more than %d targets", maxTargets)
		}
		size, err := r.batch(view, t.Name)
		if err != nil {
			return nil, err
		}
		for some := range slices.Chunk(targets, size) {
			out = append(out, targeted(view, t.Name, some))
		}
	}
	if len(out) == 0 {
		out = append(out, targeted(view, "", nil))
	}
	return out, nil
}

// batch returns how many targets of a kind one call is for.
func (r *Request) batch(view map[string]any, kind string) (int, error) {
	if r.Batch == nil {
		return 1, nil
	}
	v, err := r.Batch.Value(targeted(view, kind, nil).view)
	if err != nil {
		return 0, fmt.Errorf("batch: %w", err)
	}
	n, _ := number(v)
	return max(int(n), 1), nil
}

// of returns the targets that a view has. Those that a step found are texts, and
// none of those before.
func (t *Targets) of(view map[string]any, before []any) []any {
	if t.Step == "" {
		fields, _ := view["channel"].(map[string]any)
		return t.ordered(asList(fields[t.Name]))
	}
	steps, _ := view["step"].(map[string]any)
	saved, _ := steps[t.Step].(map[string]any)
	known := map[any]bool{}
	for _, v := range before {
		known[textOf(v)] = true
	}
	var out []any
	for _, v := range asList(saved[t.Name]) {
		if text := textOf(v); text != "" && !known[text] {
			known[text] = true
			out = append(out, text)
		}
	}
	return out
}

func (t *Targets) ordered(list []any) []any {
	if t.Order == "" {
		return list
	}
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b any) int { return strings.Compare(textOf(a), textOf(b)) })
	out = slices.CompactFunc(out, func(a, b any) bool { return textOf(a) == textOf(b) })
	if t.Order == Falling {
		slices.Reverse(out)
	}
	return out
}

func targeted(view map[string]any, kind string, targets []any) group {
	out := with(view, "targets", targets)
	out["kind"] = kind
	if out["target"] = nil; len(targets) > 0 {
		out["target"] = targets[0]
	}
	return group{out, kind + "\x00" + fmt.Sprint(targets)}
}
