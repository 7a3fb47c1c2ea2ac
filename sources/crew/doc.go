// Package crew runs the sources: each in a goroutine of its own, so that one that
// hangs, fails or panics stops no other. A source that ends is run again after a
// growing pause, and is told as failing meanwhile; a reload stops and starts only
// those whose version changed. What sources find goes to a Post, which keeps it,
// and is offered again until it is kept.
//
// It knows neither what sources read nor how events are kept: the daemon plugs in
// both.
package crew
