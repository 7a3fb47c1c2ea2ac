package boot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
	"tocsin/sources/tasks"
)

// Facts are what is seen of a host that has started.
type Facts struct {
	ID       string        // of the boot
	Took     time.Duration // from the start of the kernel until all was quiet
	GaveUp   bool          // it was not quiet even then
	Guests   []Guest
	Tasks    []tasks.Task // of Proxmox VE, since the boot
	Units    []string     // of systemd that failed
	Storages []string     // that are configured and not there
	Unread   []string     // what could not be looked at, and why
}

// Guest is one of this host.
type Guest struct {
	ID, Name  string
	Container bool
	OnBoot    bool // it is to be started with the host
	Running   bool
}

// Busy reports whether Proxmox VE is still starting guests.
func Busy(list []tasks.Task) bool {
	return slices.ContainsFunc(list, func(t tasks.Task) bool { return t.End.IsZero() && starts(t.Type) })
}

func starts(worker string) bool {
	return slices.Contains([]string{"startall", "bulk-start", "qmstart", "vzstart", "hastart"}, worker)
}

// Report is the event that a host has started.
func Report(f Facts) *event.Incoming {
	up, down := map[bool][]any{}, map[bool][]any{} // by whether they are containers
	var reasons []string
	for _, g := range f.Guests {
		if !g.OnBoot {
			continue
		}
		name := strings.TrimSpace(g.ID + " " + g.Name)
		reason := g.failure(f.Tasks)
		if reason == "" {
			up[g.Container] = append(up[g.Container], name)
			continue
		}
		down[g.Container] = append(down[g.Container], name)
		reasons = append(reasons, name+": "+reason)
	}
	bad := len(down[false])+len(down[true])+len(f.Units)+len(f.Storages) > 0 || f.GaveUp
	in := &event.Incoming{Type: "system_startup", Data: map[string]any{
		"boot": f.ID, "has_issues": bad, "startup_duration_seconds": f.Took.Round(time.Second).Seconds(),
		"vms_started": list(up[false]), "cts_started": list(up[true]), "vms_failed": list(down[false]), "cts_failed": list(down[true]),
		"services_failed": texts(f.Units), "storage_unavailable": texts(f.Storages),
		"summary": f.summary(len(up[false])+len(up[true]), reasons),
	}}
	if bad {
		in.Severity = "WARNING"
	}
	return in
}

// failure says why a guest that is to run does not; empty: it does. One that was
// started and is off again by somebody's wish has no failure.
func (g *Guest) failure(list []tasks.Task) string {
	if g.Running {
		return ""
	}
	var last *tasks.Task
	for i := range list {
		if t := &list[i]; t.ID == g.ID && (t.Type == "qmstart" || t.Type == "vzstart") && (last == nil || !t.Start.Before(last.Start)) {
			last = t
		}
	}
	switch {
	case last == nil:
		return "it was not started"
	case last.Outcome() == tasks.Failed:
		return event.Clip(event.OneLine(event.Clean(last.Status)), 200)
	case last.Outcome() == tasks.Started:
		return "it is still starting"
	case g.stopped(list, last.End):
		return ""
	}
	return "it was started and is off again"
}

// stopped reports whether somebody stopped the guest after it was started.
func (g *Guest) stopped(list []tasks.Task, from time.Time) bool {
	return slices.ContainsFunc(list, func(t tasks.Task) bool {
		return t.ID == g.ID && !t.Start.Before(from) && slices.Contains([]string{"qmstop", "qmshutdown", "vzstop", "vzshutdown", "qmmigrate", "vzmigrate", "qmsuspend"}, t.Type)
	})
}

// most is how many reasons a summary tells.
const most = 10

func (f *Facts) summary(up int, reasons []string) string {
	var lines []string
	switch down := len(reasons); {
	case up+down == 0:
	case down == 0:
		lines = append(lines, fmt.Sprintf("All guests that start with the host are up: %d.", up))
	default:
		lines = append(lines, fmt.Sprintf("%d of %d guests that start with the host did not come up:", down, up+down))
		lines = append(lines, reasons[:min(down, most)]...)
		if down > most {
			lines = append(lines, fmt.Sprintf("… and %d more", down-most))
		}
	}
	if f.GaveUp {
		lines = append(lines, "Guests are still being started; this is how far it is.")
	}
	for _, why := range f.Unread {
		lines = append(lines, "Not looked at: "+why)
	}
	return strings.Join(lines, "\n")
}

func list(names []any) []any {
	if names == nil {
		return []any{}
	}
	return names
}

func texts(names []string) []any {
	out := []any{}
	for _, name := range names {
		out = append(out, event.Clip(event.OneLine(event.Clean(name)), 200))
	}
	return out
}
