package channeltest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tocsin/channels"
	"tocsin/engine/event"
)

// failing is a channel that fails as a test tells it to, after some time.
type failing struct {
	err   error
	after time.Duration
}

func (f failing) Send(ctx context.Context, _ *event.Message) (event.Receipt, error) {
	select {
	case <-time.After(f.after):
	case <-ctx.Done():
	}
	return event.Receipt{}, f.err
}

// TestVerdictsAreChecked spoils one thing of an error at a time and expects it
// to be found.
func TestVerdictsAreChecked(t *testing.T) {
	good := event.SendError{Class: event.Temporary, Code: "rate_limited", Why: "too many", Do: "wait", RetryAfter: 7 * time.Second}
	want := Verdict{Class: event.Temporary, Code: "rate_limited", RetryAfter: 7 * time.Second}
	for name, c := range map[string]struct {
		spoil func(*event.SendError)
		find  string // in what is found; empty: nothing is
	}{
		"as it should be": {func(*event.SendError) {}, ""},
		"class":           {func(e *event.SendError) { e.Class = event.Target }, "target"},
		"code":            {func(e *event.SendError) { e.Code = "other" }, "other"},
		"wait":            {func(e *event.SendError) { e.RetryAfter = time.Second }, "1s"},
		"maybe":           {func(e *event.SendError) { e.Maybe = true }, "Maybe:true"},
		"no remedy":       {func(e *event.SendError) { e.Do = "" }, "remedy"},
		"secret":          {func(e *event.SendError) { e.Why += " " + fakeSecret }, "Secrets[0]"},
	} {
		e := good
		c.spoil(&e)
		s := FaultSuite{
			Secrets: []string{fakeSecret}, Within: time.Minute, Verdicts: map[string]Verdict{"fault": want},
			Open: func(*testing.T, Network) channels.Channel { return failing{err: &e} },
		}
		found := strings.Join(s.suffer(t, Fault{Name: "fault"}), "\n")
		if (found == "") != (c.find == "") || !strings.Contains(found, c.find) {
			t.Errorf("%s: found %q", name, found)
		}
	}
}

func TestFaultsOfTheSuite(t *testing.T) {
	broken := &event.SendError{Class: event.Temporary, Code: "timeout", Why: "slow", Do: "wait"}
	verdict := Verdict{Class: event.Temporary, Code: "timeout"}
	for name, c := range map[string]struct {
		channel failing
		fault   Fault
		find    string
	}{
		"no verdict":     {failing{err: broken}, Fault{}, "no verdict"},
		"common verdict": {failing{err: broken}, Fault{Want: &verdict}, ""},
		"too slow":       {failing{err: broken, after: time.Hour}, Fault{Want: &verdict, Timed: true, Serve: silent}, "1h0m0s"},
		"delivered":      {failing{}, Fault{Want: &verdict}, "got"},
		"not delivered":  {failing{err: broken}, Fault{Want: &Verdict{}}, "got"},
		"no send error":  {failing{err: errors.New("plain")}, Fault{Want: &verdict}, "want *event.SendError"},
	} {
		s := FaultSuite{Within: time.Minute, Open: func(*testing.T, Network) channels.Channel { return c.channel }}
		found := strings.Join(s.suffer(t, c.fault), "\n")
		if (found == "") != (c.find == "") || !strings.Contains(found, c.find) {
			t.Errorf("%s: found %q", name, found)
		}
	}
}
