package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/dispatch"
	"tocsin/engine/event"
)

func (r *room) position() string {
	r.t.Helper()
	all, err := r.store.Positions(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return all["log"]
}

// read submits events of a source that stands at from after the first of them.
func read(types []string, from int) []dispatch.Submission {
	list := make([]dispatch.Submission, len(types))
	for i, typ := range types {
		list[i] = dispatch.Submission{
			Event:    &event.Incoming{Type: typ, Data: map[string]any{"n": i}},
			Position: event.Position{Source: "log", At: fmt.Sprint(from + i)},
		}
	}
	return list
}

func TestAPositionIsKeptWithItsEvent(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		for i, o := range r.post.Submit(t.Context(), read([]string{"note", "note"}, 1)...) {
			if o.Err != nil {
				t.Errorf("event %d: %v", i, o.Err)
			}
		}
		if at := r.position(); at != "2" {
			t.Errorf("position is %q, want 2", at)
		}
		if err := r.post.Move(t.Context(), event.Position{Source: "log", At: "7"}); err != nil || r.position() != "7" {
			t.Errorf("position is %q (%v), want 7", r.position(), err)
		}
		r.close()
		r.open()
		if at := r.position(); at != "7" {
			t.Errorf("after a restart the position is %q, want 7", at)
		}
	})
}

func TestNoPositionLeapsOverAnEventThatIsNotKept(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.flaky.fault(errors.New("disk is full"))
		outcomes := r.post.Submit(t.Context(), read(make([]string, 600), 1)...) // more than one transaction
		r.flaky.fault(nil)
		for i, o := range outcomes {
			if o.Err == nil {
				t.Fatalf("event %d is kept on a full disk", i)
			}
		}
		if at := r.position(); at != "" {
			t.Errorf("position is %q, want none", at)
		}
		if err := r.post.Move(t.Context(), event.Position{Source: "log", At: "1"}); err != nil {
			t.Fatal(err)
		}
	})
}

// An event that its sender takes back in time must hold up those behind it.
func TestEventsBehindOneThatWasTakenBackAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoomWith(t, func(*dispatch.Options) {}, "phone")
		defer r.close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		<-ctx.Done()
		outcomes := r.post.Submit(ctx, read([]string{"note", "note", "note"}, 1)...)
		kept := 0
		for i, o := range outcomes {
			if o.Err == nil && kept != i {
				t.Errorf("event %d is kept, one before it is not", i)
			}
			if o.Err == nil {
				kept++
			}
		}
		want := ""
		if kept > 0 {
			want = fmt.Sprint(kept)
		}
		if at := r.position(); at != want {
			t.Errorf("position is %q, want %q", at, want)
		}
	})
}

func TestThePositionPassesAnEventThatTheJudgeCannotStand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoomWith(t, func(*dispatch.Options) {}, "phone")
		defer r.close()
		r.reload(fragilePlan(r, "poison"))
		outcomes := r.post.Submit(t.Context(), read([]string{"note", "poison", "note"}, 1)...)
		if outcomes[0].Err != nil || !errors.Is(outcomes[1].Err, dispatch.ErrFault) || outcomes[2].Err != nil {
			t.Errorf("outcomes %+v", outcomes)
		}
		if at := r.position(); at != "3" {
			t.Errorf("position is %q, want 3", at)
		}
	})
}
