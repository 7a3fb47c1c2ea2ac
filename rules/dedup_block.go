package rules

import (
	"time"

	"tocsin/engine"
)

// defaultDedup is the window without any block that says otherwise.
const defaultDedup = 10 * time.Second

// decodeDedup decodes the block about repeats.
//
//	dedup {
//	  window = "10s" # "0" lets every repeat through
//	}
func (l *loading) decodeDedup(b *block) {
	r := l.read(b)
	window := defaultDedup
	r.span("window", &window, 0, day)
	r.done()
	l.config.Policy.Dedup = engine.Setting[time.Duration]{Value: window, Place: b.place("window")}
}
