package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/oklog/ulid/v2"

	"tocsin/engine"
	"tocsin/engine/event"
)

// TestTrace gathers what is kept about one event, the oldest first.
func TestTrace(t *testing.T) {
	s := openTemp(t)
	keep(t, s, batchOfEverything())
	keep(t, s, &engine.Batch{
		Decisions: []event.Decision{decision("e1", after(time.Second)), decision("e1", noon())},
		History:   []event.Delivery{delivery("mail", "e1", after(time.Second))},
		Waiting:   []event.Waiting{waits("phone", event.DigestBuffer, "e1", noon()), waits("mail", event.QuietBuffer, "e1", noon())},
	})
	got, err := s.Trace(t.Context(), "e1")
	if err != nil {
		t.Fatal(err)
	}
	if got.IsEmpty() || got.Event == nil || got.Event.Incoming.ID != "e1" {
		t.Errorf("the event is %+v", got.Event)
	}
	if diff := cmp.Diff([]event.Decision{decision("e1", noon()), decision("e1", after(time.Second))}, got.Decisions); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	if len(got.History) != 2 || got.History[0].Channel != "phone" || got.History[1].Channel != "mail" {
		t.Errorf("history: %+v", got.History)
	}
	if len(got.Outbox) != 1 || got.Outbox[0].State != event.Retry {
		t.Errorf("outbox: %+v", got.Outbox)
	}
	if len(got.Waiting) != 2 || got.Waiting[0].Buffer != event.QuietBuffer || got.Waiting[1].Buffer != event.DigestBuffer {
		t.Errorf("waiting: %+v", got.Waiting)
	}
	if len(got.Folded) != 0 {
		t.Errorf("folded decisions of an event that is known: %+v", got.Folded)
	}
}

// TestTraceOfAFoldedEvent: a flood is one row with the id of its first event; the
// others are found by their moment, which their ids tell.
func TestTraceOfAFoldedEvent(t *testing.T) {
	s := openTemp(t)
	counted := func(id string, at time.Time, n int) event.Decision {
		d := decision(id, at)
		d.Count = n
		return d
	}
	near, far := counted("first", after(time.Second), 7), counted("later", after(time.Minute), 9)
	keep(t, s, &engine.Batch{Decisions: []event.Decision{near, far, counted("alone", noon(), 1)}})
	for _, test := range []struct {
		name, id string
		want     []event.Decision
	}{
		{"of that moment", idAt(noon()), []event.Decision{near}},
		{"of another moment", idAt(after(time.Hour)), nil},
		{"no id of an event", "e77", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := s.Trace(t.Context(), test.id)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Folded) != len(test.want) || got.IsEmpty() != (len(test.want) == 0) {
				t.Fatalf("got %+v, want %+v", got, test.want)
			}
			if diff := cmp.Diff(append([]event.Decision{}, test.want...), append([]event.Decision{}, got.Folded...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// idAt is the id of an event that came at a moment.
func idAt(when time.Time) string {
	var id ulid.ULID
	if err := id.SetTime(ulid.Timestamp(when)); err != nil {
		panic(err)
	}
	return id.String()
}
