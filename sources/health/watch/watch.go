package watch

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
	"tocsin/sources/guests"
	"tocsin/sources/health"
)

// Reader reads facts of a host. What a host cannot have is no items and no error; an
// error says which fact it is about. A Reader is asked for several facts at once, but
// for none again before it answered.
type Reader interface {
	Read(ctx context.Context, fact string) ([]map[string]any, error)
}

// Options are what a Watcher works with.
type Options struct {
	Rules  []*health.Rule
	Host   Reader
	Guests *guests.Reader // nil: of a guest only its number is known
	Log    *slog.Logger
}

// Watcher runs checks. It is a sources.Source.
type Watcher struct{ Options }

// New returns a watcher.
func New(opts Options) *Watcher { return &Watcher{opts} }

const (
	patience    = time.Minute     // for a fact
	atOnce      = 4               // facts that are read
	roundTime   = 5 * time.Second // after which looks are summed up, though others still wait
	keepEvery   = time.Minute     // what is known is kept, when nothing is told
	maxFindings = 32              // are kept together
	logEvery    = time.Hour       // the same fault
)

// Run runs the checks until ctx ends. The first looks are at once.
func (w *Watcher) Run(ctx context.Context, desk sources.Desk) error {
	now := time.Now()
	r := &run{
		Watcher: w, ctx: ctx, desk: desk, closed: now, answers: make(chan answer), slots: make(chan struct{}, atOnce),
		facts: map[string]*fetch{}, told: map[string]time.Time{}, broken: map[string]string{},
	}
	board, err := health.Open(w.Rules, desk.Position(), now)
	if err != nil {
		w.Log.Error("health is watched as if nothing had been found before", "err", err)
	}
	r.board = board
	for _, rule := range w.Rules {
		r.checks = append(r.checks, &check{rule: rule, due: now})
	}
	if err := r.keep(board.Retire(now)); err != nil {
		return nil
	}
	return r.loop()
}

// run is one run of a watcher.
type run struct {
	*Watcher
	ctx   context.Context
	desk  sources.Desk
	board *health.Board

	checks  []*check
	facts   map[string]*fetch // that were asked for and have not come
	answers chan answer
	slots   chan struct{} // one for each fact that is being read
	looked  bool          // since the board was closed
	closed  time.Time
	kept    time.Time
	broken  map[string]string    // facts that cannot be read, and why
	told    map[string]time.Time // faults
}

// check is a rule and where its looks are.
type check struct {
	rule  *health.Rule
	due   time.Time
	needs map[string]bool          // facts that this look waits for; nil: none is under way
	has   map[string]health.Answer // those that came
}

// loop waits for what is due and for what comes. It ends with nil when ctx does.
func (r *run) loop() error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-r.ctx.Done():
			return nil
		case <-timer.C:
			r.begin(time.Now())
		case a := <-r.answers:
			r.take(a)
		}
		if r.looks() != nil {
			return nil // ctx ended
		}
		timer.Reset(time.Until(r.next()))
	}
}

// next is when the next look is due.
func (r *run) next() time.Time {
	next := time.Now().Add(time.Hour)
	for _, c := range r.checks {
		if c.needs == nil && c.due.Before(next) {
			next = c.due
		}
	}
	return next
}

// begin begins the looks that are due.
func (r *run) begin(now time.Time) {
	for _, c := range r.checks {
		if c.needs != nil || c.due.After(now) {
			continue
		}
		c.due = c.due.Add(c.rule.Every * (1 + now.Sub(c.due)/c.rule.Every)) // those that were missed are not made up for
		c.needs, c.has = map[string]bool{}, map[string]health.Answer{}
		for _, fact := range c.rule.Reads() {
			c.needs[fact] = true
			r.ask(fact)
		}
	}
}

// take gives what came to the checks that wait for it.
func (r *run) take(a answer) {
	if a.freed {
		delete(r.facts, a.fact)
	} else if f := r.facts[a.fact]; f != nil {
		f.hangs = true
	}
	if a.late {
		return
	}
	for _, c := range r.checks {
		if c.needs[a.fact] {
			delete(c.needs, a.fact)
			c.has[a.fact] = a.Answer
		}
	}
	if a.Err != nil {
		r.broken[a.fact] = a.Err.Error()
	} else {
		delete(r.broken, a.fact)
	}
}

// looks makes the looks for which everything came, and ends a round of them when
// nothing more is awaited.
func (r *run) looks() error {
	now, waiting := time.Now(), false
	for _, c := range r.checks {
		if c.needs == nil {
			continue
		}
		if len(c.needs) > 0 {
			waiting = true
			continue
		}
		changes, faults := r.board.Look(now, c.rule.Name, c.has)
		c.needs, c.has, r.looked = nil, nil, true
		for _, f := range faults {
			r.warn(f.Rule.Name+" "+f.Part, "a check failed in part", "place", f.Rule.Place, "part", f.Part, "err", f.Err)
		}
		if err := r.keep(changes); err != nil {
			return err
		}
	}
	if !r.looked || waiting && now.Sub(r.closed) < roundTime {
		return nil
	}
	r.looked, r.closed = false, now
	r.report()
	return r.close(now)
}

// close ends a round, and keeps what is known now and then.
func (r *run) close(now time.Time) error {
	if err := r.keep(r.board.Close(now)); err != nil {
		return err
	}
	if !r.board.Changed() || now.Sub(r.kept) < keepEvery {
		return nil
	}
	r.kept = now
	return r.desk.Keep(r.ctx, r.board.Position())
}

// keep hands in what was found.
func (r *run) keep(changes []health.Change) error {
	for part := range slices.Chunk(changes, maxFindings) {
		findings := make([]sources.Finding, len(part))
		for i := range part {
			e := part[i].Event
			if e.Guest != nil && r.Guests != nil {
				guest := r.Guests.Guest(e.Guest.ID, event.Text(e.Data["node"]))
				e.Guest = &guest
			}
			findings[i] = sources.Finding{Event: &e, Position: part[i].Position}
		}
		if err := r.desk.Keep(r.ctx, "", findings...); err != nil {
			return err
		}
	}
	return nil
}

// report tells which facts cannot be read.
func (r *run) report() {
	var list []string
	for _, why := range r.broken {
		list = append(list, why)
	}
	slices.Sort(list)
	switch len(list) {
	case 0:
		r.desk.Report("")
	case 1:
		r.desk.Report(list[0])
	default:
		r.desk.Report(fmt.Sprintf("%s; and %d more like it", list[0], len(list)-1))
	}
}

// warn logs what may come again and again.
func (r *run) warn(key, message string, args ...any) {
	if last, ok := r.told[key]; ok && time.Since(last) < logEvery {
		return
	}
	r.told[key] = time.Now()
	r.Log.Warn(message, args...)
}
