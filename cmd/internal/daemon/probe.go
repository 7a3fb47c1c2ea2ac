package daemon

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/rules/near"
	"tocsin/sources/probe"
	"tocsin/sources/probe/look"
)

// Probed is one look of a probe as people see it.
type Probed struct {
	Source  string            `json:"source"` // kind and name
	Place   string            `json:"place"`  // file:line
	Found   map[string]any    `json:"found"`  // what conditions read below result
	Trouble string            `json:"trouble,omitempty"`
	Faults  []string          `json:"faults,omitempty"`
	Events  []*event.Incoming `json:"events"` // that the first look of all would raise
}

// Probe looks once with a probe of a configuration, as if it had never looked
// before. Nothing is sent and nothing is kept.
func Probe(ctx context.Context, c *rules.Config, kind, name string) (*Probed, error) {
	var names []string
	for _, s := range c.Sources {
		r, ok := s.Spec.(*probe.Rule)
		if !ok {
			continue
		}
		if s.Kind == kind && s.Name == name {
			return probed(ctx, r), nil
		}
		names = append(names, s.Kind+" "+s.Name)
	}
	given := kind + " " + name
	if meant, ok := near.Name(given, slices.Values(names)); ok {
		return nil, fmt.Errorf("there is no probe %q: did you mean %q?", given, meant)
	}
	return nil, fmt.Errorf("there is no probe %q: name a kind (command, http, file or cert) and the name of a source", given)
}

func probed(ctx context.Context, r *probe.Rule) *Probed {
	out := &Probed{Source: r.Kind + " " + r.Name, Place: r.Place, Trouble: r.Held, Found: map[string]any{}, Events: []*event.Incoming{}}
	if r.Held != "" {
		return out
	}
	res := look.New(look.Options{}).Look(ctx, r)
	v := r.Judge(&probe.State{}, res, time.Now())
	out.Found, out.Trouble = brief(res.Values).(map[string]any), v.Trouble
	if v.Trouble == "" && !v.Judged {
		out.Trouble = res.Failure // that there is nothing to look at is no trouble of the source, but news here
	}
	for _, f := range v.Findings {
		out.Events = append(out.Events, f.Event)
	}
	for _, f := range v.Faults {
		out.Faults = append(out.Faults, f.Part+": "+f.Err.Error())
	}
	return out
}

// brief is a value without the length of its texts.
func brief(v any) any {
	const longest = 2 << 10
	switch v := v.(type) {
	case string:
		return event.Clip(v, longest)
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = brief(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[name] = brief(item)
		}
		return out
	}
	return v
}
