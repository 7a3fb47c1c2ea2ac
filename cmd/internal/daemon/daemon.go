package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tocsin/api"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
	"tocsin/rules"
	"tocsin/sources/crew"
	"tocsin/sources/health/helper"
	"tocsin/sources/probe"
	"tocsin/sources/probe/look"
	"tocsin/sources/pve"
	"tocsin/sources/tasks/watch"
)

// Options are what a Daemon is started with.
type Options struct {
	Config  string // configuration folder
	Data    string // data folder
	Listen  string // in place of api.listen; empty: as configured
	Strict  bool   // refuse to start with a configuration that has errors
	Version string

	Journalctl string // the program that reads the journal; empty: journalctl
	Tasks      string // the folder of Proxmox VE's tasks; empty: where that keeps them
	Proxmox    string // the folder, usually /, below which its files lie; empty: they are left alone
	// Look looks at what a probe is about; nil: at this host and its network.
	Look func(ctx context.Context, r *probe.Rule) probe.Result
	Root string // the folder in place of / whose health and logs are watched; empty: /

	Out io.Writer // of log channels without a path
	Err io.Writer // for diagnostics
	Log *slog.Logger

	instance string // what it is called among others; empty: it does not run
}

// Daemon is the running program.
type Daemon struct {
	Options              // its Log is the daemon's own
	log     *slog.Logger // for the parts, which say who they are
	started time.Time
	metrics *metrics
	loader  *loader
	store   *store.Store
	post    *dispatch.Dispatcher
	keys    *keys
	crew    *crew.Crew
	host    *helper.Asker // one for all versions of the configuration: what hangs in it hangs once
	front   *front
	heart   *heart
	news    *news
	panics  *panics
	lock    *os.File      // of the data folder
	enabled chan struct{} // notifications were switched on
	ending  chan struct{} // closed when the daemon begins to stop
	unled   atomic.Bool   // it is told that this node cannot judge

	reloading sync.Mutex
	running   atomic.Pointer[running]
}

// New opens everything that can fail: configuration, store, listeners. Nothing
// is sent before Run.
func New(ctx context.Context, opts Options) (*Daemon, error) {
	base := opts.Log
	opts.Log = base.With("component", "daemon")
	opts.Journalctl = cmp.Or(opts.Journalctl, "journalctl")
	opts.Tasks = cmp.Or(opts.Tasks, watch.Dir)
	if opts.Look == nil {
		opts.Look = look.New(look.Options{}).Look
	}
	opts.Root = cmp.Or(opts.Root, "/")
	d := &Daemon{Options: opts, log: base, started: time.Now(), metrics: newMetrics(opts.Version), ending: make(chan struct{}), enabled: make(chan struct{}, 1)}
	d.panics = newPanics(opts.Log, d.metrics.panicked)
	d.news = newNews(d.started, func() *strings.Replacer { return d.running.Load().masker() })
	d.heart = newHeart(func() rules.Heartbeat { return d.running.Load().config.Settings.Heartbeat }, d.degraded, d.metrics.beat, opts.Log)
	for _, step := range []func(context.Context) error{d.openData, d.openConfig, d.openStore, d.openPost, d.openSources, d.openFront} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, d.closeAll(time.Now()))
		}
	}
	return d, nil
}

// openData comes first: nothing in the folder is touched before it is locked.
func (d *Daemon) openData(context.Context) error {
	abs, err := filepath.Abs(d.Data)
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	d.Data = abs
	if err := os.MkdirAll(d.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w; name another with --data", err)
	}
	if d.lock, err = claimData(d.Data); err != nil {
		return err
	}
	d.instance, err = instanceOf(d.Data)
	return err
}

// openConfig loads the files, or the last good version of them when they have
// errors.
func (d *Daemon) openConfig(context.Context) error {
	d.loader = newLoader(d.Options)
	v, err := d.loader.start()
	if err != nil {
		return err
	}
	d.use(v)
	return nil
}

func (d *Daemon) openStore(ctx context.Context) error {
	where := d.running.Load().config.Settings.Store
	if where.Held != "" {
		return fmt.Errorf("the store's url (%s) is not complete: %s", where.Place, where.Held)
	}
	address := where.URL.Reveal()
	if address == "" {
		address = (&url.URL{Scheme: "sqlite", Path: filepath.Join(d.Data, "tocsin.db")}).String()
	}
	s, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	d.store = s
	if err := d.bury(ctx); err != nil {
		return err
	}
	if err := d.logRecovery(); err != nil {
		return err
	}
	d.keys, err = openKeys(ctx, s, d.Log)
	return err
}

func (d *Daemon) openPost(ctx context.Context) error {
	opts := dispatch.Options{
		Store: d.store, Plan: d.running.Load().plan(), Log: d.log.With("component", "dispatch"), Metrics: d.metrics,
		Report: d.news, Panicked: d.panics.note,
	}
	var err error
	if d.store.IsShared() { // who judges is not known yet
		opts.Shared = d.store
	} else if opts.Saved, err = d.store.Load(ctx, time.Now()); err != nil {
		return fmt.Errorf("read what was kept: %w", err)
	}
	d.post, err = dispatch.New(opts)
	return err
}

func (d *Daemon) openFront(context.Context) error {
	people := &accounts{store: d.store, log: d.Log}
	handler := api.New(api.Options{
		Intake: intake{d.post, d.lines, d.store.Trace, d.ending}, Archive: archive{d.store}, Outbox: outbox{d}, Config: d, Tester: &tester{d}, Explainer: explainer{d}, Proxmox: proxmox{d}, Desk: newEditor(d), Feed: d.news, Keys: d.keys,
		Accounts: people, Sessions: people, SignedIn: d.metrics.signedIn, Address: d.address,
		Settings: func() api.Settings { return d.running.Load().door }, Decode: d.decode, Ready: d.ready, Impaired: d.impaired, Instance: d.instance,
		Metrics: d.metrics.handler(), Log: d.log, Panicked: func() { d.panics.note("api") },
	})
	d.metrics.registry.MustRegister(newChannelMetrics(d))
	d.metrics.watchRecords(d.store.Records)
	d.metrics.watchRole(d.store.IsJudge)
	settings := d.running.Load().config.Settings.API
	listen := settings.Listen
	if d.Listen != "" {
		listen = d.Listen
	}
	log := d.log.With("component", "api")
	cert, err := d.openCertificate(settings, log)
	if err != nil {
		return err
	}
	if d.front, err = openFront(listen, d.Data, cert, handler, log); err != nil {
		return err
	}
	d.front.begin()
	return nil
}

// decode reads what Proxmox posts; a body that it cannot read is the caller's
// mistake.
func (d *Daemon) decode(body []byte) (event.Incoming, error) {
	made, err := d.running.Load().posts.Decode(body)
	if bad, ok := errors.AsType[*pve.BadBody](err); ok {
		return event.Incoming{}, &api.BadRequest{Why: bad.Reason, Do: bad.Do}
	}
	for _, f := range made.Faults {
		d.Log.Warn("a source over notifications of Proxmox fails", "part", f.Part, "name", f.Rule.Name, "place", f.Rule.Place, "err", f.Err)
	}
	return made.Event, err
}

// lines is how many channels an event may go to.
func (d *Daemon) lines() int { return len(d.running.Load().config.Policy.Channels) }

func (d *Daemon) ready(ctx context.Context) error { return storeError(d.store.Check(ctx)) }
