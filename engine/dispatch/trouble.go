package dispatch

import "time"

// tellEvery is how often a store that keeps nothing is told of in the log: each
// refused event would be one line too many, on a disk that is full.
const tellEvery = 10 * time.Second

// trouble is a time in which nothing can be kept.
type trouble struct {
	since, told time.Time // zero: there is none
	refused     int       // events
}

// begin counts what a failed transaction refused, and reports whether to tell of
// it.
func (t *trouble) begin(now time.Time, refused int) (tell bool) {
	if t.since.IsZero() {
		t.since = now
	}
	t.refused += refused
	if !t.told.IsZero() && now.Sub(t.told) < tellEvery {
		return false
	}
	t.told = now
	return true
}

// end returns what there was, and reports false when there was none.
func (t *trouble) end() (was trouble, over bool) {
	was = *t
	*t = trouble{}
	return was, !was.since.IsZero()
}
