package engine

import (
	"maps"
	"slices"

	"tocsin/engine/event"
)

// Bounds of what a flood keeps for its summary.
const (
	maxSample = 4 << 10 // data of one sample, in bytes
	maxValue  = 512     // one value of a heavier sample
	perValue  = 64      // what a value costs beside its text, about
)

// Weight is about how much memory the data of an event takes, in bytes.
func Weight(data map[string]any) int {
	n := 0
	for key, v := range data {
		n += len(key) + valueWeight(v)
	}
	return n
}

func valueWeight(v any) int {
	n := perValue
	switch v := v.(type) {
	case string:
		n += len(v)
	case []string:
		for _, s := range v {
			n += perValue + len(s)
		}
	case []any:
		for _, item := range v {
			n += valueWeight(item)
		}
	case map[string]any:
		n += Weight(v)
	}
	return n
}

// sample returns e, or a copy cut to what a summary has room for: a bucket keeps
// its samples as long as the flood goes on, and writes them again and again.
func sample(e *event.Event) *event.Event {
	if Weight(e.Data) <= maxSample {
		return e
	}
	s := *e
	s.Data = make(map[string]any, len(e.Data))
	room := maxSample
	for _, key := range slices.Sorted(maps.Keys(e.Data)) {
		v := brief(e.Data[key])
		if room -= len(key) + valueWeight(v); room < 0 {
			break
		}
		s.Data[key] = v
	}
	return &s
}

// brief cuts a value to maxValue. A list keeps its first items, a map that is
// too large is left out.
func brief(v any) any {
	switch v := v.(type) {
	case string:
		return event.Clip(v, maxValue)
	case []any:
		room := maxValue
		for i, item := range v {
			if room -= valueWeight(item); room < 0 {
				return v[:i:i]
			}
		}
	case map[string]any:
		if valueWeight(v) > maxValue {
			return nil
		}
	}
	return v
}
