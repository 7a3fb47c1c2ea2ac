package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"tocsin/engine/event"
)

// Bounds of a bucket, so that a flood costs no memory.
const (
	maxBuckets  = 1000     // over it, one bucket a burst takes what its by fields would split
	maxDistinct = 100      // values remembered of one field
	maxName     = 100      // bytes of one of them
	maxHeld     = 32 << 20 // bytes of held events; over it they are told by themselves
)

// bucket counts a flood. What it holds is never more than the burst's
// threshold: from there on events are counted, not kept.
type bucket struct {
	figures
	held     []Held // waiting for the end of the window
	deadline instant
	key      string
	dirty    bool // stands in State.touched
	copied   int  // batch of the last copy for an undo
}

// figures are the part of a bucket that is kept over a restart. They hold the
// burst's own settings, so that an edit of the configuration does not change
// the rules for a flood under way.
type figures struct {
	Burst     string          `json:"burst"`
	Type      string          `json:"type"` // of the first event
	Group     string          `json:"group"`
	Threshold int             `json:"threshold"`
	Window    time.Duration   `json:"window"`
	Interval  time.Duration   `json:"interval"` // length of the running window
	Deadline  time.Time       `json:"deadline"` // end of the running window
	Fixed     *event.Severity `json:"fixed,omitempty"`
	Place     string          `json:"place"`

	Count    int                 `json:"count"`    // events, suppressed ones included
	Told     int                 `json:"told"`     // of them told, singly or in a summary
	Ordinal  int                 `json:"ordinal"`  // summaries so far
	Highest  event.Severity      `json:"highest"`  // of its events
	Critical bool                `json:"critical"` // a critical event waits for a summary
	ToldHigh bool                `json:"told_high"`
	First    time.Time           `json:"first"`
	Last     time.Time           `json:"last"`
	Origin   string              `json:"origin"` // id of the first event
	Host     string              `json:"host"`
	Cluster  string              `json:"cluster"`
	Source   string              `json:"source"`
	Common   map[string]any      `json:"common,omitempty"`   // data that all events share
	Distinct map[string][]string `json:"distinct,omitempty"` // values of the fingerprint fields
	Samples  []*event.Event      `json:"samples"`
	Keep     int                 `json:"keep"`     // samples to keep
	Channels []string            `json:"channels"` // that its events go to
}

func newBucket(key string, b *Burst, e *event.Event, now instant, wall time.Time) *bucket {
	return &bucket{key: key, deadline: now + b.Window, figures: figures{
		Burst: b.Name, Type: e.Type, Group: firstOf(b.Group, e.Group), Threshold: b.Threshold, Window: b.Window, Interval: b.Window,
		Deadline: wall.Add(b.Window), Fixed: b.Severity, Place: b.Place, Keep: b.Samples,
		First: e.Time, Origin: e.ID, Host: e.Host, Cluster: e.Cluster, Source: e.Source, Common: maps.Clone(sample(e).Data),
	}}
}

// add counts e. Maps and slices are replaced, not changed, so that an earlier
// copy of the bucket stays what it was.
func (b *bucket) add(e *event.Event, fingerprint []string) {
	b.Count++
	b.Highest = max(b.Highest, e.Severity)
	if e.Time.After(b.Last) {
		b.Last = e.Time
	}
	e = sample(e)
	if len(b.Samples) < b.Keep {
		b.Samples = append(slices.Clip(b.Samples), e)
	}
	b.share(e.Data)
	for _, field := range fingerprint {
		if v, ok := e.Data[field]; ok {
			b.tell(field, event.Clip(event.Text(v), maxName))
		}
	}
}

// share drops from the common data what e's data does not have alike.
func (b *bucket) share(data map[string]any) {
	differs := func(k string, v any) bool {
		other, ok := data[k]
		return !ok || event.Text(other) != event.Text(v)
	}
	for k, v := range b.Common {
		if differs(k, v) {
			b.Common = maps.Clone(b.Common)
			maps.DeleteFunc(b.Common, differs)
			return
		}
	}
}

func (b *bucket) tell(field, value string) {
	values := b.Distinct[field]
	if len(values) >= maxDistinct || slices.Contains(values, value) {
		return
	}
	next := make(map[string][]string, len(b.Distinct)+1)
	maps.Copy(next, b.Distinct)
	next[field] = append(slices.Clip(values), value)
	b.Distinct = next
}

func (b *bucket) reach(channels []string) {
	for _, name := range channels {
		if !slices.Contains(b.Channels, name) {
			b.Channels = append(slices.Clip(b.Channels), name)
		}
	}
}

// summary is the notification that tells the bucket so far.
func (b *bucket) summary(now time.Time) event.Notification {
	severity := b.Highest
	if b.Fixed != nil {
		severity = *b.Fixed
	}
	return event.Notification{
		Event: &event.Event{
			ID: derivedID(now, b.Origin, b.Ordinal), Type: b.Burst, Group: b.Group, Severity: severity, Source: b.Source,
			Host: b.Host, Cluster: b.Cluster, Time: b.Last, Data: b.Common,
		},
		Burst: &event.Burst{
			Count: b.Count, Window: event.Duration(b.Last.Sub(b.First)), First: b.First, Last: b.Last,
			Distinct: b.Distinct, Samples: b.Samples,
		},
		Key: b.key,
	}
}

// change is called before every change of a bucket: it copies the bucket for
// an undo, once a batch, and lists it for the next Flush.
func (st *State) change(b *bucket) {
	st.touch(b)
	if b.copied == st.batch+1 {
		return
	}
	b.copied = st.batch + 1
	old := *b
	st.note(func(st *State) {
		*b = old
		st.buckets[b.key] = b
		st.push(b.deadline, b)
	})
}

func (st *State) touch(b *bucket) {
	if !b.dirty {
		b.dirty = true
		st.touched = append(st.touched, b)
	}
}

func (st *State) openBucket(b *bucket) {
	st.touch(b)
	b.copied = st.batch + 1 // its undo is to forget it
	st.buckets[b.key] = b
	st.note(func(st *State) {
		delete(st.buckets, b.key)
		st.touched = slices.DeleteFunc(st.touched, func(other *bucket) bool { return other == b })
	})
	st.push(b.deadline, b)
}

func (st *State) close(b *bucket, out *Effects) {
	st.change(b)
	delete(st.buckets, b.key)
	out.Closed = append(out.Closed, b.key)
}

// Flush adds to out every bucket that changed since the last Flush, so that a
// flood writes a bucket once a transaction and not once an event.
func (st *State) Flush(out *Effects) error {
	for _, b := range st.touched {
		b.dirty = false
		if st.buckets[b.key] != b {
			continue // closed, or opened in a batch that was taken back
		}
		state, err := json.Marshal(&b.figures)
		if err != nil {
			return fmt.Errorf("write burst %s: %w", b.Burst, err)
		}
		out.Buckets = append(out.Buckets, Bucket{Key: b.key, State: state})
	}
	if err := st.flushOpen(out); err != nil {
		return err
	}
	flushed := st.touched
	st.touched = nil
	st.note(func(st *State) {
		for _, b := range flushed {
			st.touch(b)
		}
	})
	return nil
}

func (st *State) restore(p *Policy, saved Bucket, now time.Time) error {
	b := &bucket{key: saved.Key}
	if err := json.Unmarshal(saved.State, &b.figures); err != nil {
		return fmt.Errorf("read burst %q: %w", saved.Key, err)
	}
	for _, e := range b.Samples {
		p.retype(e)
	}
	coerceAll(b.Common, p.TypeOf(b.Type))
	b.deadline = min(max(b.Deadline.Sub(now), 0), b.Interval)
	st.buckets[b.key] = b
	st.push(b.deadline, b)
	return nil
}

// adopt gives a held event whose bucket is gone one that ends at once, so that
// it goes on by itself.
func (st *State) adopt(h Held) {
	b := &bucket{key: h.Bucket, held: []Held{h}, figures: figures{
		Burst: h.Event.Type, Group: h.Event.Group, Threshold: 1 << 30, Count: 1, Told: 1, Origin: h.Event.ID,
	}}
	st.buckets[b.key] = b
	st.push(0, b)
}
