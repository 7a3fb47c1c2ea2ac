package health

import (
	"encoding/json"
	"fmt"
	"time"
)

// position is a Board as it is kept.
type position struct {
	Sources map[string]*source `json:"sources,omitempty"`
	Levels  map[string]Level   `json:"levels,omitempty"`
	Listed  time.Time          `json:"listed,omitzero"`
}

// maxPosition bounds a text that is read back, in bytes.
const maxPosition = 16 << 20

// Open returns a board for rules that goes on where the text of another one ended. An
// empty text is a board on which nothing is known. When the text is none, the board
// begins anew, and the error says so.
func Open(rules []*Rule, text string, now time.Time) (*Board, error) {
	b := &Board{rules: map[string]*Rule{}, sources: map[string]*source{}, levels: map[string]Level{}}
	for _, r := range rules {
		b.rules[r.Name] = r
	}
	if text == "" {
		return b, nil
	}
	var p position
	if len(text) > maxPosition {
		return b, fmt.Errorf("read what was found before: it is too large")
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return b, fmt.Errorf("read what was found before: %w", err)
	}
	for category, level := range p.Levels {
		b.levels[category] = min(max(level, OK), Critical)
	}
	for name, src := range p.Sources {
		if src != nil {
			b.sources[name] = src
			src.settle(now)
		}
	}
	b.listed = earlier(p.Listed, now)
	return b, nil
}

// settle makes what was kept fit to be gone on with: no time is in the future, and
// nothing is missing.
func (s *source) settle(now time.Time) {
	if s.Subjects == nil {
		s.Subjects = map[string]*state{}
	}
	for key, st := range s.Subjects {
		if st == nil {
			delete(s.Subjects, key)
			continue
		}
		st.Warning.settle(now)
		st.Critical.settle(now)
		st.Seen = earlier(st.Seen, now)
		if f := st.Finding; f != nil {
			f.Began = earlier(f.Began, now)
			f.Level = min(max(f.Level, Warning), Critical)
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if a.After(b) {
		return b
	}
	return a
}

// Changed reports whether there is something to keep since Position was asked.
func (b *Board) Changed() bool { return b.changed }

// Position returns the board as text.
func (b *Board) Position() string {
	p := position{Sources: map[string]*source{}, Levels: b.levels, Listed: b.listed}
	for name, src := range b.sources {
		if len(src.Subjects) > 0 || src.Whole.Unread > 0 {
			p.Sources[name] = src
		}
	}
	text, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("health: %v", err)) // texts, numbers and times always marshal
	}
	b.changed = false
	return string(text)
}
