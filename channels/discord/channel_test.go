package discord

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// report returns a message of several posts.
func report(id string) *event.Message {
	m := notice()
	m.ID, m.Body = id, strings.Repeat("a line of a long report\n", 800)
	return m
}

func TestReceiptIsTheFirstPost(t *testing.T) {
	p := openWith(t, channels.Values{"username": "watchman", "thread_id": "123456789"})
	receipt, err := p.Channel.Send(t.Context(), report("r1"))
	if err != nil {
		t.Fatal(err)
	}
	if receipt.MessageID != "1400000000000000001" {
		t.Errorf("receipt = %+v", receipt)
	}
	if len(p.posts) < 2 || p.posts[0].Username != "watchman" {
		t.Errorf("%d posts by %q", len(p.posts), p.posts[0].Username)
	}
	if !strings.Contains(p.raw[0], "thread_id=123456789") {
		t.Errorf("the request names no thread: %s", strings.SplitN(p.raw[0], "\n", 2)[0])
	}
}

// An answer without a body is a delivery without an id.
func TestDeliveredWithoutAnswer(t *testing.T) {
	p := open(t)
	p.refuse = func(_ int, w http.ResponseWriter) bool {
		w.WriteHeader(http.StatusNoContent)
		return true
	}
	if receipt, err := p.Channel.Send(t.Context(), notice()); err != nil || receipt.MessageID != "" {
		t.Errorf("Send = %+v, %v", receipt, err)
	}
}

// After a failure in the middle the next attempt goes on behind what arrived.
func TestSecondAttemptGoesOn(t *testing.T) {
	m := report("r1")
	whole := open(t)
	if _, err := whole.Channel.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}

	p := open(t)
	p.refuse = func(n int, w http.ResponseWriter) bool {
		if n == 2 || n == 4 { // the third post twice
			refuse(w, 500, "")
		}
		return n == 2 || n == 4
	}
	if _, err := p.Channel.Send(t.Context(), m); err == nil {
		t.Fatal("the first attempt did not fail")
	}
	if _, err := p.Channel.Send(t.Context(), report("another")); err == nil { // in between
		t.Fatal("the other message did not fail")
	}
	p.posts = p.posts[:2] // what arrived of the other message does not matter here
	receipt, err := p.Channel.Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole.Received(), p.Received()); diff != "" {
		t.Errorf("what arrived in two attempts differs:\n%s", diff)
	}
	if receipt.MessageID != "1400000000000000001" {
		t.Errorf("receipt = %+v, want the first post's", receipt)
	}

	// Delivered and forgotten: a resend by hand sends it all.
	p.posts = nil
	if _, err := p.Channel.Send(t.Context(), m); err != nil || len(p.posts) != len(whole.posts) {
		t.Errorf("resend: %d posts, %v", len(p.posts), err)
	}
}

// A repeat says so at its end only, and a brief one begins anew.
func TestOtherAttempts(t *testing.T) {
	tests := map[string]struct {
		change func(*event.Message)
		first  string // begin of the first post of the second attempt
	}{
		"repeat": {func(m *event.Message) { m.Repeat = true }, "a line"},
		"brief":  {func(m *event.Message) { m.Rich, m.Brief = false, true }, "[CRITICAL]"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := open(t)
			p.refuse = func(n int, w http.ResponseWriter) bool {
				if n == 1 {
					refuse(w, 503, "")
				}
				return n == 1
			}
			m := report("r1")
			if _, err := p.Channel.Send(t.Context(), m); err == nil {
				t.Fatal("the first attempt did not fail")
			}
			tt.change(m)
			if _, err := p.Channel.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			if got := p.Received()[1]; !strings.HasPrefix(got, tt.first) {
				t.Errorf("the second attempt begins %.60q, want %q", got, tt.first)
			}
		})
	}
}

// script is a poster that gives prepared answers and notes when it was asked.
type script struct {
	answers []*httpsend.Answer // the last one again and again
	at      []time.Time
}

func (s *script) PostJSON(context.Context, event.Secret, http.Header, any) (*httpsend.Answer, error) {
	answer := s.answers[min(len(s.at), len(s.answers)-1)]
	s.at = append(s.at, time.Now())
	return answer, nil
}

func ok(header ...string) *httpsend.Answer {
	a := &httpsend.Answer{Status: 200, Header: http.Header{}, Body: []byte(`{"id": "1"}`)}
	for pair := range slices.Chunk(header, 2) {
		a.Header.Set(pair[0], pair[1])
	}
	return a
}

func newScripted(t *testing.T, answers ...*httpsend.Answer) (*script, channels.Channel) {
	t.Helper()
	s := &script{answers: answers}
	ch, err := newChannel(s, channels.Values{"webhook_url": event.NewSecret("https://discord.com" + testPath)})
	if err != nil {
		t.Fatal(err)
	}
	return s, ch
}

func TestWaitsBetweenPosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ch := newScripted(t,
			ok("X-RateLimit-Remaining", "1"),
			ok("X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "1.25"),
			ok("X-RateLimit-Remaining", "4"))
		if _, err := ch.Send(t.Context(), report("r1")); err != nil {
			t.Fatal(err)
		}
		var gaps []time.Duration
		for i := range len(s.at) - 1 {
			gaps = append(gaps, s.at[i+1].Sub(s.at[i]))
		}
		want := make([]time.Duration, len(s.at)-1)
		want[1] = 1250 * time.Millisecond
		if diff := cmp.Diff(want, gaps); diff != "" {
			t.Errorf("gaps between the posts (-want +got):\n%s", diff)
		}
	})
}

// Where the wait is longer than the attempt may take, the attempt ends at
// once, and the next one goes on.
func TestDoesNotOutwaitTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ch := newScripted(t, ok("X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "40"), ok())
		started := time.Now()
		_, err := ch.Send(t.Context(), report("r1"))
		e := event.AsSendError(err)
		if e == nil || e.Class != event.Temporary || e.Code != "rate_limited" || e.RetryAfter != 40*time.Second {
			t.Errorf("err = %#v", e)
		}
		if took := time.Since(started); took != 0 || len(s.at) != 1 {
			t.Errorf("%d posts in %v, want 1 at once", len(s.at), took)
		}
		time.Sleep(40 * time.Second)
		if _, err := ch.Send(t.Context(), report("r1")); err != nil || len(s.at) != len(render(report("r1"), "")) {
			t.Errorf("second attempt: %v, %d posts in all", err, len(s.at))
		}
	})
}

// While Discord said that it takes nothing, nothing is asked of it.
func TestLimitHoldsForNextMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ch := newScripted(t, &httpsend.Answer{Status: 429, Header: http.Header{"Retry-After": {"1800"}}}, ok())
		for _, id := range []string{"a", "b"} {
			_, err := ch.Send(t.Context(), report(id))
			if e := event.AsSendError(err); e == nil || e.Code != "rate_limited" || e.RetryAfter != 30*time.Minute {
				t.Errorf("message %s: %v", id, err)
			}
		}
		if len(s.at) != 1 {
			t.Errorf("%d requests, want 1", len(s.at))
		}
	})
}

func TestCancelEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ch := newScripted(t, ok("X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "10"))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		started := time.Now()
		_, err := ch.Send(ctx, report("r1"))
		if e := event.AsSendError(err); e == nil || e.Class != event.Temporary || time.Since(started) != 3*time.Second || len(s.at) != 1 {
			t.Errorf("err = %v after %v and %d posts", err, time.Since(started), len(s.at))
		}
	})
}

func TestOddLimitsAreNoLimits(t *testing.T) {
	for _, after := range []string{"", "soon", "NaN", "-5", "0"} {
		synctest.Test(t, func(t *testing.T) {
			_, ch := newScripted(t, ok("X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", after))
			if _, err := ch.Send(t.Context(), report("r1")); err != nil {
				t.Errorf("Reset-After %q: %v", after, err)
			}
		})
	}
}
