package event

import (
	"errors"
	"fmt"
	"time"
)

// Class says what a failed send means for the message and its channel.
type Class uint8

// The three classes of send errors.
const (
	// Temporary errors pass by themselves: time-outs, refused connections,
	// 408, 425, 429, 5xx. The same message is tried again later.
	Temporary Class = iota + 1
	// Target errors last until somebody acts: a wrong token, a blocked bot, a
	// chat that is gone. The channel's queue is held.
	Target
	// Unfit errors are the message's own: too long, markup refused. It is sent
	// once more, plain and cut, and then given up; others go on.
	Unfit
)

// String returns temporary, target or message.
func (c Class) String() string {
	switch c {
	case Temporary:
		return "temporary"
	case Target:
		return "target"
	case Unfit:
		return "message"
	}
	return fmt.Sprintf("Class(%d)", uint8(c))
}

// SendError is why a message was not delivered, in words for the operator. Why
// and Do never hold a secret or a URL with one.
type SendError struct {
	Class      Class
	Code       string        // stable word: timeout, dns, tls, bad_token, rate_limited, ...
	Why        string        // one sentence: what the service said and what that means
	Do         string        // one sentence: the remedy
	RetryAfter time.Duration // the service's own wish; never undercut
	Maybe      bool          // the answer was lost: the message may have arrived
}

// Error returns the cause and the remedy.
func (e *SendError) Error() string {
	if e.Do == "" {
		return e.Why
	}
	return e.Why + ": " + e.Do
}

// AsSendError returns err as a *SendError. An error of another type becomes a
// temporary one with code "internal", so that nothing is lost over it.
func AsSendError(err error) *SendError {
	var e *SendError
	if errors.As(err, &e) {
		return e
	}
	return &SendError{Class: Temporary, Code: "internal", Why: err.Error(), Do: "this is a fault in tocsin, please report it"}
}
