package crew

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
)

// office is a Post that writes down what it keeps.
type office struct {
	mu        sync.Mutex
	kept      []string
	positions map[string]string
	verdict   func(typ string) Verdict // nil: everything is kept
	moves     int
}

func (o *office) Take(_ context.Context, key string, findings []sources.Finding) []Verdict {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]Verdict, len(findings))
	ended := false
	for i, f := range findings {
		switch {
		case ended:
			list[i] = Verdict{Err: errors.New("behind")}
			continue
		case o.verdict != nil:
			list[i] = o.verdict(f.Event.Type)
		}
		if list[i].Err != nil {
			ended = ended || list[i].Fate != Refused
			continue
		}
		o.kept = append(o.kept, f.Event.Type)
		if f.Position != "" {
			o.positions[key] = f.Position
		}
	}
	return list
}

func (o *office) Move(_ context.Context, p event.Position) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.moves++
	o.positions[p.Source] = p.At
	return nil
}

func (o *office) judge(verdict func(string) Verdict) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.verdict = verdict
}

func (o *office) look() (kept, position string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.kept, " "), o.positions["log"]
}

// script is a source that does what a function says.
type script func(ctx context.Context, desk sources.Desk) error

func (s script) Run(ctx context.Context, desk sources.Desk) error { return s(ctx, desk) }

func waits(ctx context.Context, _ sources.Desk) error {
	<-ctx.Done()
	return nil
}

func findings(types ...string) []sources.Finding {
	list := make([]sources.Finding, len(types))
	for i, typ := range types {
		list[i] = sources.Finding{Event: &event.Incoming{Type: typ}, Position: "after " + typ}
	}
	return list
}

// withCrew runs a test in a bubble.
func withCrew(t *testing.T, test func(t *testing.T, c *Crew, o *office, log *bytes.Buffer)) {
	synctest.Test(t, func(t *testing.T) {
		o, log := &office{positions: map[string]string{}}, new(bytes.Buffer)
		c := New(Options{Post: o, Log: slog.New(slog.NewTextHandler(log, nil)), Positions: map[string]string{"log": "start"}})
		test(t, c, o, log)
		c.Close(t.Context())
	})
}

func TestASourceThatFailsIsRunAgainWhereItStopped(t *testing.T) {
	withCrew(t, func(t *testing.T, c *Crew, o *office, log *bytes.Buffer) {
		var began []time.Time
		var from []string
		c.Set([]sources.Job{{Name: "log", Source: script(func(ctx context.Context, desk sources.Desk) error {
			began, from = append(began, time.Now()), append(from, desk.Position())
			if err := desk.Keep(ctx, "", findings(fmt.Sprint("e", len(began)))...); err != nil {
				return err
			}
			return errors.New("the pipe broke: look at the pipe")
		})}, {Name: "other", Source: script(waits)}})
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		states := c.States()
		if got := states[0]; got.Trouble != "the pipe broke: look at the pipe" || got.Restarts != len(began) || got.Findings != len(began) {
			t.Errorf("state is %+v after %d runs", got, len(began))
		}
		if got := states[1]; got.Trouble != "" || !got.Running || got.Restarts != 0 {
			t.Errorf("the other source: %+v", got)
		}
		if want := []string{"start", "after e1", "after e2"}; !slices.Equal(from[:3], want) {
			t.Errorf("runs began at %q, want %q", from[:3], want)
		}
		for i := 1; i < len(began); i++ {
			if pause := began[i].Sub(began[i-1]); pause < firstPause/2 || pause > maxPause {
				t.Errorf("pause %d is %v", i, pause)
			}
		}
		if len(began) > 25 || strings.Count(log.String(), "a source stopped") != 1 {
			t.Errorf("%d runs in ten minutes, log:\n%s", len(began), log)
		}
	})
}

func TestAPanicIsTheSourcesOwn(t *testing.T) {
	withCrew(t, func(t *testing.T, c *Crew, o *office, log *bytes.Buffer) {
		runs := 0
		c.Set([]sources.Job{{Name: "log", Source: script(func(ctx context.Context, desk sources.Desk) error {
			if runs++; runs == 1 {
				panic("odd")
			}
			desk.Report("")
			return waits(ctx, desk)
		})}})
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := c.States()[0]; runs != 2 || got.Trouble != "" || !got.Running {
			t.Errorf("%d runs, %+v", runs, got)
		}
	})
}

func TestAReloadLeavesAloneWhatIsTheSame(t *testing.T) {
	withCrew(t, func(t *testing.T, c *Crew, o *office, log *bytes.Buffer) {
		runs := map[string]int{}
		var mu sync.Mutex
		job := func(name, version string) sources.Job {
			return sources.Job{Name: name, Version: version, Source: script(func(ctx context.Context, desk sources.Desk) error {
				mu.Lock()
				runs[name+version+desk.Position()]++
				mu.Unlock()
				if err := desk.Keep(ctx, version); err != nil {
					return err
				}
				return waits(ctx, desk)
			})}
		}
		c.Set([]sources.Job{job("a", "1"), job("b", "1"), job("c", "1")})
		synctest.Wait()
		c.Set([]sources.Job{job("a", "1"), job("b", "2"), job("d", "1")})
		synctest.Wait()
		want := map[string]int{"a1": 1, "b1": 1, "b21": 1, "c1": 1, "d1": 1}
		if fmt.Sprint(runs) != fmt.Sprint(want) {
			t.Errorf("runs are %v, want %v", runs, want)
		}
		if list := c.States(); len(list) != 3 || list[2].Name != "d" {
			t.Errorf("states are %+v", list)
		}
	})
}

func TestFindingsAreOfferedUntilTheyAreKept(t *testing.T) {
	withCrew(t, func(t *testing.T, c *Crew, o *office, log *bytes.Buffer) {
		o.judge(func(typ string) Verdict {
			if typ == "b" {
				return Verdict{Err: errors.New("disk is full")}
			}
			return Verdict{}
		})
		c.Set([]sources.Job{{Name: "log", Source: script(func(ctx context.Context, desk sources.Desk) error {
			if err := desk.Keep(ctx, "end", findings("a", "b", "c")...); err != nil {
				return err
			}
			return waits(ctx, desk)
		})}})
		time.Sleep(time.Hour)
		if kept, at := o.look(); kept != "a" || at != "after a" {
			t.Errorf("kept %q at %q, want a", kept, at)
		}
		o.judge(nil)
		time.Sleep(offerMost)
		synctest.Wait()
		if kept, at := o.look(); kept != "a b c" || at != "end" {
			t.Errorf("kept %q at %q, want all", kept, at)
		}
	})
}

// What the post room sheds may not hold up what is more urgent for long.
func TestWhatIsShedIsLetGo(t *testing.T) {
	withCrew(t, func(t *testing.T, c *Crew, o *office, log *bytes.Buffer) {
		lost := 0
		c.Lost = func(_ string, n int) { lost += n }
		o.judge(func(typ string) Verdict {
			switch typ {
			case "info":
				return Verdict{errors.New("too much waits"), Full}
			case "poison":
				return Verdict{errors.New("it panics"), Refused}
			}
			return Verdict{}
		})
		began, took := time.Now(), time.Duration(0)
		c.Set([]sources.Job{{Name: "log", Source: script(func(ctx context.Context, desk sources.Desk) error {
			if err := desk.Keep(ctx, "end", findings("info", "info", "poison", "critical", "info")...); err != nil {
				return err
			}
			took = time.Since(began)
			return waits(ctx, desk)
		})}})
		time.Sleep(time.Minute)
		synctest.Wait()
		if kept, at := o.look(); kept != "critical" || at != "end" || lost != 4 {
			t.Errorf("kept %q at %q, %d lost", kept, at, lost)
		}
		if took > 2*fullTime+offerMost {
			t.Errorf("it took %v", took)
		}
	})
}

func TestAPositionAloneIsKeptOnce(t *testing.T) {
	withCrew(t, func(t *testing.T, c *Crew, o *office, log *bytes.Buffer) {
		c.Set([]sources.Job{{Name: "log", Source: script(func(ctx context.Context, desk sources.Desk) error {
			for range 3 {
				if err := desk.Keep(ctx, "here"); err != nil {
					return err
				}
			}
			return waits(ctx, desk)
		})}})
		synctest.Wait()
		if _, at := o.look(); at != "here" || o.moves != 1 {
			t.Errorf("position %q after %d moves", at, o.moves)
		}
	})
}
