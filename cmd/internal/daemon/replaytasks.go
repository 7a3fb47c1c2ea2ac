package daemon

import (
	"fmt"

	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/sources/tasks"
	"tocsin/sources/tasks/watch"
)

// ReplayTasks takes the tasks in a folder, as Proxmox VE keeps it, through the
// sources of a configuration: the start and the end of each in the order of time. It
// hands what they make to each. Of guests only the number is known.
func ReplayTasks(c *rules.Config, dir string, each func(*Replayed) error) (Recording, error) {
	list, _ := specs[*tasks.Rule](c, "tasks")
	matcher := tasks.NewMatcher(list)
	recorded, garbage, err := watch.Read(dir)
	if err != nil {
		return Recording{}, fmt.Errorf("read the tasks: %w", err)
	}
	rec := Recording{Entries: len(recorded), Garbage: garbage}
	for i := range recorded {
		t := &recorded[i]
		if !matcher.Wants(t.Type, t.Outcome()) {
			continue
		}
		if t.Err != nil {
			rec.fault("%s:%d: the log of the task cannot be read: %v", t.File, t.Line, t.Err)
		}
		var guest *event.Guest
		if id := t.VMID(); id != "" {
			guest = &event.Guest{ID: id}
		}
		matches, faults := matcher.Match(&t.Task, t.Log, guest)
		for _, f := range faults {
			rec.fault("%s:%d: %s of source %q (%s): %v", t.File, t.Line, f.Part, f.Rule.Name, f.Rule.Place, f.Err)
		}
		for i := range matches {
			rec.Events++
			m := &matches[i]
			if t := c.Policy.Types[m.Event.Type]; m.Event.Severity == "" && t != nil {
				m.Event.Severity = t.Severity.String()
			}
			origin := Origin{File: t.File, Line: t.Line, UPID: t.Text, Source: "tasks " + m.Rule.Name, Place: m.Rule.Place}
			if err := each(&Replayed{Incoming: m.Event, Origin: origin}); err != nil {
				return rec, err
			}
		}
	}
	return rec, nil
}

// fault notes one of the first things that failed.
func (r *Recording) fault(format string, args ...any) {
	if len(r.Faults) < maxFaults {
		r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
	}
}
