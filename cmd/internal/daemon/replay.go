package daemon

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/engine/store"
	"tocsin/rules"
	"tocsin/rules/ruletest"
)

// Replay is what two configurations make of the same past events.
type Replay struct {
	Events  int            `json:"events"`
	Since   time.Time      `json:"since"`
	Before  map[string]int `json:"before"` // messages, by channel
	After   map[string]int `json:"after"`
	Differ  int            `json:"differ"`            // events whose fate differs
	Samples []Difference   `json:"samples,omitempty"` // the first of them
	More    bool           `json:"more,omitempty"`    // there are others
}

// Difference is an event whose fate on a channel differs.
type Difference struct {
	Time    time.Time `json:"time"`
	Type    string    `json:"event_type"`
	Title   string    `json:"title"`
	Channel string    `json:"channel"`
	Before  string    `json:"before"` // told, held for …, not told
	After   string    `json:"after"`
}

const maxSamples = 20

// ReplayEvents judges the recorded events since a moment with two
// configurations, each as if nothing had been told before.
func ReplayEvents(ctx context.Context, data string, since time.Time, old, new *rules.Config) (*Replay, error) {
	r, err := openArchive(ctx, new, data)
	if err != nil {
		return nil, fmt.Errorf("read the recorded events: %w", err)
	}
	defer r.Close()
	before, after := newRerun(old, since), newRerun(new, since)
	out := &Replay{Since: since}
	const page = 1000
	for offset := 0; ; offset += page {
		list, err := r.Events(ctx, store.RecordedFilter{Since: since, Page: store.Page{Limit: page, Offset: offset}})
		if err != nil {
			return nil, fmt.Errorf("read the recorded events: %w", err)
		}
		for i := range list {
			before.take(&list[i])
			after.take(&list[i])
		}
		out.Events += len(list)
		if len(list) < page {
			break
		}
	}
	before.end()
	after.end()
	out.Before, out.After = before.told, after.told
	out.compare(before, after)
	return out, nil
}

// compare collects the events that fare otherwise.
func (r *Replay) compare(before, after *rerun) {
	channels := slices.AppendSeq(slices.Collect(maps.Keys(before.names)), maps.Keys(after.names))
	slices.Sort(channels)
	channels = slices.Compact(channels)
	for _, e := range before.order {
		differs := false
		for _, channel := range channels {
			was, is := before.fate(e.id, channel), after.fate(e.id, channel)
			if was == is {
				continue
			}
			differs = true
			if r.More = len(r.Samples) == maxSamples; !r.More {
				r.Samples = append(r.Samples, Difference{e.at, e.typ, cmp.Or(after.titles[e.id], before.titles[e.id]), channel, was, is})
			}
		}
		if differs {
			r.Differ++
		}
	}
}

// rerun is one configuration that judges past events.
type rerun struct {
	world  *ruletest.World
	names  map[string]bool // of its channels
	told   map[string]int  // messages, by channel
	fates  map[fateKey]string
	titles map[string]string // by event id
	order  []rerunEvent
}

type fateKey struct{ id, channel string }

type rerunEvent struct {
	id, typ string
	at      time.Time
}

func newRerun(c *rules.Config, start time.Time) *rerun {
	policy := *c.Policy
	policy.Enabled = true
	policy.Index()
	r := &rerun{
		world: ruletest.NewWorld(&policy, c.Templates, start), names: map[string]bool{}, told: map[string]int{},
		fates: map[fateKey]string{}, titles: map[string]string{},
	}
	for _, ch := range policy.Channels {
		r.names[ch.Name] = true
		r.told[ch.Name] = 0
	}
	r.world.Told = func(channel string, m event.Message) {
		r.told[channel]++
		r.fates[fateKey{m.EventID, channel}] = "told"
		r.titles[m.EventID] = m.Title
	}
	r.world.Decided = func(d *engine.Decision) {
		if d.Outcome == engine.Holding && d.Channel != "" {
			r.fates[fateKey{d.EventID, d.Channel}] = "held for the " + map[engine.Stage]string{engine.StageQuiet: "end of quiet hours", engine.StageDigest: "digest"}[d.Stage]
		}
	}
	return r
}

func (r *rerun) take(rec *event.Recorded) {
	r.world.Until(rec.Arrived)
	r.order = append(r.order, rerunEvent{rec.Incoming.ID, rec.Incoming.Type, rec.Arrived})
	r.world.Arrive(rec.Incoming)
}

// end lets everything that waits be told.
func (r *rerun) end() { r.world.Until(r.world.Now.Add(25 * time.Hour)) }

func (r *rerun) fate(id, channel string) string {
	if fate := r.fates[fateKey{id, channel}]; fate != "" {
		return fate
	}
	return "not told"
}
