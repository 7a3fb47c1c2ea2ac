package store

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tocsin/engine"
	"tocsin/engine/event"
)

// TestAgainstModel keeps random batches, prunes and restarts, and compares all
// that the store gives back with what plain Go values hold.
func TestAgainstModel(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			w := &world{Rand: rand.New(rand.NewPCG(seed, 1)), now: noon(), model: newModel()}
			s := unsynced(t, openTemp(t))
			for range 25 {
				w.now = w.now.Add(time.Duration(w.IntN(90)) * time.Minute)
				switch w.IntN(12) {
				case 0:
					s = unsynced(t, reopen(t, s))
				case 1:
					prune(t, s, w)
				case 2:
					if _, err := s.Hasten(t.Context(), "phone", w.now); err != nil {
						t.Fatal(err)
					}
					w.hasten("phone", w.now)
				default:
					b := w.batch()
					keep(t, s, b)
					w.apply(b)
				}
				compare(t, s, w)
				if t.Failed() {
					return
				}
			}
		})
	}
}

func prune(t *testing.T, s *Store, w *world) {
	retention := Retention{History: 6 * time.Hour, Decisions: 3 * time.Hour, Dead: 4 * time.Hour, Step: 1000 * day}
	if _, err := s.Prune(t.Context(), w.now, retention); err != nil {
		t.Fatal(err)
	}
	w.prune(w.now, retention)
	var rows int
	if err := s.readers.Get(&rows, "SELECT count(*) FROM stamps"); err != nil || rows != len(w.saved(w.now).Stamps) {
		t.Errorf("the log of stamps has %d rows, %v; want one for each of the %d that count", rows, err, len(w.saved(w.now).Stamps))
	}
}

func compare(t *testing.T, s *Store, w *world) {
	t.Helper()
	got := snapshotAt(t, s, w.now)
	byFingerprint := func(a, b engine.Stamp) int { return cmp.Compare(a.Fingerprint.String(), b.Fingerprint.String()) }
	slices.SortFunc(got.Saved.Stamps, byFingerprint)
	want := contents{Saved: w.saved(w.now), Outbox: w.outbox, History: w.newestHistory(), Decisions: w.newestDecisions(), Waiting: w.inBuffers(), Events: w.oldestArrived()}
	slices.SortFunc(want.Saved.Stamps, byFingerprint)
	got.Queues = nil // has tests of its own
	if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the store differs from the model (-want +got):\n%s", diff)
	}
	for _, channel := range channels() {
		next, err := s.Next(t.Context(), channel, pageLimit)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(w.next(channel), next, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("next of %s (-want +got):\n%s", channel, diff)
		}
	}
}

func channels() []string { return []string{"phone", "mail", "chat"} }

// model is what a store should hold.
type model struct {
	stamps     map[event.Fingerprint]engine.Stamp
	buckets    map[string]engine.Bucket
	held       []engine.Held
	claims     map[string]event.Claim
	outbox     []event.Parcel
	tried      map[int64]time.Time
	history    []event.Delivery
	decisions  []event.Decision
	waiting    []event.Waiting
	opens      map[string]engine.Open
	causes     map[string]engine.Cause
	digested   map[string]engine.Digested
	arrived    []event.Recorded
	parcels    int64 // numbers given so far
	deliveries int64
}

func newModel() *model {
	return &model{
		stamps: map[event.Fingerprint]engine.Stamp{}, buckets: map[string]engine.Bucket{},
		claims: map[string]event.Claim{}, tried: map[int64]time.Time{},
		opens: map[string]engine.Open{}, causes: map[string]engine.Cause{}, digested: map[string]engine.Digested{},
	}
}

func (m *model) apply(b *engine.Batch) {
	for _, s := range b.Stamps {
		m.stamps[s.Fingerprint] = s
	}
	for _, f := range b.Cleared {
		delete(m.stamps, f)
	}
	m.held = append(m.held, b.Held...)
	m.held = slices.DeleteFunc(m.held, func(h engine.Held) bool { return slices.Contains(b.Released, h.Event.ID) })
	for _, key := range b.Closed {
		delete(m.buckets, key)
	}
	for _, bucket := range b.Buckets {
		m.buckets[bucket.Key] = bucket
	}
	for _, c := range b.Claims {
		m.claims[c.Key] = c
	}
	for _, p := range b.Queued {
		m.parcels++
		p.ID = m.parcels
		m.outbox = append(m.outbox, p)
	}
	for _, s := range b.Settled {
		m.settled(s)
	}
	for _, d := range b.History {
		m.record(d)
	}
	m.applyWaits(b)
	m.decisions = append(m.decisions, b.Decisions...)
}

func (m *model) applyWaits(b *engine.Batch) {
	for _, told := range b.Told {
		m.tell(told)
	}
	m.waiting = append(m.waiting, b.Waiting...)
	for _, key := range b.Ended {
		delete(m.opens, key)
	}
	for _, o := range b.Opened {
		m.opens[o.Key] = o
	}
	for _, key := range b.Uncaused {
		delete(m.causes, key)
	}
	for _, c := range b.Causes {
		m.causes[c.Key] = c
	}
	for _, d := range b.Digested {
		m.digested[d.Channel] = d
	}
	m.arrived = append(m.arrived, b.Arrived...)
}

// tell marks what waits in a buffer as told, with a decision about each.
func (m *model) tell(told engine.Told) {
	var rows []*event.Waiting
	for i := range m.waiting {
		if w := &m.waiting[i]; w.Channel == told.Channel && w.Buffer == told.Buffer && w.ToldIn == "" {
			w.ToldIn = told.Decision.ToldIn
			rows = append(rows, w)
		}
	}
	slices.SortStableFunc(rows, func(a, b *event.Waiting) int { return a.Message.Time.Compare(b.Message.Time) })
	for _, w := range rows {
		d := told.Decision
		d.EventID, d.Type, d.Channel, d.Count = w.Message.EventID, w.Message.Type, w.Channel, 1
		m.decisions = append(m.decisions, d)
	}
}

// inBuffers is what waits as the store gives it back: channel by channel.
func (m *model) inBuffers() (all []event.Waiting) {
	for _, channel := range channels() {
		for _, buffer := range []event.Buffer{event.QuietBuffer, event.DigestBuffer} {
			of := slices.DeleteFunc(slices.Clone(m.waiting), func(w event.Waiting) bool { return w.Channel != channel || w.Buffer != buffer || w.ToldIn != "" })
			slices.SortStableFunc(of, func(a, b event.Waiting) int { return a.Message.Time.Compare(b.Message.Time) })
			all = append(all, of...)
		}
	}
	return all
}

func (m *model) oldestArrived() []event.Recorded {
	list := slices.Clone(m.arrived)
	slices.SortFunc(list, func(a, b event.Recorded) int {
		return cmp.Or(a.Arrived.Compare(b.Arrived), cmp.Compare(a.Incoming.ID, b.Incoming.ID))
	})
	return list
}

func (m *model) settled(s event.Settlement) {
	i := slices.IndexFunc(m.outbox, func(p event.Parcel) bool { return p.ID == s.Parcel.ID })
	if s.Parcel.State == event.Sent {
		m.outbox = slices.Delete(m.outbox, i, i+1)
	} else {
		m.outbox[i] = s.Parcel
	}
	when := s.Delivery.SentAt
	if when.IsZero() {
		when = s.Parcel.Accepted
	}
	if when.After(m.tried[s.Parcel.ID]) {
		m.tried[s.Parcel.ID] = when
	}
	if s.Parcel.State != event.Sent {
		m.outbox[i].Tried = m.tried[s.Parcel.ID]
	}
	if s.Delivery != (event.Delivery{}) {
		m.record(s.Delivery)
	}
}

func (m *model) record(d event.Delivery) {
	m.deliveries++
	d.ID = m.deliveries
	m.history = append(m.history, d)
}

func (m *model) hasten(channel string, now time.Time) {
	for i := range m.outbox {
		p := &m.outbox[i]
		if p.Channel == channel && p.Waits() && p.Due.After(now) {
			p.Due = now
		}
	}
}

func (m *model) prune(now time.Time, keep Retention) {
	m.history = slices.DeleteFunc(m.history, func(d event.Delivery) bool { return d.SentAt.Before(now.Add(-keep.History)) })
	m.decisions = slices.DeleteFunc(m.decisions, func(d event.Decision) bool { return d.Time.Before(now.Add(-keep.Decisions)) })
	m.outbox = slices.DeleteFunc(m.outbox, func(p event.Parcel) bool {
		return p.State == event.Dead && m.tried[p.ID].Before(now.Add(-keep.Dead))
	})
}

func (m *model) saved(now time.Time) engine.Saved {
	saved := engine.Saved{Held: m.held}
	for _, s := range m.stamps {
		if s.Until.After(now) {
			saved.Stamps = append(saved.Stamps, s)
		}
	}
	for _, b := range m.buckets {
		saved.Buckets = append(saved.Buckets, b)
	}
	for _, c := range m.claims {
		if c.Until.After(now) {
			saved.Claims = append(saved.Claims, c)
		}
	}
	m.savedWaits(&saved, now)
	slices.SortFunc(saved.Buckets, func(a, b engine.Bucket) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(saved.Claims, func(a, b event.Claim) int { return cmp.Compare(a.Key, b.Key) })
	return saved
}

func (m *model) savedWaits(saved *engine.Saved, now time.Time) {
	for _, buffer := range []event.Buffer{event.QuietBuffer, event.DigestBuffer} {
		for _, channel := range slices.Sorted(slices.Values(channels())) {
			p := engine.Pending{Channel: channel, Buffer: buffer}
			for _, w := range m.waiting {
				if w.Channel == channel && w.Buffer == buffer && w.ToldIn == "" {
					if p.Count == 0 || w.Since.Before(p.Oldest) {
						p.Oldest = w.Since
					}
					p.Count++
				}
			}
			if p.Count > 0 {
				saved.Pending = append(saved.Pending, p)
			}
		}
	}
	saved.Open = slices.SortedFunc(maps.Values(m.opens), func(a, b engine.Open) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Key, b.Key))
	})
	for _, key := range slices.Sorted(maps.Keys(m.causes)) {
		if m.causes[key].Until.After(now) {
			saved.Causes = append(saved.Causes, m.causes[key])
		}
	}
	for _, channel := range slices.Sorted(maps.Keys(m.digested)) {
		saved.Digested = append(saved.Digested, m.digested[channel])
	}
}

func (m *model) next(channel string) []event.Parcel {
	next := slices.DeleteFunc(slices.Clone(m.outbox), func(p event.Parcel) bool {
		return p.Channel != channel || p.State == event.Dead
	})
	slices.SortStableFunc(next, func(a, b event.Parcel) int {
		urgent := func(p event.Parcel) int {
			if p.Message.Severity == event.Critical {
				return 1
			}
			return 0
		}
		return cmp.Compare(urgent(b), urgent(a))
	})
	return next
}

func (m *model) newestHistory() []event.Delivery {
	newest := slices.Clone(m.history)
	slices.SortFunc(newest, func(a, b event.Delivery) int {
		return cmp.Or(b.SentAt.Compare(a.SentAt), cmp.Compare(b.ID, a.ID))
	})
	return newest[:min(len(newest), pageLimit)]
}

func (m *model) newestDecisions() []event.Decision {
	newest := slices.Clone(m.decisions)
	slices.Reverse(newest)
	slices.SortStableFunc(newest, func(a, b event.Decision) int { return b.Time.Compare(a.Time) })
	return newest[:min(len(newest), pageLimit)]
}
