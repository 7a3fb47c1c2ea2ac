package rules

import "time"

// decodeHistory decodes the block about how long history is kept.
//
//	history {
//	  keep = "90d"
//	}
func (l *loading) decodeHistory(b *block) {
	s := &l.config.Settings.History
	s.Place = place(b.head)
	r := l.read(b)
	r.span("keep", &s.Keep, time.Hour, 100*year)
	r.done()
}
