package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"tocsin/api"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
	"tocsin/rules/watch"
	"tocsin/sources/pve"
)

const (
	sendGrace = 10 * time.Second // for sends in flight when the daemon stops
	doorGrace = 5 * time.Second  // for requests in flight
)

// Options are what a Daemon is started with.
type Options struct {
	Config  string // configuration folder
	Data    string // data folder
	Listen  string // in place of api.listen; empty: as configured
	Strict  bool   // refuse to start with a configuration that has errors
	Version string
	Out     io.Writer // of log channels without a path
	Err     io.Writer // for diagnostics
	Log     *slog.Logger
}

// Daemon is the running program.
type Daemon struct {
	Options
	started time.Time
	metrics *metrics
	loader  *loader
	store   *store.Store
	post    *dispatch.Dispatcher
	keys    *keys
	front   *front
	watcher *watch.Watcher

	reloading sync.Mutex
	running   atomic.Pointer[running]
}

// New opens everything that can fail: configuration, store, listeners. Nothing
// is sent before Run.
func New(ctx context.Context, opts Options) (*Daemon, error) {
	opts.Log = opts.Log.With("component", "daemon")
	d := &Daemon{Options: opts, started: time.Now(), metrics: newMetrics(opts.Version)}
	for _, step := range []func(context.Context) error{d.openData, d.openConfig, d.openStore, d.openPost, d.openFront} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, d.closeAll())
		}
	}
	return d, nil
}

func (d *Daemon) openData(context.Context) error {
	if err := os.MkdirAll(d.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	abs, err := filepath.Abs(d.Data)
	d.Data = abs
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
	watcher, err := watch.New(d.Config, d.Log)
	if err != nil {
		return err
	}
	d.watcher = watcher
	return nil
}

func (d *Daemon) openStore(ctx context.Context) error {
	url := d.running.Load().config.Settings.Store.URL.Reveal()
	if url == "" {
		url = "sqlite://" + filepath.Join(d.Data, "tocsin.db")
	}
	s, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	d.store = s
	d.keys, err = openKeys(ctx, s, d.Log)
	return err
}

func (d *Daemon) openPost(ctx context.Context) error {
	saved, err := d.store.Load(ctx, time.Now())
	if err != nil {
		return fmt.Errorf("read what was kept: %w", err)
	}
	d.post, err = dispatch.New(dispatch.Options{
		Store: d.store, Saved: saved, Plan: d.running.Load().plan(), Log: d.Log.With("component", "dispatch"), Metrics: d.metrics,
	})
	return err
}

func (d *Daemon) openFront(context.Context) error {
	handler := api.New(api.Options{
		Intake: intake{d.post}, Archive: archive{d.store}, Config: d, Tester: &tester{d}, Keys: d.keys,
		Settings: func() api.Settings { return d.running.Load().door }, Decode: decode, Ready: d.ready,
		Metrics: d.metrics.handler(), Log: d.Log,
	})
	settings := d.running.Load().config.Settings.API
	listen := settings.Listen
	if d.Listen != "" {
		listen = d.Listen
	}
	f, err := openFront(listen, settings.TLSCert, settings.TLSKey, d.Data, handler)
	if err != nil {
		return err
	}
	d.front = f
	return nil
}

// decode reads what Proxmox posts; a body that it cannot read is the caller's
// mistake.
func decode(body []byte) (event.Incoming, error) {
	in, err := pve.Decode(body)
	if bad, ok := errors.AsType[*pve.BadBody](err); ok {
		return in, &api.BadRequest{Why: bad.Reason, Do: bad.Do}
	}
	return in, err
}

func (d *Daemon) ready(ctx context.Context) error { return storeError(d.store.Check(ctx)) }

// Addr returns the address that the API listens on.
func (d *Daemon) Addr() string { return d.front.addr }

// Run serves until ctx ends or a door falls shut, and then stops: intake first,
// sends in flight last.
func (d *Daemon) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	d.post.Start()
	var background sync.WaitGroup
	for _, f := range []func(context.Context){d.watcher.Run, d.follow, d.prune} {
		background.Go(func() { f(ctx) })
	}
	notify("READY=1")
	d.announce()
	var err error
	select {
	case <-ctx.Done():
	case err = <-d.front.ends:
		err = fmt.Errorf("serve the API: %w", err)
	}
	notify("STOPPING=1")
	d.Log.Info("stopping")
	stop()
	background.Wait()
	return errors.Join(err, d.closeAll())
}

func (d *Daemon) announce() {
	v := d.running.Load()
	d.Log.Info("ready", "version", d.Version, "addr", d.Addr(), "config", d.Config, "channels", len(v.config.Channels), "enabled", v.config.Policy.Enabled)
}

func (d *Daemon) prune(ctx context.Context) {
	prune(ctx, d.store, func() time.Duration { return d.running.Load().config.Settings.History.Keep }, d.Log)
}

// follow takes every sign that the files may have changed: the watcher's, and
// SIGHUP.
func (d *Daemon) follow(ctx context.Context) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
		case <-d.watcher.Changed():
		}
		if _, err := d.Reload(ctx); err != nil && ctx.Err() == nil {
			d.Log.Error("configuration is not readable", "err", err)
		}
	}
}

// closeAll closes what was opened, in the reverse order.
func (d *Daemon) closeAll() error {
	if d.front != nil {
		ctx, cancel := context.WithTimeout(context.Background(), doorGrace)
		d.front.close(ctx)
		cancel()
	}
	if d.post != nil {
		ctx, cancel := context.WithTimeout(context.Background(), sendGrace)
		d.post.Close(ctx)
		cancel()
	}
	if d.store != nil {
		return d.store.Close()
	}
	return nil
}
