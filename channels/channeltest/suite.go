package channeltest

import (
	"fmt"
	"testing"

	"tocsin/channels"
)

// Peer is a loopback stand-in of a service and a channel that talks to it. The
// stand-in is as strict as the service: it refuses a part that is over the
// service's limit, and markup that the service would not take.
type Peer struct {
	Channel channels.Channel
	// Received returns what a person would see, one text a delivered part, in
	// order: title and body joined by a newline, markup removed.
	Received func() []string
	// Raw returns what went over the wire, one string a request.
	Raw func() []string
	// Answer sets how the stand-in behaves from now on; at first it accepts.
	Answer func(Answer)
}

// Answer is a way for a stand-in to behave.
type Answer int

// The behaviours, and what a channel must make of them.
const (
	Accept       Answer = iota // takes everything
	Unauthorized               // bad token or wrong password: class Target
	Limited                    // 429 with a wait of 7 s, SMTP 4xx: class Temporary, with the wait
	Broken                     // 500, SMTP 451: class Temporary
	Hang                       // takes the request and never answers: class Temporary
	TooLarge                   // 413, 400 too long, SMTP 552: class Unfit
)

// String returns the name of the behaviour.
func (a Answer) String() string {
	names := [...]string{"accept", "unauthorized", "limited", "broken", "hang", "too large"}
	if a < 0 || int(a) >= len(names) {
		return fmt.Sprintf("Answer(%d)", int(a))
	}
	return names[a]
}

// Suite is what an adapter brings to its examination.
type Suite struct {
	Kind channels.Kind
	// Open starts a stand-in that ends with the test.
	Open    func(t *testing.T) *Peer
	Secrets []string // in no error text, in no print of the channel, in no message
	Cannot  []Answer // behaviours that this transport does not know
	Unsplit bool     // the service takes any length in one piece
	NoWait  bool     // the protocol carries no wish of how long to wait
}

// Run examines an adapter: every check is a subtest.
func Run(t *testing.T, s Suite) {
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) {
			x := &exam{t: t, Suite: s}
			c.run(x)
			for _, fault := range x.faults {
				t.Error(fault)
			}
		})
	}
}

// check is one thing that a channel owes.
type check struct {
	name string
	run  func(*exam)
}

func checks() []check {
	return []check{
		{"kind is described", (*exam).describes},
		{"required fields", (*exam).requires},
		{"everything arrives", (*exam).arrives},
		{"empty body", (*exam).arrivesEmpty},
		{"scripts and emoji", (*exam).arrivesForeign},
		{"repeat is marked", (*exam).marksRepeat},
		{"markup is inert", (*exam).defuses},
		{"headers are not injected", (*exam).keepsHeaders},
		{"long bodies", (*exam).splits},
		{"grouped messages", (*exam).keepsLines},
		{"long title, many details", (*exam).takesLongFrame},
		{"huge body", (*exam).bounds},
		{"brief is one part", (*exam).abridges},
		{"answers are classed", (*exam).classes},
		{"hanging peer", (*exam).givesUp},
		{"cancelled before", (*exam).obeysCancel},
		{"secrets stay", (*exam).hides},
	}
}

// exam is one check at work. Faults are collected, so that the suite itself
// can be tested against channels that are wrong on purpose.
type exam struct {
	Suite
	t      *testing.T
	faults []string
}

func (x *exam) faultf(format string, args ...any) {
	x.t.Helper()
	x.faults = append(x.faults, fmt.Sprintf(format, args...))
}
