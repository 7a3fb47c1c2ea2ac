package probe

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"tocsin/engine/event"
)

// State is what a probe remembers from look to look, also over restarts. Its text
// is kept with each event.
type State struct {
	Looked int64              `json:"at,omitempty"`    // when the last look was judged, in seconds since 1970; 0: none was
	Of     string             `json:"of,omitempty"`    // what was looked at
	Mark   string             `json:"mark,omitempty"`  // of the whole result
	Was    map[string]any     `json:"was,omitzero"`    // the result, as far as it is read as previous
	Items  map[string]*Memory `json:"items,omitempty"` // by a digest of their names
}

// Memory is what is remembered of an item.
type Memory struct {
	Mark  string         `json:"mark,omitempty"`
	Was   map[string]any `json:"was,omitzero"`
	Since int64          `json:"since,omitempty"` // when the condition began to hold; 0: it does not
	Host  string         `json:"host,omitempty"`  // of the event that was made
	Data  map[string]any `json:"data,omitempty"`
}

// Bounds of what is remembered. What is beyond is forgotten: then it is missing.
const (
	maxWas   = 16 << 10 // bytes of a result
	maxItem  = 2 << 10  // bytes of an item, and of the data of its event
	maxState = 512 << 10
)

// ParseState reads what String wrote; an empty text is a state without memory.
func ParseState(text string) (*State, error) {
	s := &State{}
	if text == "" {
		return s, nil
	}
	if err := json.Unmarshal([]byte(text), s); err != nil {
		return &State{}, fmt.Errorf("read what a probe remembers: %w", err)
	}
	if len(s.Items) > maxItems {
		return &State{}, fmt.Errorf("read what a probe remembers: %d items are too many", len(s.Items))
	}
	for _, m := range s.Items {
		if m == nil {
			return &State{}, fmt.Errorf("read what a probe remembers: an item is null")
		}
	}
	return s, nil
}

// String returns the state as it is kept. One that is too large loses what is only
// there to be shown.
func (s *State) String() string {
	text := s.text()
	if len(text) <= maxState {
		return text
	}
	small := *s
	small.Items = map[string]*Memory{}
	for k, m := range s.Items {
		small.Items[k] = &Memory{Mark: m.Mark, Since: m.Since, Host: m.Host}
	}
	return small.text()
}

func (s *State) text() string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprintf("probe: %v", err)) // values from JSON, texts and numbers always marshal
	}
	return string(text)
}

// LookedAt returns when the last look was judged; zero: none was.
func (s *State) LookedAt() time.Time {
	if s.Looked == 0 {
		return time.Time{}
	}
	return time.Unix(s.Looked, 0)
}

// of stands for what a rule looks at. When that is another, nothing can be said to
// have changed.
func (r *Rule) of() string {
	return digest([]any{r.Kind, r.Command, r.Request, r.Path, r.Address, r.Patterns, r.Each})
}

// mark stands for all that an item holds. The age of a file is always another.
func (i *Item) mark() string {
	if _, isFile := i.Values["mtime"].(time.Time); !isFile {
		return digest(i.Values)
	}
	values := maps.Clone(i.Values)
	delete(values, "age")
	return digest(values)
}

// digest stands for a value.
func digest(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("probe: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// previous returns the members of a value that are read at the next look, whole
// ones only, as many as fit.
func (r *Rule) previous(values map[string]any, most int) map[string]any {
	if len(r.Previous) == 0 {
		return nil
	}
	if slices.Contains(r.Previous, All) {
		return small(values, most)
	}
	read := map[string]any{}
	for _, name := range r.Previous {
		if v, ok := values[name]; ok {
			read[name] = v
		}
	}
	return small(read, most)
}

// brief is the length of a value that is kept before longer ones, in bytes.
const brief = 256

// small returns the members of a value that fit into so many bytes: what is brief
// first, then the rest in order; of objects that do not fit whole, as much as does.
// A text or a list is whole or missing.
func small(values map[string]any, most int) map[string]any {
	out, long := map[string]any{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch n := size(values[name]) + len(name); {
		case n > brief || n > most:
			long = append(long, name)
		default:
			out[name], most = values[name], most-n
		}
	}
	for _, name := range long {
		v := values[name]
		if object, ok := v.(map[string]any); ok && size(v)+len(name) > most {
			v = small(object, most-len(name)-brief)
		}
		if n := size(v) + len(name); n <= most {
			out[name], most = v, most-n
		}
	}
	return out
}

// size is how long a value is as text.
func size(v any) int {
	text, err := json.Marshal(v)
	if err != nil {
		return maxState // it cannot be kept
	}
	return len(text)
}

// restored returns what was remembered with the types that it had.
func restored(was map[string]any, types map[string]event.FieldType) map[string]any {
	out := make(map[string]any, len(was))
	for name, v := range was {
		out[name] = typed(v, types[name])
	}
	return out
}
