package look

import (
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"time"

	"tocsin/sources"
	"tocsin/sources/probe"
)

// Source is one probe at work: it looks, waits, and looks again. It is a
// sources.Source.
type Source struct {
	Rule *probe.Rule
	Look func(ctx context.Context, r *probe.Rule) probe.Result
	Log  *slog.Logger
}

const (
	settle    = 20 * time.Second // after the start of the daemon: network and /etc/pve come up meanwhile
	spread    = 40 * time.Second // over which the first looks of all probes are spread
	soon      = 5 * time.Minute  // from a look that failed to the next one, at most
	keepEvery = 5 * time.Minute  // that a look was made, when nothing came of it
	patience  = 5 * time.Second  // beyond the timeout, before a look is said to hang
	logEvery  = time.Hour        // the same fault
)

// Run looks until ctx ends.
func (s *Source) Run(ctx context.Context, desk sources.Desk) error {
	if s.Rule.Held != "" {
		desk.Report(s.Rule.Held)
		<-ctx.Done()
		return nil
	}
	state, err := probe.ParseState(desk.Position())
	if err != nil {
		s.Log.Error("a probe begins anew: what is so is told again", "err", err)
	}
	r := &run{Source: s, desk: desk, state: state, told: map[string]time.Time{}}
	for wait := s.first(state, time.Now()); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		res, ok := r.look(ctx)
		if !ok {
			return nil
		}
		if wait, err = r.judge(ctx, res); err != nil {
			return nil // ctx ended
		}
	}
}

// first returns how long to wait for the first look of a run: not at once, when
// the last one is recent, and each probe at another moment.
func (s *Source) first(state *probe.State, now time.Time) time.Duration {
	sum := fnv.New32a()
	fmt.Fprintf(sum, "%s/%s", s.Rule.Kind, s.Rule.Name)
	part := time.Duration(sum.Sum32() % 1000) // thousandths
	start := settle + spread/1000*part
	if s.Rule.Every < start { // whoever looks that often does not want to wait
		start = s.Rule.Every / 1000 * part
	}
	last := state.LookedAt()
	if last.IsZero() || last.After(now) {
		return start
	}
	return max(start, s.Rule.Every-now.Sub(last))
}

// run is one run of a source.
type run struct {
	*Source
	desk  sources.Desk
	state *probe.State
	kept  time.Time // when the state was handed in
	told  map[string]time.Time
}

// outcome is what came of a look in a goroutine of its own.
type outcome struct {
	result probe.Result
	panic  any
}

// look looks once. Where the system itself hangs, as on a file of a server that is
// gone, it says so and waits: another look would hang as well. It reports false
// when ctx ended.
func (r *run) look(ctx context.Context) (probe.Result, bool) {
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			o.panic = recover()
			done <- o
		}()
		o.result = r.Look(ctx, r.Rule)
	}()
	late := time.NewTimer(r.Rule.Timeout + patience)
	defer late.Stop()
	for {
		select {
		case o := <-done:
			if o.panic != nil {
				panic(o.panic) // whoever runs sources says what a panic is
			}
			return o.result, ctx.Err() == nil
		case <-ctx.Done():
			return probe.Result{}, false
		case <-late.C:
			r.desk.Report(fmt.Sprintf("the look hangs for more than %v: what is looked at does not answer, such as a file of a server that is gone", r.Rule.Timeout+patience))
		}
	}
}

// judge hands in what a look found, and returns how long to wait for the next one.
func (r *run) judge(ctx context.Context, res probe.Result) (time.Duration, error) {
	now := time.Now()
	v := r.Rule.Judge(r.state, res, now)
	r.desk.Report(v.Trouble)
	for _, f := range v.Faults {
		r.fault(f, now)
	}
	if !v.Judged {
		return min(r.Rule.Every, soon), nil
	}
	if !v.Kept && now.Sub(r.kept) < keepEvery {
		return r.Rule.Every, nil
	}
	findings := make([]sources.Finding, len(v.Findings))
	for i, f := range v.Findings {
		findings[i] = sources.Finding{Event: f.Event, Position: f.State}
	}
	r.kept = now
	return r.Rule.Every, r.desk.Keep(ctx, r.state.String(), findings...)
}

// fault logs what may come at every look.
func (r *run) fault(f probe.Fault, now time.Time) {
	if last, ok := r.told[f.Part]; ok && now.Sub(last) < logEvery {
		return
	}
	r.told[f.Part] = now
	r.Log.Warn("a source failed over what it found", "place", r.Rule.Place, "part", f.Part, "err", f.Err)
}
