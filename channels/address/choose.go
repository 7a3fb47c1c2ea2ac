package address

import (
	"cmp"
	"slices"
	"strings"
)

// Set is the shapes of one service.
type Set []Shape

// Matched is the shape that an address was found to have.
type Matched struct {
	Shape  Shape
	Index  int // of the shape in its Set
	Values map[string][]string
}

// Match reads an address by the shape that says most about it: the one with
// more literal parts, then with more patterns, then with more fields that must
// be there; of equals the first. given is as for Shape.Match.
//
// Its error is an *Error about the shape that was nearest, and shows them all.
func (s Set) Match(u URL, given ...string) (Matched, error) {
	best, rank := Matched{Index: -1}, weight{}
	misses := make([]miss, len(s))
	for i, shape := range s {
		values, miss := shape.match(u.get(), given)
		if miss != nil {
			misses[i] = *miss
			continue
		}
		if w := shape.weight(); best.Index < 0 || w.compare(rank) > 0 {
			best, rank = Matched{shape, i, values}, w
		}
	}
	if best.Index < 0 {
		return Matched{}, s.explain(u.Scheme(), misses)
	}
	return best, nil
}

// weight is how much a shape says about an address.
type weight struct{ literals, patterns, required int }

func (w weight) compare(o weight) int {
	return cmp.Or(
		cmp.Compare(w.literals, o.literals), cmp.Compare(w.patterns, o.patterns), cmp.Compare(w.required, o.required))
}

func (s Shape) weight() weight {
	var w weight
	for _, p := range s.all() {
		if p.prefix+p.suffix != "" {
			w.literals++
		}
		if p.pattern != nil {
			w.patterns++
		}
		if p.field != "" && !p.optional {
			w.required++
		}
	}
	return w
}

// all returns the parts of a shape.
func (s Shape) all() []*part {
	var all []*part
	for _, p := range []*part{s.user, s.password, s.port} {
		if p != nil {
			all = append(all, p)
		}
	}
	slots := s.path
	if s.host != nil {
		slots = append([]slot{*s.host}, slots...)
	}
	for _, slot := range slots {
		for i := range slot.parts {
			all = append(all, &slot.parts[i])
		}
	}
	for i := range s.query {
		all = append(all, &s.query[i].value)
	}
	return all
}

// explain tells of the nearest miss and shows the shapes, nearest first.
func (s Set) explain(scheme string, misses []miss) error {
	if len(s) == 0 {
		return &Error{Scheme: scheme, Problem: "the service has no address", Remedy: "write its fields instead"}
	}
	order := make([]int, len(s))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(misses[a].distance, misses[b].distance) })
	shapes := make([]Shape, len(s))
	for i, k := range order {
		shapes[i] = s[k]
	}
	return explain(scheme, misses[order[0]], shapes)
}

// maxForms is how many forms an error shows.
const maxForms = 4

// explain makes an error of a miss and the forms that would do.
func explain(scheme string, m miss, shapes []Shape) error {
	var forms []string
	for _, shape := range shapes {
		if m.distance < farScheme && !shape.takes(scheme) {
			continue
		}
		if form := shape.Form(scheme); !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	remedy := strings.Join(forms[:min(len(forms), maxForms)], " or ")
	if len(forms) > maxForms {
		remedy += " or in another of its forms"
	}
	return &Error{Scheme: scheme, Problem: m.problem, Remedy: "write it as " + remedy}
}
