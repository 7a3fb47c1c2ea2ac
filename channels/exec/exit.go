package exec

import (
	"fmt"
	"path/filepath"

	"tocsin/channels/program"
	"tocsin/engine/event"
)

// meaning is what an exit code says of a message and its channel.
type meaning struct {
	class event.Class
	code  string
	words string
	do    string
}

// meaningOf returns what an exit code means. Those of sysexits.h mean what they
// say there, 126 and 127 are a shell's for what it cannot run. Any other may be a
// network that is down just now, which is the commonest cause, so the message is
// kept and the program run again: a message that alone is the trouble holds up no
// other for long.
func meaningOf(code int) meaning {
	const (
		again = "it is run again by itself"
		mend  = "mend it, and messages go out again"
		odd   = "look at the message for what is odd about it; it is given to the program once more, shortened"
	)
	switch code {
	case 64:
		return meaning{event.Target, "usage", "it was called the wrong way", "correct command in the channel block"}
	case 65:
		return meaning{event.Unfit, "rejected", "it does not take this message", odd}
	case 66:
		return meaning{event.Unfit, "rejected", "it lacks an input for this message", odd}
	case 67:
		return meaning{event.Target, "no_user", "it does not know the recipient", mend}
	case 68:
		return meaning{event.Target, "no_host", "it does not know the host", mend}
	case 72:
		return meaning{event.Target, "system_file", "it lacks a file of the system", mend}
	case 73:
		return meaning{event.Target, "cannot_create", "it cannot make its output", mend}
	case 77:
		return meaning{event.Target, "no_permission", "it lacks a permission", mend}
	case 78:
		return meaning{event.Target, "config", "it is not configured rightly", mend}
	case 126:
		return meaning{event.Target, "not_runnable", "it cannot run a command in it", mend}
	case 127:
		return meaning{event.Target, "not_runnable", "it does not find a command in it", mend}
	case 75:
		return meaning{event.Temporary, "temporary", "a failure that passes", again}
	}
	return meaning{event.Temporary, "failed", "", again}
}

// failure turns the end of a program that did not deliver into an error.
func (c *channel) failure(r program.Result) *event.SendError {
	name := filepath.Base(c.command[0])
	if r.Signal != 0 {
		e := &event.SendError{
			Class: event.Temporary, Code: "killed", Maybe: true,
			Why: fmt.Sprintf("%s was ended by the signal %q", name, r.Signal), Do: "look into the system's log for why; it is run again",
		}
		return e
	}
	means := meaningOf(r.Code)
	e := &event.SendError{Class: means.class, Code: means.code, Do: means.do, Why: fmt.Sprintf("%s ended with %d", name, r.Code)}
	if said := c.reason(r); said != "" {
		e.Why += " (" + said + ")"
	}
	if means.words != "" {
		e.Why += ": " + means.words
	}
	return e
}
