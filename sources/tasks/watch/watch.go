package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
	"tocsin/sources/guests"
	"tocsin/sources/tasks"
)

// Dir is where Proxmox VE keeps the lists and logs of its tasks.
const Dir = "/var/log/pve/tasks"

// Options are what a Watcher works with.
type Options struct {
	Rules  []*tasks.Rule
	Dir    string
	Guests *guests.Reader // nil: of a guest only its number is known
	Log    *slog.Logger
}

// Watcher follows tasks. It is a sources.Source.
type Watcher struct {
	Options
	notices func() *notices // nil where there are none
}

// New returns a watcher.
func New(opts Options) *Watcher {
	w := &Watcher{Options: opts}
	w.notices = func() *notices { return newNotices(opts.Dir, opts.Log) }
	return w
}

const (
	poll        = 5 * time.Second        // between two looks
	rest        = 500 * time.Millisecond // from a notice to the look: a log says a moment later what it is about
	maxFindings = 200                    // are kept together
	logEvery    = time.Hour              // the same fault
)

var errPosition = errors.New("it is none")

// Run follows tasks until ctx ends. The first time it begins with what is new.
func (w *Watcher) Run(ctx context.Context, desk sources.Desk) error {
	r := &run{Watcher: w, ctx: ctx, desk: desk, matcher: tasks.NewMatcher(w.Rules), told: map[string]time.Time{}}
	if text := desk.Position(); text != "" {
		p, err := parsePosition(text)
		if err != nil {
			w.Log.Error("tasks are followed from now on: those since the last one are not told", "err", err, "position", event.Clip(text, 300))
		}
		r.at = p
	}
	r.notices = w.notices()
	defer r.notices.close()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		err := r.look()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			r.desk.Report(hindrance(err))
		} else {
			r.desk.Report("")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		case name, ok := <-r.notices.names():
			if !ok { // no more notices: the ticker is enough
				r.notices.close()
				r.notices = nil
				continue
			}
			r.notice(name)
			if !r.settle() {
				return nil
			}
		}
	}
}

// hindrance tells what keeps the lists from being read, and what to do.
func hindrance(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Sprintf("the tasks of Proxmox VE cannot be read: %v: let the daemon's user be in the group www-data", err)
	}
	return fmt.Sprintf("the tasks of Proxmox VE cannot be read: %v", err)
}

// run is one run of a watcher.
type run struct {
	*Watcher
	ctx     context.Context
	desk    sources.Desk
	matcher *tasks.Matcher
	notices *notices

	at       *position // nil: before the first look
	fresh    []tasks.UPID
	findings []sources.Finding
	changed  bool // the position, since it was kept
	missing  bool // and said so
	told     map[string]time.Time
}

// settle waits a moment and takes the notices that come meanwhile.
func (r *run) settle() bool {
	timer := time.NewTimer(rest)
	defer timer.Stop()
	for {
		select {
		case <-r.ctx.Done():
			return false
		case <-timer.C:
			return true
		case name, ok := <-r.notices.names():
			if !ok {
				return true
			}
			r.notice(name)
		}
	}
}

// maxFresh bounds the new logs that are remembered until the next look.
const maxFresh = 1000

// notice takes the name of what is new in the folder. A log is a task that began.
func (r *run) notice(path string) {
	upid, ok := tasks.ParseUPID(filepath.Base(path))
	if ok && filepath.Base(filepath.Dir(path)) == upid.Folder() && len(r.fresh) < maxFresh {
		r.fresh = append(r.fresh, upid)
	}
}

// look finds what began and what ended since the last look.
func (r *run) look() error {
	if _, err := os.Stat(r.Dir); err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if !r.missing {
			r.missing = true
			r.Log.Info("there are no tasks of Proxmox VE on this host yet", "folder", r.Dir)
		}
		return nil
	}
	r.notices.subscribe()
	running, err := r.running()
	if err != nil {
		return err
	}
	if r.at == nil {
		return r.begin(running)
	}
	if err := r.starts(running); err != nil {
		return err
	}
	if err := r.ends(); err != nil {
		return errors.Join(err, r.keep())
	}
	return r.keep()
}

// begin notes where the lists end now, and what runs.
func (r *run) begin(running []tasks.Task) error {
	lists, err := openLists(r.Dir)
	if err != nil {
		return err
	}
	defer closeAll(lists)
	p := &position{}
	if n := len(lists); n > 0 {
		l := lists[n-1]
		p.on(l)
		if p.Place, err = l.End(); err != nil {
			return err
		}
	}
	p.Last = time.Now().Unix()
	for i := range running {
		if r.matcher.Wants(running[i].Type, tasks.Started) {
			p.begin(running[i].Text)
		}
	}
	r.at, r.fresh, r.changed = p, nil, true
	return r.keep()
}

// keep hands in what was found and where that stands.
func (r *run) keep() error {
	if len(r.findings) == 0 && !r.changed {
		return nil
	}
	err := r.desk.Keep(r.ctx, r.at.String(), r.findings...)
	clear(r.findings)
	r.findings, r.changed = r.findings[:0], false
	return err
}

// found adds the events of a task, and where the watcher stands behind them.
func (r *run) found(t *tasks.Task) error {
	if !r.matcher.Wants(t.Type, t.Outcome()) {
		return nil
	}
	matches, faults := r.matcher.Match(t, r.log(t), r.guest(t))
	for i := range matches {
		r.findings = append(r.findings, sources.Finding{Event: &matches[i].Event})
	}
	if n := len(r.findings); len(matches) > 0 {
		r.findings[n-1].Position = r.at.String() // of a task with several events all are kept, or it comes again
	}
	for _, f := range faults {
		r.warn(f.Rule.Name+" "+f.Part, "a source failed over a task", "place", f.Rule.Place, "part", f.Part, "upid", t.Text, "err", f.Err)
	}
	if len(r.findings) >= maxFindings {
		return r.keep()
	}
	return nil
}

// guest returns the guest that a task works on.
func (r *run) guest(t *tasks.Task) *event.Guest {
	id := t.VMID()
	if id == "" {
		return nil
	}
	if r.Guests == nil {
		return &event.Guest{ID: id}
	}
	g := r.Guests.Guest(id, t.Node)
	return &g
}

// warn logs what may come again and again.
func (r *run) warn(key, message string, args ...any) {
	if last, ok := r.told[key]; ok && time.Since(last) < logEvery {
		return
	}
	if len(r.told) > 1000 {
		clear(r.told)
	}
	r.told[key] = time.Now()
	r.Log.Warn(message, args...)
}
