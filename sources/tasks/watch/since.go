package watch

import (
	"time"

	"tocsin/sources/tasks"
)

// Since reads the tasks of a folder that began at a time or later, those that still
// run included. A folder that is not there has none.
func Since(dir string, from time.Time) ([]tasks.Task, error) {
	lists, err := openLists(dir)
	if err != nil {
		return nil, err
	}
	defer closeAll(lists)
	running, err := readRunning(dir)
	if err != nil {
		return nil, err
	}
	var all []tasks.Task
	seen := map[string]bool{}
	add := func(t tasks.Task) {
		if !seen[t.Text] && !t.Start.Before(from) {
			seen[t.Text] = true
			all = append(all, t)
		}
	}
	for _, l := range lists {
		err := l.all(func(line string) {
			if t, ok := tasks.ParseIndex(line); ok {
				add(t)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	for _, t := range running { // behind those that ended: one that ended meanwhile is in both
		add(t)
	}
	return all, nil
}
