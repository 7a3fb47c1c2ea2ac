package pattern

import "slices"

// Set finds which of many patterns a text could fit, without trying them.
type Set struct {
	literals *automaton // of those whose patterns need one
	always   []int32    // the others: they are tried on every text
}

// NewSet returns a set of patterns: number i of it is the pattern that at returns
// for list[i], nil for one that every text fits.
func NewSet(list []int32, at func(i int32) *Pattern) *Set {
	s := new(Set)
	var literals []string
	var owners []int32
	for _, i := range list {
		var needed []string
		if p := at(i); p != nil {
			needed = p.literals
		}
		if needed == nil {
			s.always = append(s.always, i)
			continue
		}
		for _, text := range needed {
			literals, owners = append(literals, text), append(owners, i)
		}
	}
	if len(literals) > 0 {
		s.literals = newAutomaton(literals, owners)
	}
	return s
}

// Find appends the numbers of the patterns that a text could fit. One may come
// twice, and the order is any: see Order.
func (s *Set) Find(found []int32, text []byte) []int32 {
	found = append(found, s.always...)
	if s.literals != nil {
		found = s.literals.find(found, text)
	}
	return found
}

// Order puts numbers in their order, each once.
func Order(found []int32) []int32 {
	if len(found) > 1 {
		slices.Sort(found)
		found = slices.Compact(found)
	}
	return found
}
