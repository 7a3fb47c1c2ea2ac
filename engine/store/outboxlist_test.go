package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
)

// fillUnsent keeps parcels of all states and messages in both buffers, one a
// minute.
func fillUnsent(t *testing.T, s *Store) {
	t.Helper()
	at := func(minutes int, p event.Parcel) event.Parcel {
		p.Accepted = after(time.Duration(minutes) * time.Minute)
		return p
	}
	held := in(event.Held, time.Hour, parcel("phone", "e2", event.Critical))
	held.Code, held.Error, held.Attempt = "blocked", "the bot was blocked: press Start", 3
	dead := in(event.Dead, 0, parcel("mail", "e3", event.Info))
	dead.Code, dead.Error = "timeout", "no answer"
	other := parcel("phone", "e6", event.Info)
	other.Message.Type, other.Message.Title = "backup_fail", "Backup of 101 failed"
	for _, p := range []event.Parcel{
		at(1, parcel("phone", "e1", event.Info)), at(2, held), at(3, dead), at(6, other),
	} {
		queue(t, s, p)
	}
	keep(t, s, &engine.Batch{Waiting: []event.Waiting{
		waits("phone", event.QuietBuffer, "e4", after(4*time.Minute)),
		waits("mail", event.DigestBuffer, "e5", after(5*time.Minute)),
	}})
	told := waits("phone", event.QuietBuffer, "e7", after(7*time.Minute)) // by a summary that stands in the outbox itself
	keep(t, s, &engine.Batch{Waiting: []event.Waiting{told}})
	if _, err := s.writer.conn.ExecContext(t.Context(), "UPDATE quiet_pending SET told_in = 'summary' WHERE event_id = 'e7'"); err != nil {
		t.Fatal(err)
	}
}

func TestUnsentFilter(t *testing.T) {
	s := openTemp(t)
	fillUnsent(t, s)
	for _, test := range []struct {
		name   string
		filter UnsentFilter
		want   string
		total  int
	}{
		{"all, the newest first", UnsentFilter{}, "e6 e5 e4 e3 e2 e1", 6},
		{"page", UnsentFilter{Page: Page{Limit: 2, Offset: 1}}, "e5 e4", 6},
		{"beyond the end", UnsentFilter{Page: Page{Offset: 9}}, "", 6},
		{"channel", UnsentFilter{Channel: "phone"}, "e6 e4 e2 e1", 4},
		{"no such channel", UnsentFilter{Channel: "pager"}, "", 0},
		{"queued", UnsentFilter{State: event.Queued}, "e6 e1", 2},
		{"held", UnsentFilter{State: event.Held}, "e2", 1},
		{"dead", UnsentFilter{State: event.Dead}, "e3", 1},
		{"quiet", UnsentFilter{State: "quiet"}, "e4", 1},
		{"digest", UnsentFilter{State: "digest"}, "e5", 1},
		{"event", UnsentFilter{EventID: "e3"}, "e3", 1},
		{"event in a buffer", UnsentFilter{EventID: "e5"}, "e5", 1},
		{"event that a summary tells", UnsentFilter{EventID: "e7"}, "", 0},
		{"type", UnsentFilter{Type: "backup_fail"}, "e6", 1},
		{"since, until", UnsentFilter{Since: after(2 * time.Minute), Until: after(5 * time.Minute)}, "e4 e3 e2", 3},
		{"ids", UnsentFilter{IDs: []event.UnsentID{{ID: 1}, {Buffer: event.QuietBuffer, ID: 1}, {Buffer: event.QuietBuffer, ID: 9}}}, "e4 e1", 2},
		{"together", UnsentFilter{Channel: "mail", State: event.Dead, Since: after(time.Minute)}, "e3", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			page, tallies, err := s.Unsent(t.Context(), test.filter)
			if err != nil {
				t.Fatal(err)
			}
			var events []string
			for _, u := range page {
				events = append(events, u.EventID)
			}
			total := 0
			for _, tally := range tallies {
				total += tally.Count
			}
			if got := strings.Join(events, " "); got != test.want || total != test.total {
				t.Errorf("got %q of %d, want %q of %d", got, total, test.want, test.total)
			}
		})
	}
}

// TestUnsentRows: a parcel shows what became of it, a buffered message how long
// it waits.
func TestUnsentRows(t *testing.T) {
	s := openTemp(t)
	fillUnsent(t, s)
	page, tallies, err := s.Unsent(t.Context(), UnsentFilter{Channel: "phone", Page: Page{Offset: 1}})
	if err != nil {
		t.Fatal(err)
	}
	want := []event.Unsent{
		{
			ID: event.UnsentID{Buffer: event.QuietBuffer, ID: 1}, Channel: "phone", EventID: "e4", Type: "vm_fail", Severity: event.Warning,
			Title: "VM 100 failed", State: "quiet", Accepted: after(4 * time.Minute), Until: after(64 * time.Minute),
		},
		{
			ID: event.UnsentID{ID: 2}, Channel: "phone", EventID: "e2", Type: "vm_fail", Severity: event.Critical, Title: "VM 100 failed",
			State: event.Held, Attempt: 3, Accepted: after(2 * time.Minute), Due: after(time.Hour),
			Code: "blocked", Error: "the bot was blocked: press Start",
		},
		{
			ID: event.UnsentID{ID: 1}, Channel: "phone", EventID: "e1", Type: "vm_fail", Severity: event.Info, Title: "VM 100 failed",
			State: event.Queued, Accepted: after(time.Minute), Due: noon(),
		},
	}
	if diff := cmp.Diff(want, page); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	counted := []event.Tally{
		{Channel: "phone", State: event.Held, Count: 1, Error: "the bot was blocked: press Start"},
		{Channel: "phone", State: "queued", Count: 2},
		{Channel: "phone", State: "quiet", Count: 1},
	}
	if diff := cmp.Diff(counted, tallies); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestUnsentIsCountedFromTheIndex: a full outbox holds half a gigabyte of
// messages, which a count must not read.
func TestUnsentIsCountedFromTheIndex(t *testing.T) {
	s := openTemp(t)
	var plan []struct {
		ID, Parent, NotUsed int
		Detail              string
	}
	query := "EXPLAIN QUERY PLAN " + unsent + "SELECT channel, state, count(*) FROM unsent WHERE channel = 'phone' GROUP BY channel, state"
	if err := s.readers.Select(&plan, query); err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprint(plan); !strings.Contains(text, "outbox USING COVERING INDEX outbox_next") {
		t.Errorf("got the plan %s", text)
	}
}

func BenchmarkUnsent(b *testing.B) {
	s := openTemp(b)
	const rows = 100_000
	batch := &engine.Batch{}
	for i := range rows {
		p := parcel(fmt.Sprint("channel", i%4), fmt.Sprint("e", i), event.Info)
		p.Message.Body, p.Accepted = strings.Repeat("line of a mail\n", 60), after(time.Duration(i)*time.Second)
		batch.Queued = append(batch.Queued, p)
	}
	keep(b, s, batch)
	for name, f := range map[string]UnsentFilter{
		"all": {}, "channel": {Channel: "channel1", State: event.Queued}, "deep": {Page: Page{Offset: rows / 2}}, "type": {Type: "vm_fail"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if page, _, err := s.Unsent(b.Context(), f); err != nil || len(page) != 100 {
					b.Fatal(len(page), err)
				}
			}
		})
	}
}
