package watch

import (
	"math"
	"path/filepath"
	"slices"
	"time"

	"tocsin/sources/tasks"
	"tocsin/sources/textfile"
)

// ends tells of the tasks that ended since the last look.
func (r *run) ends() error {
	current, err := openList(filepath.Join(r.Dir, listName))
	if err != nil {
		return err
	}
	if current != nil {
		defer current.Close()
		if current.Is(&r.at.Place) {
			return r.read(current, false)
		}
	}
	lists, err := openLists(r.Dir)
	if err != nil {
		return err
	}
	defer closeAll(lists)
	i := slices.IndexFunc(lists, func(l *list) bool { return l.Is(&r.at.Place) })
	switch {
	case len(lists) == 0:
		return nil
	case i >= 0:
		lists = lists[i:]
	case r.at.Inode != 0:
		lists = r.lost(lists)
	}
	for n, l := range lists {
		if n > 0 || i < 0 {
			r.at.on(l)
			r.changed = true
		}
		if err := r.read(l, n < len(lists)-1); err != nil {
			return err
		}
	}
	return nil
}

// lost says that the list that was read is gone or shorter than before. What is there
// is read from its beginning; what ended before the last end that was told, or is
// known to be told, is left out.
func (r *run) lost(lists []*list) []*list {
	r.warn("lost", "the list of finished tasks is not the one that was read last: what is new in it is told by its time", "folder", r.Dir, "since", time.Unix(r.at.Last, 0).UTC())
	floor := r.at.Last
	lists = lists[max(len(lists)-2, 0):] // as many as a busy host fills while nobody looks
	for _, l := range lists {
		l.floor = floor
	}
	return lists
}

// read reads on in the list that the position is in.
func (r *run) read(l *list, closed bool) error {
	before := r.at.Place
	defer func() { r.changed = r.changed || r.at.Place != before }()
	each := func(line []byte) error {
		t, ok := tasks.ParseIndex(string(line))
		if !ok || r.at.known(&t) {
			return nil
		}
		r.at.Last = max(r.at.Last, min(t.End.Unix(), time.Now().Unix()))
		if !r.wanted(t.Type) || r.at.ended(t.Text) {
			return nil
		}
		r.at.end(t.Text)
		return r.found(&t)
	}
	lines := textfile.Reader{Each: each, Long: each} // the status of a failed task may be of any length
	_, err := lines.Read(l.File, &r.at.Place, closed, math.MaxInt64)
	return err
}

// wanted reports whether a task must be remembered so that it is told once.
func (r *run) wanted(worker string) bool {
	return slices.ContainsFunc([]tasks.Outcome{tasks.Started, tasks.OK, tasks.Warnings, tasks.Failed}, func(o tasks.Outcome) bool { return r.matcher.Wants(worker, o) })
}
