package dispatch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

var now = time.Date(2026, 3, 14, 1, 0, 0, 0, time.UTC)

func TestClaimsAreBounded(t *testing.T) {
	c := newClaims(nil)
	for i := range maxClaims + 1000 {
		claim := event.Claim{Key: fmt.Sprint(i), EventID: fmt.Sprint(i), Until: now.Add(time.Duration(i+1) * time.Second)}
		if _, taken, err := c.take(claim, now); taken || err != nil {
			t.Fatalf("claim %d: %v, %v", i, taken, err)
		}
	}
	if len(c.taken) > maxClaims {
		t.Errorf("%d claims are remembered, want at most %d", len(c.taken), maxClaims)
	}
	last := event.Claim{Key: fmt.Sprint(maxClaims + 999), EventID: "other"}
	if id, taken, _ := c.take(last, now); !taken || id != last.Key {
		t.Errorf("the newest claim is forgotten")
	}
	if saved := make([]event.Claim, maxClaims+10); len(newClaims(saved).taken) > maxClaims {
		t.Error("more claims than that are loaded")
	}
}

func TestDecisionsInMemoryAreBoundedAndAllAreCounted(t *testing.T) {
	f := newFolder()
	const events = 10 * foldRoom
	for i := range events {
		f.add(&engine.Decision{Time: now, EventID: fmt.Sprint(i), Type: fmt.Sprint("type_", i), Stage: engine.StageAdmit, Reason: engine.ReasonUnknown})
	}
	if len(f.rows) > 2*foldRoom+1 {
		t.Errorf("%d decisions are remembered", len(f.rows))
	}
	at, _ := f.due()
	count := 0
	for rows, _ := f.take(at); len(rows) > 0; rows, _ = f.take(at) {
		for _, row := range rows {
			count += row.Count
		}
	}
	if count != events {
		t.Errorf("%d decisions are counted, want %d", count, events)
	}
}

func TestRecordedEventsAreBounded(t *testing.T) {
	f := newFolder()
	for range 10 * foldEvents {
		f.record(&event.Incoming{Type: "note"}, foldWeight+1, now)
		f.record(&event.Incoming{Type: "note"}, 10, now)
	}
	at, pending := f.due()
	_, events := f.take(at)
	if !pending || len(events) != foldEvents {
		t.Errorf("%d events are recorded, want %d", len(events), foldEvents)
	}
	f.giveBack(nil, events)
	if _, again := f.take(at.Add(foldEvery)); len(again) != foldEvents {
		t.Errorf("%d events are recorded after a failed transaction, want %d", len(again), foldEvents)
	}
}

func TestATransactionIsBounded(t *testing.T) {
	d := &Dispatcher{inbox: make(chan item, inboxSize)}
	for range 20 {
		d.inbox <- &arrival{weight: 1 << 20}
	}
	if n := len(d.gather(nil)); n != batchBytes>>20 {
		t.Errorf("%d events of 1 MiB share a transaction, want %d", n, batchBytes>>20)
	}
	for range inboxSize - len(d.inbox) {
		d.inbox <- &settled{}
	}
	for len(d.inbox) > 0 {
		if n := len(d.gather(nil)); n == 0 || n > batchSize {
			t.Errorf("%d items share a transaction", n)
		}
	}
}

func TestLargeParcelsAreNotKeptInMemory(t *testing.T) {
	q := newQueue()
	parcels := make([]event.Parcel, fetchSize)
	for i := range parcels {
		parcels[i].ID = int64(i)
		parcels[i].Message.Body = strings.Repeat("m", fetchBytes/4)
	}
	if n := len(q.look(parcels)); n != 4 {
		t.Errorf("%d parcels of a quarter of the room are kept, want 4", n)
	}
	parcels[0].Message.Body = strings.Repeat("m", 2*fetchBytes)
	if n := len(q.look(parcels)); n != 1 {
		t.Errorf("%d parcels are kept, want the first alone", n)
	}
}
