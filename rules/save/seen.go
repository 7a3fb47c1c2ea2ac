package save

import (
	"bytes"
	"slices"
	"sync"
)

// Bounds of what is remembered of earlier states of the files.
const (
	maxSeen  = 32
	seenSize = 8 << 20 // bytes of all
)

// seen remembers the last states of the files, so that an author who saw one of
// them can be told what changed since, and by a merge of three texts.
type seen struct {
	mu     sync.Mutex
	states []state // the newest last
}

// note remembers a state.
func (s *seen) note(now state) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states = slices.DeleteFunc(s.states, func(old state) bool { return old.revision == now.revision })
	s.states = append(s.states, now)
	total := 0
	for i := len(s.states) - 1; i >= 0; i-- {
		for _, text := range s.states[i].files {
			total += len(text)
		}
		if i < len(s.states)-1 && (len(s.states)-i > maxSeen || total > seenSize) {
			s.states = slices.Clone(s.states[i+1:])
			return
		}
	}
}

// at returns the files of a revision.
func (s *seen) at(revision string) (map[string][]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.states, func(old state) bool { return old.revision == revision })
	if i < 0 {
		return nil, false
	}
	return s.states[i].files, true
}

// text returns the text of a file that has a digest.
func (s *seen) text(path, sum string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, old := range slices.Backward(s.states) {
		if text, there := old.files[path]; there && digest(text, true) == sum {
			return text, true
		}
	}
	return nil, false
}

// Show says that somebody is shown files as they were at some time, whose revision
// may come back as the Base of an edit.
func (d *Desk) Show(files map[string][]byte, revision string) { d.seen.note(state{files, revision}) }

// unseen reports whether files that an edit changes are others than those that
// its author saw.
func (d *Desk) unseen(base string, s state, p *Preview) bool {
	if base == "" || base == s.revision {
		return false
	}
	files, known := d.seen.at(base)
	if !known {
		return true
	}
	for path := range p.new {
		was, had := files[path]
		is, has := s.files[path]
		if had != has || !bytes.Equal(was, is) {
			return true
		}
	}
	return false
}
