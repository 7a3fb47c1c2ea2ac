package store

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
)

// refuse makes a table refuse rows, as a damaged or altered one does.
func refuse(t testing.TB, s *Store, table string) {
	t.Helper()
	refuseTo(t, s, "INSERT", table)
}

func refuseTo(t testing.TB, s *Store, what, table string) {
	t.Helper()
	if s.server != nil {
		alter(t, s, "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% takes no rows', TG_TABLE_NAME; END $$")
		alter(t, s, fmt.Sprintf("CREATE TRIGGER refuse_%[1]s BEFORE %[2]s ON %[1]s EXECUTE FUNCTION refuse()", table, what))
		return
	}
	alter(t, s, fmt.Sprintf("CREATE TRIGGER refuse_%[1]s BEFORE %[2]s ON %[1]s BEGIN SELECT RAISE(ABORT, '%[1]s takes no rows'); END", table, what))
}

func allow(t testing.TB, s *Store, table string) {
	t.Helper()
	if s.server != nil {
		alter(t, s, "DROP FUNCTION refuse() CASCADE")
		return
	}
	alter(t, s, "DROP TRIGGER refuse_"+table)
}

func alter(t testing.TB, s *Store, query string) {
	t.Helper()
	if _, err := s.writer.conn.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

// sentNow settles the first parcel of a channel, with everything that only people
// read.
func sentNow(t testing.TB, s *Store, id string) *engine.Batch {
	t.Helper()
	p := parcel("phone", id, event.Warning)
	keep(t, s, &engine.Batch{Queued: []event.Parcel{p}})
	next, err := s.Next(t.Context(), "phone", 1)
	if err != nil || len(next) != 1 {
		t.Fatalf("next: %v, %v", next, err)
	}
	p = next[0]
	p.State = event.Sent
	return &engine.Batch{
		Settled:   []event.Settlement{{Parcel: p, Delivery: delivery("phone", id, noon())}},
		Decisions: []event.Decision{decision(id, noon())},
		Arrived:   []event.Recorded{arrived(id, noon())},
	}
}

// TestWhenOnlyRecordsAreRefused: the outbox moves on, what is lost is counted, and
// what can be written is.
func TestWhenOnlyRecordsAreRefused(t *testing.T) {
	for _, table := range recordTables() {
		t.Run(table, func(t *testing.T) {
			s := openTemp(t)
			batch := sentNow(t, s, "e1")
			refuse(t, s, table)
			keep(t, s, batch)
			if left, err := s.Outbox(t.Context(), OutboxFilter{}); err != nil || len(left) != 0 {
				t.Errorf("the outbox has %v, %v; want the settlement kept", left, err)
			}
			state := s.Records()
			if !slices.Equal(state.Failing, []string{table}) || state.Lost != 1 || state.Since.IsZero() || state.Why == "" {
				t.Errorf("records are %+v", state)
			}
			wantSign(t, s, "they began to fail")
			c := snapshot(t, s)
			for name, rows := range map[string]int{historyTable: len(c.History), decisionsTable: len(c.Decisions), eventsTable: len(c.Events)} {
				want := 1
				if name == table {
					want = 0
				}
				if rows != want {
					t.Errorf("%s has %d rows, want %d", name, rows, want)
				}
			}

			keep(t, s, sentNow(t, s, "e2"))
			if state := s.Records(); state.Lost != 2 {
				t.Errorf("lost %d rows, want 2", state.Lost)
			}
			allow(t, s, table)
			keep(t, s, sentNow(t, s, "e3"))
			if state := s.Records(); !state.IsWhole() || state.Lost != 2 || !state.Since.IsZero() {
				t.Errorf("afterwards records are %+v", state)
			}
			wantSign(t, s, "they are written again")
		})
	}
}

func wantSign(t *testing.T, s *Store, of string) {
	t.Helper()
	select {
	case <-s.RecordsChanged():
	default:
		t.Errorf("no sign that %s", of)
	}
	select {
	case <-s.RecordsChanged():
		t.Errorf("two signs that %s", of)
	default:
	}
}

// TestWhatIsToldTogetherNeedsNoRecord: summaries, merged queues and copies decide
// about many events at once.
func TestWhatIsToldTogetherNeedsNoRecord(t *testing.T) {
	s := openTemp(t)
	keep(t, s, &engine.Batch{
		Queued:  []event.Parcel{parcel("phone", "e1", event.Info), parcel("phone", "e2", event.Info), parcel("mail", "e3", event.Info)},
		Waiting: []event.Waiting{waits("phone", event.QuietBuffer, "e5", noon())},
	})
	into := parcel("phone", "m1", event.Info)
	into.ID = 1
	copied := parcel("chat", "e3", event.Info)
	copied.CopyID, copied.CopyFor = "c1", "mail"
	refuse(t, s, decisionsTable)
	keep(t, s, &engine.Batch{
		Merged: []engine.Merged{{Into: into, IDs: []int64{1, 2}, Decision: decision("", noon())}},
		Queued: []event.Parcel{copied},
		Copied: []engine.Copied{{CopyID: "c1", IDs: []int64{3}, Decision: decision("", noon())}},
		Told:   []engine.Told{told("phone", event.QuietBuffer, "summary")},
	})
	all, err := s.Outbox(t.Context(), OutboxFilter{})
	if err != nil || ids(all) != "m1 e3 e3" || all[1].CopiedIn != "c1" {
		t.Errorf("the outbox has %q, %v", ids(all), err)
	}
	if _, total, _, err := s.Waiting(t.Context(), "phone", event.QuietBuffer, 9); err != nil || total != 0 {
		t.Errorf("%d wait, %v; want them told", total, err)
	}
	if state := s.Records(); state.Lost < 3 {
		t.Errorf("records are %+v", state)
	}
	sent := all[2]
	sent.State = event.Sent
	keep(t, s, &engine.Batch{Settled: []event.Settlement{{Parcel: sent, Covered: decision("", noon())}}})
	if all, err := s.Outbox(t.Context(), OutboxFilter{}); err != nil || ids(all) != "m1" {
		t.Errorf("the outbox has %q, %v; want what the copy stood in for settled", ids(all), err)
	}
}

// TestOtherTablesAreNoRecords: what somebody waits for is kept, or the commit
// fails.
func TestOtherTablesAreNoRecords(t *testing.T) {
	s := openTemp(t)
	keep(t, s, batchOfEverything())
	want := snapshot(t, s)
	refuse(t, s, "stamps")
	if err := s.Commit(t.Context(), &engine.Batch{Stamps: []engine.Stamp{stamp(2, after(day))}, History: []event.Delivery{delivery("phone", "e1", noon())}}); err == nil {
		t.Error("the commit succeeded")
	}
	refuse(t, s, historyTable) // also both at once
	if err := s.Commit(t.Context(), &engine.Batch{Stamps: []engine.Stamp{stamp(2, after(day))}, History: []event.Delivery{delivery("phone", "e1", noon())}}); err == nil {
		t.Error("the commit succeeded")
	}
	if diff := cmp.Diff(want, snapshot(t, s)); diff != "" {
		t.Errorf("a commit that failed left something (-want +got):\n%s", diff)
	}
}

// TestARecordTableThatIsGone: what cannot even be prepared.
func TestARecordTableThatIsGone(t *testing.T) {
	s := openTemp(t)
	batch := sentNow(t, s, "e1")
	alter(t, s, "ALTER TABLE notification_history RENAME TO elsewhere")
	keep(t, s, batch)
	if left, err := s.Outbox(t.Context(), OutboxFilter{}); err != nil || len(left) != 0 {
		t.Errorf("the outbox has %v, %v; want the settlement kept", left, err)
	}
	if known, err := s.Knows(t.Context(), "phone", []string{"e1"}); err != nil || len(known) != 0 {
		t.Errorf("knows %v, %v", known, err)
	}
	if _, err := s.Prune(t.Context(), after(100*day), Retention{Step: 1000 * day}); err == nil {
		t.Error("pruning a table that is gone succeeded")
	}
	if c := len(snapshotOf(t, s)); c != 0 {
		t.Errorf("%d decisions are left: pruning ended at the first table", c)
	}
	alter(t, s, "ALTER TABLE elsewhere RENAME TO notification_history")
	keep(t, s, sentNow(t, s, "e2"))
	if state := s.Records(); !state.IsWhole() {
		t.Errorf("afterwards records are %+v", state)
	}
}

func snapshotOf(t *testing.T, s *Store) []event.Decision {
	t.Helper()
	list, _, err := s.Decisions(t.Context(), DecisionFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestDamageInTheHistoryAlone: the settlement is kept, and the damage is told, so
// that the next start mends it.
func TestDamageInTheHistoryAlone(t *testing.T) {
	s := openTemp(t)
	for n := range 200 { // more pages than its root
		keep(t, s, &engine.Batch{History: []event.Delivery{delivery("phone", fmt.Sprint("e", n), noon())}})
	}
	batch := sentNow(t, s, "last")
	var indexes []int64
	if err := s.readers.Select(&indexes, "SELECT rootpage FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'notification_history'"); err != nil {
		t.Fatal(err)
	}
	alter(t, s, "PRAGMA wal_checkpoint(TRUNCATE)")
	s.writer.drop() // it has them in memory
	file, err := os.OpenFile(s.path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range indexes {
		if _, err := file.WriteAt(bytes.Repeat([]byte("spoiled "), pageSize/8), (page-1)*pageSize); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	keep(t, s, batch)
	if left, err := s.Outbox(t.Context(), OutboxFilter{}); err != nil || len(left) != 0 {
		t.Errorf("the outbox has %v, %v; want the settlement kept", left, err)
	}
	// After such an error SQLite takes nothing more in the same transaction.
	if state := s.Records(); !slices.Contains(state.Failing, historyTable) || state.Lost == 0 {
		t.Errorf("records are %+v", state)
	}
	select {
	case err := <-s.Damaged():
		if !IsDamaged(err) {
			t.Error(err)
		}
	default:
		t.Error("the damage is not told")
	}
	s = reopen(t, s)
	if r, err := s.Recovery(); err != nil || r == nil {
		t.Errorf("the next start recovered %+v, %v", r, err)
	}
	if _, total, err := s.History(t.Context(), HistoryFilter{}); err != nil || total != 200 {
		t.Errorf("the history has %d rows, %v; want all that were written", total, err)
	}
	keep(t, s, sentNow(t, s, "e1"))
}
