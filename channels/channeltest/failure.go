package channeltest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

// prompt is how soon a cancelled send must have returned.
const prompt = 2 * time.Second

// classes checks what a channel makes of the answers of its service.
func (x *exam) classes() {
	for _, c := range []struct {
		answer Answer
		class  event.Class
	}{{Unauthorized, event.Target}, {Limited, event.Temporary}, {Broken, event.Temporary}, {TooLarge, event.Unfit}} {
		if slices.Contains(x.Cannot, c.answer) {
			continue
		}
		p := x.Open(x.t) // a new one: a channel may remember refusals
		p.Answer(c.answer)
		m := message("class-"+c.answer.String(), true)
		e := x.refused(c.answer.String(), p, m)
		if e == nil {
			continue
		}
		if e.Class != c.class {
			x.faultf("%s: class %s, want %s (%v)", c.answer, e.Class, c.class, e)
		}
		if n := len(p.Received()); n != 0 {
			x.faultf("%s: the send failed, but %d parts arrived", c.answer, n)
		}
		if c.answer == Limited {
			if !x.NoWait && e.RetryAfter < 7*time.Second {
				x.faultf("limited: RetryAfter is %v, want 7 s (or Suite.NoWait when the protocol carries none)", e.RetryAfter)
			}
			continue // a channel may remember how long to wait
		}
		p.Answer(Accept)
		x.shows("after "+c.answer.String(), x.deliver("after "+c.answer.String(), p, m), m.Title, m.Host)
	}
}

// refused sends m, which must fail, and returns the error after looking at its
// form.
func (x *exam) refused(what string, p *Peer, m *event.Message) *event.SendError {
	ctx, cancel := context.WithTimeout(x.t.Context(), patience)
	defer cancel()
	_, err := p.Channel.Send(ctx, m)
	return x.formed(what, err)
}

// formed checks that err is an error that an operator can act on.
func (x *exam) formed(what string, err error) *event.SendError {
	if err == nil {
		x.faultf("%s: the send did not fail", what)
		return nil
	}
	e, ok := errors.AsType[*event.SendError](err)
	if !ok {
		x.faultf("%s: the error is a %T, want *event.SendError", what, err)
		return nil
	}
	if e.Code == "" || e.Why == "" || e.Do == "" {
		x.faultf("%s: the error lacks a code, a cause or a remedy: %#v", what, e)
	}
	x.noSecret(what, fmt.Sprintf("%v %+v %#v", err, e, *e))
	return e
}

// givesUp checks that a peer which never answers is left when the send is
// cancelled.
func (x *exam) givesUp() {
	if slices.Contains(x.Cannot, Hang) {
		return
	}
	p := x.Open(x.t)
	p.Answer(Hang)
	ctx, cancel := context.WithCancel(x.t.Context())
	defer cancel()
	failed := make(chan error, 1)
	go func() {
		_, err := p.Channel.Send(ctx, message("hang", true))
		failed <- err
	}()
	select {
	case err := <-failed:
		x.faultf("hang: Send returned by itself at once: %v", err)
		return
	case <-time.After(100 * time.Millisecond): // the request is on its way
	}
	cancel()
	select { // the limit is generous, as the machine may be busy
	case err := <-failed:
		if e := x.formed("hang", err); e != nil && e.Class != event.Temporary {
			x.faultf("hang: class %s, want temporary (%v)", e.Class, e)
		}
	case <-time.After(prompt):
		x.faultf("hang: Send did not return within %v after it was cancelled", prompt)
	}
}

// obeysCancel checks that nothing is sent when the send was cancelled before it
// began.
func (x *exam) obeysCancel() {
	p := x.Open(x.t)
	ctx, cancel := context.WithCancel(x.t.Context())
	cancel()
	started := time.Now()
	_, err := p.Channel.Send(ctx, message("cancelled", true))
	if e := x.formed("cancelled", err); e != nil && e.Class != event.Temporary {
		x.faultf("cancelled: class %s, want temporary (%v)", e.Class, e)
	}
	if took := time.Since(started); took > prompt {
		x.faultf("cancelled: Send took %v", took)
	}
	// No class of error excuses a message that nobody waits for any more.
	if n := len(p.Received()); n != 0 {
		x.faultf("cancelled: %d parts arrived", n)
	}
}

// hides checks that no print of a channel shows a secret, and that no message
// carries one. The errors are looked at where they come up.
func (x *exam) hides() {
	x.inBothDresses(func(dress string, rich bool, p *Peer) {
		x.noSecret("print of the channel", fmt.Sprintf("%v %+v %#v", p.Channel, p.Channel, p.Channel))
		x.noSecret(dress+" message", strings.Join(x.deliver(dress, p, message("hidden", rich)), "\n"))
	})
}

// noSecret checks that text shows no secret, in none of the usual spellings.
func (x *exam) noSecret(what, text string) {
	for i, secret := range x.Secrets {
		// A secret in an address is escaped there, one in a header often encoded.
		for _, spelling := range []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)),
		} {
			if secret != "" && strings.Contains(text, spelling) {
				x.faultf("%s: shows Secrets[%d]", what, i)
				break
			}
		}
	}
}
