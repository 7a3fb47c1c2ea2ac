package rules

import (
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Test is one test block: a story on virtual time.
type Test struct {
	Name     string
	Place    string // file:line
	Start    time.Time
	Sends    []Send            // in the order written
	Expects  []Expect          // in the order written
	Channels []*engine.Channel // declared inside the test
}

// Send is one event of a story, or a number of equal ones.
type Send struct {
	Place    string         // file:line
	At       time.Duration  // of the first, after the start
	Count    int            // at least 1
	Every    time.Duration  // between two of them
	Incoming event.Incoming // without time and id
}

// Expect says what one channel must have told since its last expect.
type Expect struct {
	Place    string // file:line
	Channel  string
	At       time.Duration // when it is looked at, after the start
	Types    []string      // exactly these, in order; empty: nothing
	AnyTypes bool          // types is not given: nothing is said about them
	Contains []string      // texts that the last message holds
	Sends    int           // so many of Test.Sends stand before it
}
