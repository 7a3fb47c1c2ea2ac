package store

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
)

// noon is the instant at which the tests take place.
func noon() time.Time { return time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC) }

func after(d time.Duration) time.Time { return noon().Add(d) }

// openTemp opens a store of its own for a test, in the engine that the test is for.
func openTemp(t testing.TB) *Store {
	if onPostgres(t) {
		return openAddress(t, postgres.Database(t))
	}
	return openAt(t, filepath.Join(t.TempDir(), "t.db"))
}

func openAt(t testing.TB, path string) *Store { return openAddress(t, "sqlite:"+escape(path)) }

func openAddress(t testing.TB, address string) *Store {
	t.Helper()
	s, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func reopen(t testing.TB, s *Store) *Store {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return openAddress(t, addressOf(s))
}

// addressOf is how another store opens the same.
func addressOf(s *Store) string {
	if s.server != nil {
		return s.server.config.ConnString()
	}
	return "sqlite:" + escape(s.path)
}

// unsynced makes commits of s fast for tests in which no process dies.
func unsynced(t testing.TB, s *Store) *Store {
	t.Helper()
	if s.server != nil { // the whole server of the tests is
		return s
	}
	if _, err := s.writer.conn.ExecContext(t.Context(), "PRAGMA synchronous = OFF"); err != nil {
		t.Fatal(err)
	}
	return s
}

func keep(t testing.TB, s *Store, b *engine.Batch) {
	t.Helper()
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func fingerprint(n int) event.Fingerprint {
	return event.FingerprintOf(&event.Event{Type: fmt.Sprint("type ", n)}, []string{})
}

func message(id string, s event.Severity) event.Message {
	return event.Message{
		ID: "m-" + id, EventID: id, Type: "vm_fail", Group: "vm_ct", Severity: s, Icon: "🔥",
		Title: "VM 100 failed", Body: "exit code 1\nsee the log", Host: "pve1", Time: noon(),
		Details: []event.Detail{{Label: "Guest", Value: "web01 (100)"}},
	}
}

func parcel(channel, id string, s event.Severity) event.Parcel {
	return event.Parcel{
		Channel: channel, Message: message(id, s), Source: "webhook", State: event.Queued,
		Accepted: noon(), Due: noon(),
	}
}

func delivery(channel, id string, at time.Time) event.Delivery {
	return event.Delivery{
		EventID: id, SentAt: at, Channel: channel, Type: "vm_fail", Severity: event.Warning,
		Title: "VM 100 failed", Message: "exit code 1", Success: true, Attempt: 1,
		Latency: 120 * time.Millisecond, Source: "webhook", MessageID: "42",
	}
}

func decision(id string, at time.Time) event.Decision {
	return event.Decision{
		Time: at, EventID: id, Type: "vm_fail", Channel: "phone", Stage: "cooldown", Outcome: "suppressed",
		Code: "cooling_down", Reason: "sent 3m ago, cooldown 1h", Place: "main.hcl:12", Count: 3,
	}
}

func held(bucket, id string) engine.Held {
	return engine.Held{Bucket: bucket, Channels: []string{"phone", "mail"}, Event: &event.Event{
		ID: id, Type: "auth_fail", Group: "security", Severity: event.Warning, Source: "webhook",
		Host: "pve1", Cluster: "lab", Time: noon(), Guest: &event.Guest{ID: "100", Tags: []string{"a"}},
		Data: map[string]any{"source_ip": "192.0.2.7", "tries": 3.0, "list": []any{"x"}},
	}}
}

func stamp(n int, until time.Time) engine.Stamp {
	return engine.Stamp{Fingerprint: fingerprint(n), Type: "vm_fail", Severity: event.Critical, At: noon(), Until: until, Count: 2}
}

func claim(key string, until time.Time) event.Claim {
	return event.Claim{Key: key, Digest: "d1", EventID: "e1", Until: until}
}

// batchOfEverything leaves at least one row in every table.
func batchOfEverything() *engine.Batch {
	failed := parcel("phone", "e2", event.Info)
	failed.ID, failed.State, failed.Attempt = 1, event.Retry, 1
	return &engine.Batch{
		Stamps:    []engine.Stamp{stamp(1, after(time.Hour))},
		Held:      []engine.Held{held("b1", "e9")},
		Buckets:   []engine.Bucket{{Key: "b1", State: []byte(`{"count":3}`)}},
		Queued:    []event.Parcel{parcel("phone", "e1", event.Info)},
		Settled:   []event.Settlement{{Parcel: failed, Delivery: delivery("phone", "e1", noon())}},
		Claims:    []event.Claim{claim("k1", after(time.Hour))},
		Positions: []event.Position{{Source: "journal", At: "s=1"}},
		Decisions: []event.Decision{decision("e3", noon())},
		History:   []event.Delivery{delivery("mail", "e4", after(time.Second))},
		Waiting:   []event.Waiting{waits("phone", event.QuietBuffer, "e5", noon()), waits("mail", event.DigestBuffer, "e6", noon())},
		Opened:    []engine.Open{open("o1", "e7", noon())},
		Causes:    []engine.Cause{{Key: "c1", Inhibition: "lost node", Event: held("", "e8").Event, Until: after(time.Hour)}},
		Digested:  []engine.Digested{{Channel: "phone", Day: "2026-03-01"}},
		Arrived:   []event.Recorded{arrived("e1", noon())},
	}
}

func waits(channel string, buffer event.Buffer, id string, when time.Time) event.Waiting {
	m := parcel(channel, id, event.Warning).Message
	m.Time, m.Body, m.Details = when, "", nil // which are not read back
	return event.Waiting{Channel: channel, Buffer: buffer, Message: m, Source: "api", Since: when, Until: when.Add(time.Hour)}
}

// told tells all that waits in a buffer.
func told(channel string, buffer event.Buffer, id string) engine.Told {
	return engine.Told{Channel: channel, Buffer: buffer, Rest: true, Decision: event.Decision{
		Time: noon(), Stage: string(engine.StageOf(buffer)), Outcome: "folded", Code: "told_together", Reason: "told in " + id, ToldIn: id,
	}}
}

func open(key, id string, when time.Time) engine.Open {
	return engine.Open{Key: key, Event: held("", id).Event, Since: when, State: []byte(`{"since":"2026-03-01T12:00:00Z"}`)}
}

func arrived(id string, when time.Time) event.Recorded {
	return event.Recorded{Arrived: when, Incoming: event.Incoming{ID: id, Type: "backup_fail", Data: map[string]any{"vmid": 101.0}}}
}

// contents is all that a store gives back.
type contents struct {
	Saved     engine.Saved
	Outbox    []event.Parcel
	Queues    []Queue
	History   []event.Delivery
	Decisions []event.Decision
	Tokens    []Token
	Waiting   []event.Waiting
	Events    []event.Recorded
}

func snapshot(t testing.TB, s *Store) contents { return snapshotAt(t, s, noon()) }

func snapshotAt(t testing.TB, s *Store, now time.Time) (c contents) {
	t.Helper()
	ctx, all := t.Context(), Page{Limit: pageLimit}
	var errs [8]error
	c.Saved, errs[0] = s.Load(ctx, now)
	c.Outbox, errs[1] = s.Outbox(ctx, OutboxFilter{Page: all})
	c.Queues, errs[2] = s.Queues(ctx)
	c.History, _, errs[3] = s.History(ctx, HistoryFilter{Page: all})
	c.Decisions, _, errs[4] = s.Decisions(ctx, DecisionFilter{Page: all})
	c.Tokens, errs[5] = s.Tokens(ctx)
	c.Waiting, errs[6] = allWaiting(ctx, s)
	c.Events, errs[7] = s.Events(ctx, RecordedFilter{Page: all})
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func allWaiting(ctx context.Context, s *Store) (all []event.Waiting, err error) {
	for _, channel := range channels() {
		for _, buffer := range []event.Buffer{event.QuietBuffer, event.DigestBuffer} {
			rows, total, _, err := s.Waiting(ctx, channel, buffer, pageLimit)
			if err != nil || total != len(rows) {
				return nil, fmt.Errorf("%d of %d wait in %s of %s: %w", len(rows), total, buffer, channel, err)
			}
			for _, r := range rows {
				r.ID = 0
				all = append(all, r)
			}
		}
	}
	return all, nil
}

// escape writes path as it stands in a store's address.
func escape(path string) string { return strings.ReplaceAll(path, "%", "%25") }
