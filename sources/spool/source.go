package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"tocsin/engine/event"
	"tocsin/sources"
)

// Options are what a Source works with.
type Options struct {
	Data   string                                    // data folder
	Decode func(text []byte) (event.Incoming, error) // reads an event as the API's send does
	Log    *slog.Logger
}

// Source takes events out of a spool. It is a sources.Source.
type Source struct {
	Options
	trusts func(uid, gid uint32) bool // whose files count
}

// New returns a source that takes files of root, of this process's user and of its
// group.
func New(opts Options) *Source {
	user, group := uint32(os.Geteuid()), uint32(os.Getegid())
	return &Source{Options: opts, trusts: func(uid, gid uint32) bool { return uid == 0 || uid == user || gid == group }}
}

// What is told together.
const (
	batchFiles = 100
	batchBytes = 4 << 20
)

// Run takes what lies in the spool, and then what comes, until ctx ends. Where the
// system gives no notice of what comes, it ends behind the first look, to be run
// again.
func (s *Source) Run(ctx context.Context, desk sources.Desk) error {
	if err := makeFolder(s.Data); err != nil {
		return fmt.Errorf("the spool cannot be made: %w", err)
	}
	notices, blind := watch(filepath.Join(s.Data, Name))
	if notices != nil {
		defer notices.Close()
	}
	for {
		if err := s.look(ctx, desk); err != nil || ctx.Err() != nil {
			return err
		}
		if blind != nil {
			return fmt.Errorf("the spool cannot be watched, and is looked at now and then: %w", blind)
		}
		if err := await(ctx, notices, filepath.Join(s.Data, Name)); err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// look takes what lies in the spool. The folder is open only meanwhile: the system
// does not say of one that is in use that it was removed.
func (s *Source) look(ctx context.Context, desk sources.Desk) error {
	root, err := open(s.Data)
	if err != nil {
		return fmt.Errorf("the spool cannot be opened: %w", err)
	}
	defer root.Close()
	r := &round{Source: s, root: root, desk: desk, left: map[string]bool{}}
	return r.empty(ctx)
}

func watch(dir string) (*fsnotify.Watcher, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	if err := w.Add(dir); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// await waits until something appears in the folder.
func await(ctx context.Context, w *fsnotify.Watcher, dir string) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-w.Errors: // something was missed: look
			if !ok {
				return errors.New("the spool is watched no longer")
			}
			return nil
		case e, ok := <-w.Events:
			switch {
			case !ok || e.Name == dir && e.Has(fsnotify.Remove|fsnotify.Rename):
				return errors.New("the spool's folder is gone, and is made anew")
			case e.Has(fsnotify.Create) && !strings.HasPrefix(filepath.Base(e.Name), "."):
				return nil
			}
		}
	}
}

// round is one look of a source.
type round struct {
	*Source
	root *os.Root
	desk sources.Desk
	left map[string]bool // what can neither be told nor taken away
}

// empty takes what lies in the spool, the oldest first.
func (r *round) empty(ctx context.Context) error {
	for ctx.Err() == nil {
		list, err := r.list()
		if err != nil {
			return fmt.Errorf("the spool cannot be read: %w", err)
		}
		if len(list) == 0 {
			break
		}
		if err := r.take(ctx, list); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	trouble := ""
	if n := len(r.left); n > 0 {
		trouble = fmt.Sprintf("%d files of the spool can be neither told nor taken away: look at the rights of %s, and at its disk", n, filepath.Join(r.Data, Name))
	}
	r.desk.Report(trouble)
	return nil
}

// list returns the names of what is to be taken, in the order of their ids, which is
// that of time.
func (r *round) list() ([]string, error) {
	all, err := names(r.root, ".", 2*maxFiles)
	if err != nil {
		return nil, err
	}
	list := all[:0]
	for _, name := range all {
		switch {
		case name == badName || r.left[name]:
		case strings.HasPrefix(name, "."):
			sweepUp(r.root, name)
		default:
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list[:min(len(list), batchFiles)], nil
}

// take tells the events of some files, and takes the files away once that is kept.
func (r *round) take(ctx context.Context, list []string) error {
	var findings []sources.Finding
	var done []string
	bad := map[string]string{}
	size := int64(0)
	for _, name := range list {
		l, err := r.read(r.root, name)
		if why, ok := errors.AsType[unfit](err); ok {
			bad[name] = string(why)
			continue
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil { // of one file: the others need not wait
			r.Log.Error("a file of the spool cannot be read", "file", name, "err", err)
			r.left[name] = true
			continue
		}
		findings = append(findings, sources.Finding{Event: &l.event, Claim: event.KnownBy(l.event.ID, time.Now())})
		done = append(done, name)
		if size += l.size; size > batchBytes {
			break
		}
	}
	if len(bad) > 0 {
		findings = append(findings, sources.Finding{Event: r.complaint(bad)})
	}
	if err := r.desk.Keep(ctx, "", findings...); err != nil {
		return nil // ctx ended; what is kept is known by its id
	}
	for _, name := range done {
		if err := r.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			r.Log.Error("an event was taken, and its file cannot be removed", "file", name, "err", err)
			r.left[name] = true
		}
	}
	for name, reason := range bad {
		if err := setAside(r.root, name, reason); err != nil {
			r.Log.Error("a file of the spool cannot be set aside", "file", event.Clean(name), "err", err)
			r.left[name] = true
		}
	}
	return nil
}

// complaint is the notice about files that are no events.
func (r *round) complaint(bad map[string]string) *event.Incoming {
	var first string
	for name, reason := range bad {
		shown := event.Clip(event.OneLine(event.Clean(name)), 255)
		r.Log.Warn("a file of the spool is no event, and is set aside", "file", shown, "reason", reason)
		if first == "" || name < first {
			first = name
		}
	}
	return &event.Incoming{Type: "spool_rejected", Source: "tocsin", Data: map[string]any{
		"file": event.Clip(event.OneLine(event.Clean(first)), 255), "reason": bad[first], "count": float64(len(bad)),
		"path": filepath.Join(r.Data, Name, badName),
	}}
}
