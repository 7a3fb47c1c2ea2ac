package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Sender delivers a message, as channels.Channel does.
type Sender interface {
	Send(ctx context.Context, m *event.Message) (event.Receipt, error)
}

// Metrics counts what happens. Its methods are called by many goroutines.
type Metrics interface {
	Received(source string)
	Decided(outcome, reason string)
	Delivered(channel string, err *event.SendError, took time.Duration)
	Refused(reason, severity string)
}

// Reporter hears what happens, once it is kept. It is called by the loop, so that
// it must return at once, and keep nothing of an event.
type Reporter interface {
	Heard(in *event.Incoming)
	// Ruled tells a decision when it is made; the same one is told again after a
	// second at the earliest.
	Ruled(d event.Decision)
	Settled(d event.Delivery)
}

// silent is a Reporter that tells nobody.
type silent struct{}

func (silent) Heard(*event.Incoming)  {}
func (silent) Ruled(event.Decision)   {}
func (silent) Settled(event.Delivery) {}

// Line is a channel as the post room sees it.
type Line struct {
	Sender   Sender        // nil: its parcels wait, for the reason in Waits
	Waits    string        // why it has no sender: a secret is missing
	Rich     bool          // native markup
	GiveUp   time.Duration // age after which an undelivered message is dead
	Pace     Pace          // of its service
	Rate     Pace          // of its operator; CRITICAL messages need not wait for it
	Fallback Fallback
	Version  string // changes when the channel's settings do
}

// Plan is one version of the configuration.
type Plan struct {
	Policy *engine.Policy
	// Render turns a notification into a message. It never fails: what went
	// wrong with a template it says in the faults.
	Render func(n *event.Notification) (m event.Message, faults []string)
	// Group turns what waited into messages that tell it together: one line a
	// row, in order. There is at least one.
	Group func(g Group) []Grouped
	Lines map[string]Line // by channel name
}

// Grouped is a message that tells some rows of a group.
type Grouped struct {
	Message event.Message
	Rows    int // how many, behind those of the messages before it
}

// Group is what waited for a channel and is told together now.
type Group struct {
	engine.Gather
	Rows    []event.Message // the first of them, in the order of their events' times
	Total   int
	Highest event.Severity
	Now     time.Time
}

// Options are what a Dispatcher works with.
type Options struct {
	Store Store
	Saved engine.Saved // what the store remembers
	// Shared is the same store, when other nodes use it too: this one judges only
	// once Judge is called, and Saved is not looked at. Nil: it is alone.
	Shared  Shared
	Plan    Plan
	Log     *slog.Logger
	Metrics Metrics
	Report  Reporter // nil: nobody asks
	// Panicked is told of each panic of the loop or a worker, which begins anew;
	// may be nil.
	Panicked func(part string)
	Most     engine.Volume // of what may wait to be delivered; zero: 100,000 messages and 512 MiB
}

// ErrClosed is returned when the dispatcher takes no more events.
var ErrClosed = errors.New("tocsin is shutting down")

// ErrBusy is returned when an event could not be kept within its deadline.
var ErrBusy = errors.New("the event could not be kept in time: the disk is slow, or too many events come at once")

// ErrConflict is returned for a claimed key that came with another body.
var ErrConflict = errors.New("the same key came before with another body")

// Dispatcher is the running post room.
type Dispatcher struct {
	store    Store
	writer   *writer // the same store, where the loop writes
	log      *slog.Logger
	metrics  Metrics
	report   Reporter
	panicked func(part string)

	started bool
	inbox   chan item
	closing chan struct{}
	done    chan struct{} // closed when the loop ended
	sends   context.Context
	cancel  context.CancelFunc // gives up sends in flight
	workers sync.WaitGroup
	pressed atomic.Bool // so much waits that queues are to be merged

	shared    Shared        // nil: this node is alone
	leases    *leases       // nil: likewise
	posts     chan struct{} // has room for one: there may be something for the judge
	lineCount atomic.Int64

	loop // owned by the loop's goroutine
}

// inboxSize bounds the events that wait in memory for the next transaction.
const inboxSize = 1024

// New returns a dispatcher that goes on where saved stopped. Start sets it off.
func New(opts Options) (*Dispatcher, error) {
	now := time.Now()
	state, err := engine.NewState(opts.Plan.Policy, opts.Saved, now)
	if err != nil {
		return nil, fmt.Errorf("restore state: %w", err)
	}
	if opts.Panicked == nil {
		opts.Panicked = func(string) {}
	}
	if opts.Report == nil {
		opts.Report = silent{}
	}
	d := &Dispatcher{
		store: opts.Store, writer: &writer{Store: opts.Store}, log: opts.Log, metrics: opts.Metrics, report: opts.Report, panicked: opts.Panicked,
		inbox: make(chan item, inboxSize), closing: make(chan struct{}), done: make(chan struct{}),
		loop: loop{
			plan: opts.Plan, state: state, fold: newFolder(), claims: newClaims(opts.Saved.Claims),
			watchers: map[string]*watch{}, workers: map[string]*worker{}, leaving: map[string]*worker{},
		},
	}
	d.posts = make(chan struct{}, 1)
	d.judging = opts.Shared == nil
	if opts.Shared != nil {
		d.shared, d.leases = opts.Shared, newLeases(opts.Shared)
		d.forget()
	}
	d.volume.most = opts.Most
	if d.volume.most == (engine.Volume{}) {
		d.volume.most = defaultMost()
	}
	d.sends, d.cancel = context.WithCancel(context.Background())
	if err := d.resume(); err != nil {
		return nil, err
	}
	return d, nil
}

// resume takes notice of what the outbox holds from before.
func (d *Dispatcher) resume() error {
	ctx, cancel := context.WithTimeout(context.Background(), commitLimit)
	defer cancel()
	if d.shared == nil { // what other nodes send is known by their leases
		n, err := d.store.Interrupt(ctx)
		if err != nil {
			return fmt.Errorf("see what was being sent: %w", err)
		}
		if n > 0 {
			d.log.Warn("tocsin ended while messages were being sent: they are sent again and say so", "messages", n)
		}
	}
	var err error
	if d.volume.Volume, err = d.store.Volume(ctx); err != nil {
		return fmt.Errorf("count what waits: %w", err)
	}
	d.pressed.Store(d.volume.percent() >= pressAt)
	return nil
}

// Start runs the loop and the channels' workers until Close.
func (d *Dispatcher) Start() {
	d.started = true
	d.staff(nil)
	if d.shared != nil {
		go func() {
			for !d.guard("leases", d.keepLeases) {
				time.Sleep(restartPause)
			}
		}()
	}
	go d.live()
}

// Accepted is the answer to an event that is kept.
type Accepted struct {
	ID        string           // ULID of the event
	Repeat    bool             // its claim was taken before: ID is that event's, nothing new was kept
	Posted    bool             // it is kept for the node that judges, which decides the rest
	Channels  []string         // that it was put into the outbox for
	Decisions []event.Decision // that stopped, held or changed it
}

// Submission is an event to take.
type Submission struct {
	Event *event.Incoming
	Claim event.Claim // empty: none
	// Results receives the history row of the first attempt to deliver the event
	// over each channel, until Forget; it must have room for them. May be nil.
	Results chan<- event.Delivery
	// Position is kept with the event, in the same transaction, and only when
	// everything before it in the list of Submit is kept, too. Empty: none.
	Position event.Position
}

// Outcome is the answer to one submission.
type Outcome struct {
	Accepted Accepted
	Err      error
}

// Submit takes events. It returns when everything they caused is on disk; an
// event whose outcome has an error left nothing. Events that are submitted
// together share transactions. The end of ctx takes back those whose
// transaction has not begun. Of events that carry positions none is kept behind
// one that failed, but for one that tocsin's own code cannot stand.
func (d *Dispatcher) Submit(ctx context.Context, list ...Submission) []Outcome {
	arrivals := make([]*arrival, len(list))
	outcomes := make([]Outcome, len(list))
	var together *row
	if slices.ContainsFunc(list, func(s Submission) bool { return s.Position.Source != "" }) {
		together = newRow()
	}
	for i, s := range list {
		if s.Event.ID == "" {
			s.Event.ID = newID()
		}
		s.Claim.EventID = s.Event.ID
		d.metrics.Received(s.Event.Source)
		arrivals[i] = &arrival{Submission: s, weight: engine.Weight(s.Event.Data), answer: make(chan Outcome, 1), row: together}
		if err := d.put(ctx, arrivals[i]); err != nil {
			outcomes[i].Err, arrivals[i] = err, nil
			together.end()
		}
	}
	for i, a := range arrivals {
		if a != nil {
			outcomes[i] = d.await(ctx, a)
		}
	}
	return outcomes
}

func (d *Dispatcher) await(ctx context.Context, a *arrival) Outcome {
	select {
	case o := <-a.answer:
		return o
	case <-d.done:
	case <-ctx.Done():
		if a.take() {
			return Outcome{Err: ErrBusy}
		}
		select { // too late to take it back: only the transaction's end tells
		case o := <-a.answer:
			return o
		case <-d.done:
		}
	}
	select { // the loop may have answered as its last act
	case o := <-a.answer:
		return o
	default:
		return Outcome{Err: ErrClosed}
	}
}

// Forget ends the results for events.
func (d *Dispatcher) Forget(ids ...string) {
	_ = d.call(context.Background(), func() { // closed: forgotten anyway
		for _, id := range ids {
			delete(d.watchers, id)
		}
	})
}

// Reload goes on with another plan, between two transactions. It cancels no
// send and forgets nothing. A channel whose settings changed tries again at
// once what it was holding.
func (d *Dispatcher) Reload(ctx context.Context, plan Plan) error {
	return d.call(ctx, func() {
		old := d.plan.Lines
		d.plan, d.edited = plan, true
		d.staff(old)
	})
}

// ClockSet says that the wall clock was set, or that the machine slept: what
// waits for a time of the day is timed anew.
func (d *Dispatcher) ClockSet(ctx context.Context) {
	_ = d.call(ctx, func() { d.edited = true }) // closed: the next start times it
}

// Health tells how a channel is doing.
type Health struct {
	Failures int       // in a row
	Since    time.Time // of the first of them
	Failing  bool      // so many, or for so long, that a notice was raised
	Note     string    // of the last delivery: what to change
	Waits    engine.Waits
}

// Status tells how many fingerprints and bursts are remembered and how the
// channels are doing, those that are gone and have messages in a buffer included.
func (d *Dispatcher) Status(ctx context.Context) (fingerprints, bursts int, channels map[string]Health, err error) {
	var failed error
	err = d.call(ctx, func() {
		var state *engine.State
		if state, failed = d.glance(ctx); failed != nil {
			return
		}
		fingerprints, bursts = state.Size()
		channels = make(map[string]Health, len(d.plan.Lines))
		for name := range d.plan.Lines {
			failures, since, failing := state.Failing(name)
			h := Health{Failures: failures, Since: since, Failing: failing}
			if w := d.loop.workers[name]; w != nil && w.note.Load() != nil {
				h.Note = *w.note.Load()
			}
			channels[name] = h
		}
		for name, waits := range state.Waits() {
			h := channels[name]
			h.Waits = waits
			channels[name] = h
		}
	})
	return fingerprints, bursts, channels, errors.Join(err, failed)
}

// glance returns what there is to know of the channels: the judge's memory, or
// what the one that judges has kept of it.
func (d *Dispatcher) glance(ctx context.Context) (*engine.State, error) {
	if d.judging {
		return d.state, nil
	}
	saved, err := d.shared.Glance(ctx)
	if err != nil {
		return nil, err
	}
	return engine.NewState(d.plan.Policy, saved, time.Now())
}

// Close ends intake, keeps what was taken, waits for sends in flight until ctx
// ends, gives up those that remain, and stops a second later at most. What is
// not delivered stays in the outbox.
func (d *Dispatcher) Close(ctx context.Context) {
	close(d.closing)
	if !d.started {
		close(d.done)
	}
	select {
	case <-d.done:
	case <-ctx.Done():
	}
	d.cancel()
	<-d.done
}

func jitter() float64 { return rand.Float64() }
