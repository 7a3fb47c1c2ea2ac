package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"tocsin/rules/watch"
)

// How long things may take when the daemon stops, all counted from the moment it
// is told to.
const (
	doorGrace = 4 * time.Second  // requests under way
	sendGrace = 10 * time.Second // sends in flight
	stopTime  = 14 * time.Second // everything: whoever asked kills it after 15
)

// Run serves until ctx ends or a door falls shut, and then stops: intake first,
// sends in flight last.
func (d *Daemon) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	hangup := make(chan os.Signal, 1) // before anybody is told that it may be sent
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	d.post.Start()
	var background sync.WaitGroup
	for part, run := range map[string]func(){
		"reload": func() { d.follow(ctx, hangup) }, "prune": func() { d.prune(ctx) }, "warn": func() { d.warn(ctx) },
		"clock": func() { d.followClock(ctx) }, "heartbeat": func() { d.heart.run(ctx) }, "watchdog": func() { d.feed(ctx) },
		"care": func() { d.care(ctx) }, "records": func() { d.followRecords(ctx) }, "sources": d.begin,
		"lead": func() { d.lead(ctx) }, "beats": func() { d.beats(ctx) }, "hear": func() { d.hear(ctx) },
		"register": func() { d.followEnabled(ctx) },
	} {
		background.Go(func() { d.panics.guard(ctx, part, run) })
	}
	notify("READY=1")
	d.announce()
	var err error
	select {
	case <-ctx.Done():
	case err = <-d.front.ends:
		err = fmt.Errorf("serve the API: %w", err)
	case err = <-d.panics.ends:
	case err = <-d.store.Damaged():
		err = damaged(err)
	}
	began := time.Now()
	notify("STOPPING=1")
	d.Log.Info("stopping")
	stop()
	close(d.ending)
	d.news.ring.End()
	closed := make(chan error, 1)
	go func() {
		background.Wait()
		closed <- d.closeAll(began)
	}()
	select {
	case closing := <-closed:
		return errors.Join(err, closing)
	case <-time.After(stopTime):
		return errors.Join(err, errors.New("something did not end in time and was left behind: is the disk of the data folder hanging? What was accepted is kept"))
	}
}

func (d *Daemon) announce() {
	v := d.running.Load()
	d.Log.Info("ready", "version", d.Version, "addr", d.Addr(), "config", d.Config, "channels", len(v.config.Channels), "enabled", v.config.Policy.Enabled)
}

// warn tells what was wrong when the daemon started: over the channels that the
// files had errors, and in the log what waits for channels that are gone.
func (d *Daemon) warn(ctx context.Context) {
	d.reloading.Lock()
	defer d.reloading.Unlock()
	v := d.running.Load()
	if v.disk.bad() {
		d.tellRejected(ctx, &v.disk)
	}
	d.tellStranded(ctx, v.config)
}

// feed keeps systemd's watchdog quiet, when there is one. A third of its time
// leaves room for two signs of life.
func (d *Daemon) feed(ctx context.Context) {
	if every := watchdogTime(os.Getenv, os.Getpid()) / 3; every > 0 {
		(&watchdog{every: every, probe: d.post.Probe, feed: func() { notify("WATCHDOG=1") }, log: d.Log}).run(ctx)
	}
}

func (d *Daemon) prune(ctx context.Context) {
	prune(ctx, d.store, d.store.IsJudge, func() time.Duration { return d.running.Load().config.Settings.History.Keep }, d.Log)
}

// follow takes every sign that the files may have changed: the watcher's, and
// SIGHUP, which asks for an answer.
func (d *Daemon) follow(ctx context.Context, hangup <-chan os.Signal) {
	changed := make(chan struct{}, 1)
	var watching sync.WaitGroup
	watching.Go(func() { d.watch(ctx, changed) })
	defer watching.Wait()
	for {
		reload := d.reload
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			reload = d.Reload
		case <-changed:
		}
		if _, err := reload(ctx); err != nil && ctx.Err() == nil {
			d.Log.Error("the changed configuration is not in use yet", "err", err)
		}
	}
}

// followClock tells the post room when the wall clock was set.
func (d *Daemon) followClock(ctx context.Context) {
	c, err := openClock()
	if err != nil {
		d.Log.Warn("when the clock is set, what waits for a time of the day may come late", "err", err)
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = c.close() }) // its run ends by it
	defer stop()
	err = c.run(func() {
		d.Log.Info("the clock was set: what waits for a time of the day is timed anew")
		d.post.ClockSet(ctx)
	})
	if err != nil && ctx.Err() == nil {
		d.Log.Warn("the clock is watched no longer", "err", err)
	}
}

// absentPoll is how often a configuration folder that is not there is looked for.
const absentPoll = 2 * time.Second

// watch tells of changes of the configuration folder until ctx ends, and once at
// the beginning: the files may have changed since they were read. The folder may
// come later than the daemon, as a mount does; until then the last good version
// of it runs.
func (d *Daemon) watch(ctx context.Context, changed chan<- struct{}) {
	w, err := watch.New(d.Config, d.log)
	for err != nil {
		again := time.NewTimer(absentPoll)
		select {
		case <-ctx.Done():
			again.Stop()
			return
		case <-again.C:
		}
		w, err = watch.New(d.Config, d.log)
	}
	var running sync.WaitGroup
	running.Go(func() { w.Run(ctx) })
	defer running.Wait()
	for {
		select {
		case changed <- struct{}{}:
		default: // told already
		}
		select {
		case <-ctx.Done():
			return
		case <-w.Changed():
		}
	}
}

// closeAll closes what was opened, in the reverse order. It began to stop at
// began.
func (d *Daemon) closeAll(began time.Time) error {
	var errs []error
	if d.crew != nil { // first: what sources read from now on they read after the start
		ctx, cancel := context.WithDeadline(context.Background(), began.Add(sourceGrace))
		d.crew.Close(ctx)
		cancel()
	}
	if d.front != nil {
		ctx, cancel := context.WithDeadline(context.Background(), began.Add(doorGrace))
		d.front.close(ctx)
		cancel()
	}
	if d.post != nil {
		ctx, cancel := context.WithDeadline(context.Background(), began.Add(sendGrace))
		d.post.Close(ctx)
		cancel()
	}
	if d.store != nil {
		errs = append(errs, d.store.Close())
	}
	if d.lock != nil {
		errs = append(errs, d.lock.Close())
	}
	return errors.Join(errs...)
}
