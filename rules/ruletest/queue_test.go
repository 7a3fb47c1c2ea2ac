package ruletest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/rules"
)

func TestQueueGoesByTimeThenByOrder(t *testing.T) {
	send := func(name string, at, count, every int) rules.Send {
		return rules.Send{
			At: time.Duration(at) * time.Second, Count: count, Every: time.Duration(every) * time.Second,
			Incoming: event.Incoming{Type: name},
		}
	}
	q := newQueue([]rules.Send{send("late", 9, 1, 1), send("slow", 0, 3, 4), send("fast", 2, 4, 2), send("same", 4, 1, 1)})
	var got []string
	for q.before(8 * time.Second) {
		at, s := q.next()
		got = append(got, fmt.Sprintf("%v %s", at, s.Incoming.Type))
	}
	want := "0s slow, 2s fast, 4s slow, 4s fast, 4s same, 6s fast, 8s slow, 8s fast"
	if text := strings.Join(got, ", "); text != want {
		t.Errorf("got %s, want %s", text, want)
	}
	if q.Len() != 1 || !q.before(9*time.Second) {
		t.Errorf("%d events are left", q.Len())
	}
}
