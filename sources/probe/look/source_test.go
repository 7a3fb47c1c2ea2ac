package look

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/sources"
	"tocsin/sources/probe"
)

// desk keeps what a source hands in, and says when.
type desk struct {
	began    time.Time
	position string
	notes    []string
	fails    bool
}

func (d *desk) Position() string { return d.position }

func (d *desk) Keep(ctx context.Context, position string, findings ...sources.Finding) error {
	if d.fails {
		<-ctx.Done()
		return ctx.Err()
	}
	d.position = position
	d.note("kept", len(findings))
	return nil
}

func (d *desk) Report(trouble string) {
	if trouble != "" {
		d.note("trouble:", trouble)
	}
}

func (d *desk) note(words ...any) {
	d.notes = append(d.notes, time.Since(d.began).Round(time.Second).String()+" "+strings.TrimSpace(fmt.Sprintln(words...)))
}

// ten is a rule that looks every ten minutes and tells when code is 1.
func ten(name string) *probe.Rule {
	return &probe.Rule{
		Kind: probe.Command, Name: name, Command: []string{"x"}, Every: 10 * time.Minute, Timeout: time.Minute, Event: "leak", Reads: []string{"code"},
		When: func(values map[string]any) (bool, error) { return values["result.code"] == 1.0, nil },
	}
}

// watch runs a source for a while, in virtual time.
func watch(t *testing.T, d *desk, r *probe.Rule, look func(ctx context.Context) probe.Result, long time.Duration) {
	t.Helper()
	d.began = time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	s := &Source{Rule: r, Log: slog.New(slog.DiscardHandler), Look: func(ctx context.Context, _ *probe.Rule) probe.Result { return look(ctx) }}
	if err := s.Run(ctx, d); err != nil {
		t.Error(err)
	}
}

func code(n float64) probe.Result { return probe.Result{Values: map[string]any{"code": n}} }

// A probe looks at its times, also over restarts, and keeps what it made of it.
func TestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, looks := &desk{}, []string{}
		count := func(context.Context) probe.Result {
			looks = append(looks, time.Since(d.began).Round(time.Second).String())
			return code(float64(len(looks) % 2))
		}
		watch(t, d, ten("a"), count, 25*time.Minute)
		first, err := time.ParseDuration(looks[0])
		if err != nil || first < settle || first > settle+spread || len(looks) != 3 {
			t.Fatalf("looks at %v", looks)
		}
		if want := []string{first.String() + " kept 1", (first + 10*time.Minute).String() + " kept 0", (first + 20*time.Minute).String() + " kept 1"}; !slices.Equal(d.notes, want) {
			t.Errorf("%q, want %q", d.notes, want)
		}
		looks, d.notes = nil, nil
		watch(t, d, ten("a"), count, 8*time.Minute) // the last look was less than five minutes ago
		if len(looks) != 1 {
			t.Fatalf("after a restart it looks at %v", looks)
		}
		again, err := time.ParseDuration(looks[0])
		if want := first + 5*time.Minute; err != nil || (again-want).Abs() > time.Second { // ten minutes after the last one
			t.Errorf("after a restart it looks at %v, want %v", again, want)
		}
	})
}

// Probes do not all look at once.
func TestFirstLooksAreSpread(t *testing.T) {
	seen := map[time.Duration]int{}
	for i := range 100 {
		r := ten(fmt.Sprint("probe_", i))
		wait := (&Source{Rule: r}).first(&probe.State{}, time.Now())
		if wait < settle || wait > settle+spread {
			t.Errorf("%s waits %v", r.Name, wait)
		}
		seen[wait.Truncate(time.Second)]++
	}
	if len(seen) < 30 {
		t.Errorf("a hundred probes begin within %d seconds of a minute", len(seen))
	}
	r := ten("a")
	r.Every = 10 * time.Second
	if wait := (&Source{Rule: r}).first(&probe.State{}, time.Now()); wait > r.Every {
		t.Errorf("what looks every ten seconds waits %v", wait)
	}
	r.Every = 31 * 24 * time.Hour
	if wait := (&Source{Rule: r}).first(&probe.State{Looked: time.Now().Add(time.Hour).Unix()}, time.Now()); wait > settle+spread {
		t.Errorf("after the clock was set back it waits %v", wait)
	}
}

// A look that failed is told and made again soon; the position stays.
func TestAFailedLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, n := &desk{}, 0
		watch(t, d, ten("a"), func(context.Context) probe.Result {
			if n++; n < 3 {
				return probe.Failed("it broke")
			}
			return code(0)
		}, 12*time.Minute)
		if len(d.notes) != 3 || !strings.HasSuffix(d.notes[0], "trouble: it broke") || !strings.HasSuffix(d.notes[1], "trouble: it broke") || !strings.HasSuffix(d.notes[2], "kept 0") {
			t.Errorf("%q", d.notes)
		}
	})
}

// A look that hangs in the system is told, and nothing else hangs with it: the run
// ends when it should.
func TestALookThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, free := &desk{}, make(chan struct{})
		var n atomic.Int32
		hang := func(context.Context) probe.Result {
			n.Add(1)
			<-free
			return code(1)
		}
		watch(t, d, ten("a"), hang, time.Hour)
		if n.Load() != 1 || len(d.notes) != 1 || !strings.Contains(d.notes[0], "trouble: the look hangs for more than 1m5s") {
			t.Errorf("%d looks, %q", n.Load(), d.notes)
		}
		d.notes = nil
		time.AfterFunc(5*time.Minute, func() { close(free) })
		watch(t, d, ten("a"), hang, 8*time.Minute)
		if len(d.notes) != 2 || !strings.HasSuffix(d.notes[1], "kept 1") {
			t.Errorf("%q", d.notes)
		}
	})
}

// A panic of a look is one of the run: whoever runs it catches it there.
func TestAPanicOfALook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defer func() {
			if got := recover(); got != "odd" {
				t.Errorf("panic %v", got)
			}
		}()
		watch(t, &desk{}, ten("a"), func(context.Context) probe.Result { panic("odd") }, time.Hour)
	})
}

// What costs a transaction is done seldom: a look that nothing came of is kept
// every five minutes.
func TestFewTransactions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, n := &desk{}, 0
		r := ten("a")
		r.Every = 10 * time.Second
		watch(t, d, r, func(context.Context) probe.Result { n++; return code(0) }, time.Hour)
		if n < 350 || len(d.notes) > 13 {
			t.Errorf("%d looks, %d transactions", n, len(d.notes))
		}
	})
}

// Events that cannot be kept hold the source up, and its end ends that.
func TestKeepEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{fails: true}
		watch(t, d, ten("a"), func(context.Context) probe.Result { return code(1) }, time.Hour)
		if d.position != "" {
			t.Errorf("the position is %s", d.position)
		}
	})
}

// What lacks a secret says so and looks at nothing. An odd position is a beginning.
func TestHeldAndOddPositions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, r := &desk{}, ten("a")
		r.Held = "there is no secret"
		watch(t, d, r, func(context.Context) probe.Result { t.Error("it looks"); return code(1) }, time.Hour)
		if len(d.notes) != 1 || !strings.HasSuffix(d.notes[0], "trouble: there is no secret") {
			t.Errorf("%q", d.notes)
		}
		d = &desk{position: "odd"}
		watch(t, d, ten("a"), func(context.Context) probe.Result { return code(1) }, 5*time.Minute)
		if len(d.notes) != 1 || !strings.HasSuffix(d.notes[0], "kept 1") {
			t.Errorf("%q", d.notes)
		}
	})
}
