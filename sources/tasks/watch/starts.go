package watch

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"tocsin/sources/tasks"
)

// running reads the tasks that run now.
func (r *run) running() ([]tasks.Task, error) { return readRunning(r.Dir) }

func readRunning(dir string) (running []tasks.Task, err error) {
	l, err := openList(filepath.Join(dir, activ))
	if err != nil || l == nil {
		return nil, err
	}
	defer l.Close()
	text, err := io.ReadAll(io.LimitReader(l, maxActive))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if t, ok := tasks.ParseActive(line); ok && t.End.IsZero() {
			running = append(running, t)
		}
	}
	return running, nil
}

// starts tells of the tasks that began: those that run, and those whose log appeared
// since the last look, which may have ended already. Newest stand first in the list.
func (r *run) starts(running []tasks.Task) error {
	for i := len(running) - 1; i >= 0; i-- {
		if err := r.start(&running[i]); err != nil {
			return err
		}
	}
	for _, upid := range r.fresh {
		if err := r.start(&tasks.Task{UPID: upid}); err != nil {
			return err
		}
	}
	r.fresh = r.fresh[:0]
	return nil
}

func (r *run) start(t *tasks.Task) error {
	if !r.matcher.Wants(t.Type, tasks.Started) || r.at.began(t.Text) || r.at.ended(t.Text) {
		return nil
	}
	r.at.begin(t.Text)
	r.changed = true
	return r.found(t)
}

// Bounds of what is read of a log: where it begins, and where it ends.
const (
	logHead = 4 << 20
	logTail = 64 << 10
)

// log reads what the log of a task tells. One that cannot be read tells nothing.
func (r *run) log(t *tasks.Task) *tasks.Log {
	l, err := readLog(r.Dir, t)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.warn("log", "the log of a task cannot be read: its reason is missing", "upid", t.Text, "err", err)
	}
	return l
}

func readLog(dir string, t *tasks.Task) (*tasks.Log, error) {
	log := &tasks.Log{}
	f, err := openList(filepath.Join(dir, t.Folder(), t.Text))
	if err != nil || f == nil {
		return log, err
	}
	defer f.Close()
	if err := log.Read(io.NewSectionReader(f, 0, logHead)); err != nil {
		return log, err
	}
	if f.Size > logHead {
		log.Skip()
		from := max(f.Size-logTail, logHead)
		return log, log.Read(io.NewSectionReader(f, from, f.Size-from))
	}
	return log, nil
}
