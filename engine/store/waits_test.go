package store

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
)

// TestWaits counts what waits in outbox and buffers, for every channel that has
// something there.
func TestWaits(t *testing.T) {
	s := openTemp(t)
	check := func(want []Waits) {
		t.Helper()
		got, err := s.Waits(t.Context())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	check(nil)
	fillOutbox(t, s)
	keep(t, s, &engine.Batch{Waiting: []event.Waiting{
		waits("phone", event.QuietBuffer, "e8", noon()), waits("phone", event.DigestBuffer, "e9", noon()),
		waits("tablet", event.DigestBuffer, "e8", noon()), waits("tablet", event.DigestBuffer, "e9", noon()),
	}})
	check([]Waits{
		{Channel: "mail", Outbox: 1}, // held
		{Channel: "phone", Outbox: 4, Quiet: 1, Digest: 1},
		{Channel: "tablet", Digest: 2},
	})
	if total := (Waits{Outbox: 4, Quiet: 1, Digest: 2}).Total(); total != 7 {
		t.Errorf("%d in all", total)
	}
}

// TestWaitsReadsNoMessages: a night of long mails is counted by its indexes.
func TestWaitsReadsNoMessages(t *testing.T) {
	s := openTemp(t)
	type step struct {
		ID, Parent, NotUsed int
		Detail              string
	}
	var plan []step
	if err := s.readers.Select(&plan, "EXPLAIN QUERY PLAN "+countWaits); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"outbox", "quiet_pending", "digest_pending"} {
		if !slices.ContainsFunc(plan, func(s step) bool { return strings.HasPrefix(s.Detail, "SCAN "+table+" USING COVERING INDEX") }) {
			t.Errorf("messages of %s are read: %+v", table, plan)
		}
	}
}
