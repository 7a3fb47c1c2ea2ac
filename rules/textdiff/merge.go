package textdiff

import "slices"

// Line says where a line of a merge comes from.
type Line struct {
	Mine  bool // of mine, else of theirs
	Index int
}

// Overlap is a part of the base that both sides changed, and differently.
type Overlap struct{ Base, Mine, Theirs Range }

// Range are the lines From up to, and without, To.
type Range struct{ From, To int }

// Merge brings the changes that lead from a base to mine into theirs, line by
// line. Changes that touch merge, as each knows its place; those that overlap
// and differ are told, and then there is no merge.
func Merge(base, mine, theirs []string) ([]Line, []Overlap) {
	ours, others := compare(base, mine), compare(base, theirs)
	m := &merging{mine: mine, theirs: theirs}
	for len(ours) > 0 || len(others) > 0 {
		switch {
		case len(others) == 0 || len(ours) > 0 && before(ours[0], others[0]):
			m.keep(ours[0].from)
			m.take(true, ours[0])
			ours = ours[1:]
		case len(ours) == 0 || before(others[0], ours[0]):
			m.keep(others[0].from)
			m.take(false, others[0])
			others = others[1:]
		default:
			ours, others = m.both(ours, others)
		}
	}
	m.keep(len(base))
	if len(m.overlaps) > 0 {
		return nil, m.overlaps
	}
	return m.lines, nil
}

// before reports whether an edit ends before another one begins. Two that only
// add lines at the same place do not: nobody knows their order.
func before(a, b edit) bool {
	return a.to < b.from || a.to == b.from && (a.from < a.to || b.from < b.to) && a.from < b.to
}

// merging builds the result. at is the line of the base that it has come to.
type merging struct {
	mine, theirs []string
	at           int
	shift        int // from lines of the base to those of theirs
	lines        []Line
	overlaps     []Overlap
}

// keep takes the lines of the base up to one, as theirs has them.
func (m *merging) keep(to int) {
	for ; m.at < to; m.at++ {
		m.lines = append(m.lines, Line{Index: m.at + m.shift})
	}
}

// take takes an edit of one side.
func (m *merging) take(mine bool, e edit) {
	for i := range e.added {
		m.lines = append(m.lines, Line{mine, e.at + i})
	}
	m.at = e.to
	if !mine {
		m.shift += e.added - (e.to - e.from)
	}
}

// both takes the edits of both sides that overlap each other.
func (m *merging) both(ours, others []edit) (restOurs, restOthers []edit) {
	a, b := ours[0], others[0]
	i, j := 1, 1
	for grown := true; grown; { // whatever reaches into them belongs to them
		grown = false
		if i < len(ours) && ours[i].from < max(a.to, b.to) {
			a, i, grown = join(a, ours[i]), i+1, true
		}
		if j < len(others) && others[j].from < max(a.to, b.to) {
			b, j, grown = join(b, others[j]), j+1, true
		}
	}
	from, to := min(a.from, b.from), max(a.to, b.to)
	a, b = widen(a, from, to), widen(b, from, to)
	m.keep(from)
	if !slices.Equal(m.mine[a.at:a.at+a.added], m.theirs[b.at:b.at+b.added]) {
		m.overlaps = append(m.overlaps, Overlap{Range{from, to}, Range{a.at, a.at + a.added}, Range{b.at, b.at + b.added}})
	}
	m.take(false, b)
	return ours[i:], others[j:]
}

// join makes one edit of two and what is between them.
func join(a, b edit) edit { return edit{a.from, b.to, a.at, b.at + b.added - a.at} }

// widen makes an edit reach over more of the base, which it leaves as it is.
func widen(e edit, from, to int) edit {
	before, behind := e.from-from, to-e.to
	return edit{from, to, e.at - before, e.added + before + behind}
}
