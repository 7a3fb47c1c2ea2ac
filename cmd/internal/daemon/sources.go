package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"tocsin/api"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/sources"
	"tocsin/sources/crew"
	"tocsin/sources/guests"
	"tocsin/sources/health"
	"tocsin/sources/health/helper"
	"tocsin/sources/health/host"
	healthwatch "tocsin/sources/health/watch"
	"tocsin/sources/journal"
	"tocsin/sources/journal/follow"
	"tocsin/sources/log"
	"tocsin/sources/log/tail"
	"tocsin/sources/probe"
	"tocsin/sources/probe/look"
	"tocsin/sources/spool"
	"tocsin/sources/tasks"
	"tocsin/sources/tasks/watch"
)

// sourceGrace is how long sources may take to end when the daemon stops.
const sourceGrace = 3 * time.Second

// openSources reads how far each source was. None runs before Run. What a source
// watches belongs to this host, and its position too: hosts may share a store.
func (d *Daemon) openSources(ctx context.Context) error {
	all, err := d.store.Positions(ctx)
	if err != nil {
		return fmt.Errorf("read how far the sources were: %w", err)
	}
	here, _ := os.Hostname()
	owner, positions := here+"/", map[string]string{}
	for key, at := range all {
		if name, ours := strings.CutPrefix(key, owner); ours {
			positions[name] = at
		}
	}
	d.crew = crew.New(crew.Options{
		Post: collected{d.post, owner}, Positions: positions, Log: d.log.With("component", "source"), Panicked: d.panics.note,
	})
	d.host = helper.New(filepath.Join(d.Root, FactsSocket), host.New(host.Options{Root: d.Root, Log: d.log.With("component", "source", "source", "health")}))
	d.metrics.registry.MustRegister(newSourceMetrics(d.crew))
	return nil
}

// begin starts the sources of the version that runs.
func (d *Daemon) begin() {
	d.reloading.Lock()
	defer d.reloading.Unlock()
	d.collect(d.running.Load().config)
}

// collect makes the sources of a configuration the ones that run.
func (d *Daemon) collect(c *rules.Config) {
	var jobs []sources.Job
	for _, kind := range kindsOfSources() {
		jobs = append(jobs, kind(d, c)...)
	}
	d.crew.Set(jobs)
}

// kindsOfSources turn the source blocks of a configuration into what runs, each those
// of its kind.
func kindsOfSources() []func(*Daemon, *rules.Config) []sources.Job {
	return []func(*Daemon, *rules.Config) []sources.Job{(*Daemon).journalJobs, (*Daemon).taskJobs, (*Daemon).healthJobs, (*Daemon).logJobs, (*Daemon).spoolJobs, (*Daemon).probeJobs}
}

// spoolJobs is what takes the events that were sent while no daemon ran. No block
// asks for it: an event that was promised to be told is told.
func (d *Daemon) spoolJobs(*rules.Config) []sources.Job {
	source := spool.New(spool.Options{Data: d.Data, Decode: api.ReadEvent, Log: d.log.With("component", "source", "source", "spool")})
	return []sources.Job{{Name: "spool", Version: "1", Source: source}}
}

// specs are the sources of a kind that are switched on, and a digest of them.
func specs[T any](c *rules.Config, kind string) (list []T, version string) {
	sum := sha256.New()
	for _, s := range c.Sources {
		if spec, ok := s.Spec.(T); ok && s.Kind == kind && s.Enabled {
			list = append(list, spec)
			fmt.Fprintf(sum, "%s %s\n", s.Name, s.Version)
		}
	}
	return list, hex.EncodeToString(sum.Sum(nil)[:8])
}

// journalJobs is one reader of the journal for all sources over it.
func (d *Daemon) journalJobs(c *rules.Config) []sources.Job {
	list, version := specs[*journal.Rule](c, "journal")
	if len(list) == 0 {
		return nil
	}
	if d.journalOff() != "" {
		d.Log.Info("the journal is not read: this host has no journalctl")
		return nil
	}
	reader := follow.New(follow.Options{Rules: list, Command: d.Journalctl, Log: d.log.With("component", "source", "source", "journal")})
	return []sources.Job{{Name: "journal", Version: version, Source: reader}}
}

// journalOff says why the journal is not read on this host; empty: it is.
func (d *Daemon) journalOff() string {
	if _, err := exec.LookPath(d.Journalctl); err != nil {
		return "this host has no " + d.Journalctl
	}
	return ""
}

// taskJobs is one watcher for all sources over the tasks of Proxmox VE. Where that
// is installed and has done nothing yet, it waits.
func (d *Daemon) taskJobs(c *rules.Config) []sources.Job {
	list, version := specs[*tasks.Rule](c, "tasks")
	if len(list) == 0 {
		return nil
	}
	if _, err := os.Stat(filepath.Dir(d.Tasks)); err != nil {
		d.Log.Info("no tasks are followed: this host has no Proxmox VE", "folder", filepath.Dir(d.Tasks))
		return nil
	}
	watcher := watch.New(watch.Options{
		Rules: list, Dir: d.Tasks, Guests: guests.New(guests.Root), Log: d.log.With("component", "source", "source", "tasks"),
	})
	return []sources.Job{{Name: "tasks", Version: version, Source: watcher}}
}

// logJobs is one tail for all sources over text files. A file that is not there is
// waited for.
func (d *Daemon) logJobs(c *rules.Config) []sources.Job {
	list, version := specs[*log.Rule](c, "log")
	if len(list) == 0 {
		return nil
	}
	for i, rule := range list {
		below := *rule
		below.Path = filepath.Join(d.Root, rule.Path)
		list[i] = &below
	}
	follower := tail.New(tail.Options{Rules: list, Log: d.log.With("component", "source", "source", "log")})
	return []sources.Job{{Name: "log", Version: version, Source: follower}}
}

// probeJobs is a job for each source that looks at something now and then: one that
// hangs or fails hinders no other.
func (d *Daemon) probeJobs(c *rules.Config) []sources.Job {
	var jobs []sources.Job
	for _, s := range c.Sources {
		if rule, ok := s.Spec.(*probe.Rule); ok && s.Enabled {
			name := s.Kind + "/" + s.Name
			jobs = append(jobs, sources.Job{Name: name, Version: s.Version, Source: &look.Source{
				Rule: rule, Look: d.Look, Log: d.log.With("component", "source", "source", name),
			}})
		}
	}
	return jobs
}

// healthJobs is one watcher for all checks of the host's health.
func (d *Daemon) healthJobs(c *rules.Config) []sources.Job {
	list, version := specs[*health.Rule](c, "health")
	if len(list) == 0 {
		return nil
	}
	if _, err := os.Stat(filepath.Join(d.Root, "proc", "stat")); err != nil {
		d.Log.Info("no health is watched: there is no host to read", "root", d.Root)
		return nil
	}
	log := d.log.With("component", "source", "source", "health")
	watcher := healthwatch.New(healthwatch.Options{
		Rules: list, Host: d.host, Guests: guests.New(filepath.Join(d.Root, guests.Root)), Log: log,
	})
	return []sources.Job{{Name: "health", Version: version, Source: watcher}}
}

// collected gives what sources find to the post room.
type collected struct {
	post  *dispatch.Dispatcher
	owner string // before the keys of positions
}

// Take implements crew.Post.
func (c collected) Take(ctx context.Context, key string, findings []sources.Finding) []crew.Verdict {
	list := make([]dispatch.Submission, len(findings))
	for i, f := range findings {
		list[i].Event, list[i].Claim = f.Event, f.Claim
		if f.Position != "" {
			list[i].Position = event.Position{Source: c.owner + key, At: f.Position}
		}
	}
	verdicts := make([]crew.Verdict, len(findings))
	for i, o := range c.post.Submit(ctx, list...) {
		switch err := o.Err; {
		case errors.Is(err, dispatch.ErrFault):
			verdicts[i] = crew.Verdict{Err: err, Fate: crew.Refused}
		case errors.Is(err, dispatch.ErrFull):
			verdicts[i] = crew.Verdict{Err: err, Fate: crew.Full}
		default:
			verdicts[i].Err = err
		}
	}
	return verdicts
}

// Move implements crew.Post.
func (c collected) Move(ctx context.Context, p event.Position) error {
	p.Source = c.owner + p.Source
	return c.post.Move(ctx, p)
}

// sourceStates tells how the sources are doing, for the API.
func (d *Daemon) sourceStates() []api.Collector {
	var list []api.Collector
	for _, s := range d.crew.States() {
		c := api.Collector{Name: s.Name, State: "ok", Reason: s.Trouble, Since: s.Since.Round(time.Second), Events: s.Findings, Restarts: s.Restarts}
		if s.Trouble != "" {
			c.State = "failing"
		}
		if !s.Last.IsZero() {
			last := s.Last.Round(time.Second)
			c.Last = &last
		}
		list = append(list, c)
	}
	return list
}
