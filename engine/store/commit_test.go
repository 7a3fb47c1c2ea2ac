package store

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tocsin/engine"
	"tocsin/engine/event"
)

// TestCommit keeps batches one after another and looks at what a restart finds.
func TestCommit(t *testing.T) {
	settled := func(state event.ParcelState, d event.Delivery) event.Settlement {
		p := parcel("phone", "e1", event.Critical)
		p.ID, p.State, p.Attempt, p.Due = 1, state, 2, after(time.Minute)
		p.Code, p.Error, p.Plain, p.Maybe = "timeout", "no answer: look at the network", true, true
		return event.Settlement{Parcel: p, Delivery: d}
	}
	numbered := func(p event.Parcel, id int64) event.Parcel { p.ID = id; return p }
	row := func(d event.Delivery, id int64) event.Delivery { d.ID = id; return d }

	for _, test := range []struct {
		name    string
		batches []*engine.Batch
		want    contents
	}{
		{name: "empty", batches: []*engine.Batch{{}}},
		{
			name: "stamps: the last counts, expired ones are forgotten",
			batches: []*engine.Batch{
				{Stamps: []engine.Stamp{stamp(1, after(time.Hour)), stamp(2, after(time.Hour)), stamp(3, noon())}},
				{Stamps: []engine.Stamp{stamp(1, after(2*time.Hour)), stamp(2, after(-time.Hour))}},
			},
			want: contents{Saved: engine.Saved{Stamps: []engine.Stamp{stamp(1, after(2*time.Hour))}}},
		},
		{
			name: "stamps: cleared, and taken again",
			batches: []*engine.Batch{
				{Stamps: []engine.Stamp{stamp(1, after(time.Hour)), stamp(2, after(time.Hour))}},
				{Cleared: []event.Fingerprint{fingerprint(1), fingerprint(2), fingerprint(9)}},
				{Stamps: []engine.Stamp{stamp(2, after(3*time.Hour))}},
			},
			want: contents{Saved: engine.Saved{Stamps: []engine.Stamp{stamp(2, after(3*time.Hour))}}},
		},
		{
			name: "bursts: held in the order of arrival, released, closed",
			batches: []*engine.Batch{
				{Buckets: []engine.Bucket{{Key: "b1", State: []byte("{}")}, {Key: "b2", State: []byte("{}")}}, Held: []engine.Held{held("b1", "z"), held("b2", "y")}},
				{Buckets: []engine.Bucket{{Key: "b1", State: []byte(`{"n":2}`)}}, Held: []engine.Held{held("b1", "x")}},
				{Closed: []string{"b2"}, Released: []string{"y"}},
			},
			want: contents{Saved: engine.Saved{
				Buckets: []engine.Bucket{{Key: "b1", State: []byte(`{"n":2}`)}},
				Held:    []engine.Held{held("b1", "z"), held("b1", "x")},
			}},
		},
		{
			name: "a batch that contradicts itself hides nothing",
			batches: []*engine.Batch{{
				Stamps: []engine.Stamp{stamp(1, after(time.Hour))}, Cleared: []event.Fingerprint{fingerprint(1)},
				Buckets: []engine.Bucket{{Key: "b1", State: []byte("{}")}}, Closed: []string{"b1"},
				Held: []engine.Held{held("b1", "x")}, Released: []string{"x"},
			}},
			want: contents{Saved: engine.Saved{Buckets: []engine.Bucket{{Key: "b1", State: []byte("{}")}}}},
		},
		{
			name: "claims",
			batches: []*engine.Batch{
				{Claims: []event.Claim{claim("k2", after(time.Hour)), claim("k1", after(time.Hour)), claim("k3", noon())}},
				{Claims: []event.Claim{claim("k2", after(time.Minute))}},
			},
			want: contents{Saved: engine.Saved{Claims: []event.Claim{claim("k1", after(time.Hour)), claim("k2", after(time.Minute))}}},
		},
		{
			name: "parcels: sent ones leave, with their history",
			batches: []*engine.Batch{
				{Queued: []event.Parcel{parcel("phone", "e1", event.Critical), parcel("mail", "e1", event.Critical)}},
				{Settled: []event.Settlement{settled(event.Sent, delivery("phone", "e1", noon()))}},
			},
			want: contents{
				Outbox:  []event.Parcel{numbered(parcel("mail", "e1", event.Critical), 2)},
				Queues:  []Queue{{Channel: "mail", Waiting: 1, Oldest: noon(), Due: noon()}},
				History: []event.Delivery{row(delivery("phone", "e1", noon()), 1)},
			},
		},
		{
			name: "parcels: tried again, with the reason",
			batches: []*engine.Batch{
				{Queued: []event.Parcel{parcel("phone", "e1", event.Critical)}},
				{Settled: []event.Settlement{settled(event.Retry, delivery("phone", "e1", noon()))}},
			},
			want: contents{
				Outbox:  []event.Parcel{tried(settled(event.Retry, event.Delivery{}).Parcel, noon())},
				Queues:  []Queue{{Channel: "phone", Waiting: 1, Oldest: noon(), Due: after(time.Minute), Code: "timeout", Error: "no answer: look at the network"}},
				History: []event.Delivery{row(delivery("phone", "e1", noon()), 1)},
			},
		},
		{
			name: "parcels: given up without an attempt",
			batches: []*engine.Batch{
				{Queued: []event.Parcel{parcel("phone", "e1", event.Critical)}},
				{Settled: []event.Settlement{settled(event.Dead, event.Delivery{})}},
			},
			want: contents{
				Outbox: []event.Parcel{tried(settled(event.Dead, event.Delivery{}).Parcel, noon())},
				Queues: []Queue{{Channel: "phone", Dead: 1, Code: "timeout", Error: "no answer: look at the network"}},
			},
		},
		{
			name: "parcels: settling one that is gone only writes history",
			batches: []*engine.Batch{
				{Settled: []event.Settlement{settled(event.Retry, delivery("phone", "e1", noon())), settled(event.Sent, event.Delivery{})}},
			},
			want: contents{History: []event.Delivery{row(delivery("phone", "e1", noon()), 1)}},
		},
		{
			name: "records: the newest first, whatever the order they came in",
			batches: []*engine.Batch{
				{History: []event.Delivery{delivery("phone", "e2", after(time.Second)), delivery("phone", "e1", noon()), delivery("phone", "e3", after(time.Second))}},
				{Decisions: []event.Decision{decision("e2", after(time.Second)), decision("e1", noon())}},
			},
			want: contents{
				History: []event.Delivery{
					row(delivery("phone", "e3", after(time.Second)), 3), row(delivery("phone", "e2", after(time.Second)), 1), row(delivery("phone", "e1", noon()), 2),
				},
				Decisions: []event.Decision{decision("e2", after(time.Second)), decision("e1", noon())},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := openTemp(t)
			for _, b := range test.batches {
				keep(t, s, b)
			}
			if diff := cmp.Diff(test.want, snapshot(t, s), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("before the restart (-want +got):\n%s", diff)
			}
			s = reopen(t, s)
			if diff := cmp.Diff(test.want, snapshot(t, s), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("after the restart (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCommitIsAllOrNothing(t *testing.T) {
	s := openTemp(t)
	b := batchOfEverything()
	keep(t, s, b)
	want := snapshot(t, s)

	// The last thing that is written fails, of what somebody waits for.
	refuseTo(t, s, "UPDATE", "outbox")
	if err := s.Commit(t.Context(), b); err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(want, snapshot(t, s)); diff != "" {
		t.Errorf("something was kept (-want +got):\n%s", diff)
	}
}

func TestCommitOfWhatIsNoJSON(t *testing.T) {
	s := openTemp(t)
	odd := held("b1", "e1")
	odd.Event.Data["value"] = math.NaN()
	err := s.Commit(t.Context(), &engine.Batch{Queued: []event.Parcel{parcel("phone", "e2", event.Info)}, Held: []engine.Held{odd}})
	if err == nil {
		t.Fatal("no error")
	}
	if c := snapshot(t, s); len(c.Outbox) != 0 {
		t.Errorf("a part was kept: %v", c.Outbox)
	}
}

// TestCommitLargeBatches covers every length of statement, alone and joined.
func TestCommitLargeBatches(t *testing.T) {
	s := openTemp(t)
	total := 0
	for _, n := range []int{1, someRows - 1, someRows, manyRows, manyRows + someRows + 1, 3*manyRows - 1} {
		var b engine.Batch
		for range n {
			total++
			b.Stamps = append(b.Stamps, stamp(total, after(time.Hour)))
		}
		keep(t, s, &b)
	}
	saved, err := s.Load(t.Context(), noon())
	if err != nil || len(saved.Stamps) != total {
		t.Fatalf("loaded %d stamps, %v; want %d", len(saved.Stamps), err, total)
	}
	for i, got := range saved.Stamps {
		if diff := cmp.Diff(stamp(i+1, after(time.Hour)), got); diff != "" {
			t.Fatalf("stamp %d (-want +got):\n%s", i+1, diff)
		}
	}
}

func TestCommitHeedsContextBeforeItBegins(t *testing.T) {
	s := openTemp(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Commit(ended, batchOfEverything()); !errors.Is(err, context.Canceled) {
		t.Errorf("commit: %v, want %v", err, context.Canceled)
	}
	if _, err := s.Load(ended, noon()); !errors.Is(err, context.Canceled) {
		t.Errorf("load: %v, want %v", err, context.Canceled)
	}

	// Waiting for a turn ends with the context; what already runs does not.
	waiting, stop := context.WithCancel(t.Context())
	err := s.writer.change(waiting, func(x *tx) error {
		stop()
		if err := s.Commit(waiting, batchOfEverything()); !errors.Is(err, context.Canceled) {
			t.Errorf("commit in the queue: %v, want %v", err, context.Canceled)
		}
		_, err := x.exec("UPDATE probe SET written = 77")
		return err
	})
	if err != nil {
		t.Errorf("the transaction that ran: %v", err)
	}
	var written int
	if err := s.readers.Get(&written, "SELECT written FROM probe"); err != nil || written != 77 {
		t.Errorf("probe is %d, %v; want 77", written, err)
	}
}

func TestTimesAreKeptToTheMillisecond(t *testing.T) {
	s := openTemp(t)
	local := time.FixedZone("somewhere", 5*3600+1800)
	for _, when := range []time.Time{
		time.Date(1969, 7, 20, 20, 17, 40, 123456789, time.UTC),
		time.Date(2040, 2, 29, 23, 59, 59, 999999999, local),
		time.Now(), // with its monotonic clock
	} {
		keep(t, s, &engine.Batch{Decisions: []event.Decision{decision("e1", when)}})
		page, _, err := s.Decisions(t.Context(), DecisionFilter{Since: when.Truncate(time.Millisecond), Until: when.Add(time.Millisecond)})
		if err != nil || len(page) != 1 {
			t.Fatalf("%v: got %d decisions, %v", when, len(page), err)
		}
		if got := page[0].Time; got.UnixMilli() != when.UnixMilli() || got.Location() != time.UTC {
			t.Errorf("got %v, want %v", got, when)
		}
	}
}

// TestVirtualTime: the dispatcher's tests run on fake time with a real store.
func TestVirtualTime(t *testing.T) {
	path := t.TempDir() + "/t.db"
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(t.Context(), "sqlite:"+path)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for range 48 {
			b := &engine.Batch{Stamps: []engine.Stamp{stamp(1, time.Now().Add(time.Hour))}, History: []event.Delivery{delivery("phone", "e1", time.Now())}}
			if err := s.Commit(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
			synctest.Wait()
		}
		if _, err := s.Prune(t.Context(), time.Now(), Retention{History: 24 * time.Hour}); err != nil {
			t.Fatal(err)
		}
		if _, total, err := s.History(t.Context(), HistoryFilter{}); err != nil || total != 24 {
			t.Errorf("history has %d rows, %v; want those of the last 24 hours", total, err)
		}
	})
}

// tried is a parcel that was tried at a time.
func tried(p event.Parcel, at time.Time) event.Parcel {
	p.Tried = at
	return p
}
