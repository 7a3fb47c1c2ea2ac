package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
)

func TestTheLastPositionOfASourceCounts(t *testing.T) {
	s := openTemp(t)
	keep(t, s, &engine.Batch{Positions: []event.Position{{Source: "journal", At: "a"}, {Source: "tasks", At: "7"}}})
	keep(t, s, &engine.Batch{Positions: []event.Position{{Source: "journal", At: "b"}}})
	got, err := s.Positions(t.Context())
	if diff := cmp.Diff(map[string]string{"journal": "b", "tasks": "7"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
