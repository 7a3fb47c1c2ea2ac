package watch

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"tocsin/sources/tasks"
)

// Recorded is a task in a folder as Proxmox VE keeps it, or a copy of that.
type Recorded struct {
	tasks.Task
	Log  *tasks.Log
	File string // that lists it
	Line int
	Err  error // why Log tells less than it could
}

// At is when it happened.
func (r *Recorded) At() time.Time {
	if r.End.IsZero() {
		return r.Start
	}
	return r.End
}

// Read reads the start and the end of every task in a folder, in the order in which
// they happened, and counts the lines that are none.
func Read(dir string) (list []Recorded, garbage int, err error) {
	lists, err := openLists(dir)
	if err != nil {
		return nil, 0, err
	}
	defer closeAll(lists)
	running, err := readRunning(dir)
	if err != nil {
		return nil, 0, err
	}
	if len(lists) == 0 && len(running) == 0 {
		return nil, 0, fmt.Errorf("read %s: %w", filepath.Join(dir, listName), fs.ErrNotExist)
	}
	seen := map[string]bool{}
	add := func(t tasks.Task, file string, line int) {
		if seen[t.Text] {
			return
		}
		seen[t.Text] = true
		log, err := readLog(dir, &t)
		r := Recorded{Task: t, Log: log, File: file, Line: line, Err: err}
		if !t.End.IsZero() {
			list = append(list, r)
			r.End, r.Status = time.Time{}, ""
		}
		list = append(list, r)
	}
	for _, l := range lists {
		n := 0
		err := l.all(func(line string) {
			n++
			if t, ok := tasks.ParseIndex(line); ok {
				add(t, l.Name(), n)
			} else if line != "" {
				garbage++
			}
		})
		if err != nil {
			return nil, 0, err
		}
	}
	for i, t := range running {
		add(t, filepath.Join(dir, activ), i+1)
	}
	slices.SortStableFunc(list, inTime)
	return list, garbage, nil
}

// inTime orders what happened. A task may begin and end in the same second.
func inTime(a, b Recorded) int {
	if c := a.At().Compare(b.At()); c != 0 || a.Text != b.Text {
		return c
	}
	return int(a.Outcome()) - int(b.Outcome())
}
