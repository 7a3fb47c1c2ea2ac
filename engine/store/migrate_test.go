package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tocsin/engine"
	"tocsin/engine/event"
)

// migrated opens the database at path with scripts in place of the embedded
// ones.
func migrated(ctx context.Context, t *testing.T, path string, scripts ...string) (*Store, error) {
	s := newStore(path)
	t.Cleanup(func() { s.Close() })
	return s, s.open(ctx, scripts)
}

func TestMigrate(t *testing.T) {
	first, err := newestSchema(migrations)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "t.db")
	s := openAt(t, path)
	keep(t, s, batchOfEverything())
	want := snapshot(t, s)
	s.Close()

	added := "CREATE TABLE extra (a INTEGER);"
	broken := "CREATE TABLE more (a INTEGER); INSERT INTO nowhere VALUES (1);"
	s, err = migrated(t.Context(), t, path, append(first, added, broken)...)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("from %d to %d", len(first)+1, len(first)+2)) {
		t.Fatalf("a broken script: %v", err)
	}
	s.Close()
	copies, err := filepath.Glob(fmt.Sprintf("%s.schema-%d-*", path, len(first)))
	if err != nil || len(copies) != 1 {
		t.Fatalf("copies: %v, %v; want one", copies, err)
	}
	if info, err := os.Stat(copies[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v (%v), want 0600", info.Mode(), err)
	}

	// What went well stays, what went wrong left nothing.
	s, err = migrated(t.Context(), t, path, append(first, added)...)
	if err != nil {
		t.Fatal(err)
	}
	var tables int
	if err := s.readers.Get(&tables, "SELECT count(*) FROM sqlite_schema WHERE name IN ('extra', 'more')"); err != nil || tables != 1 {
		t.Errorf("%d of the tables extra and more exist (%v), want 1", tables, err)
	}
	if diff := cmp.Diff(want, snapshot(t, s)); diff != "" {
		t.Errorf("the migrated database differs (-want +got):\n%s", diff)
	}
	s.Close()

	// The copy is a whole database of the old schema.
	if diff := cmp.Diff(want, snapshot(t, openAt(t, copies[0]))); diff != "" {
		t.Errorf("the copy differs (-want +got):\n%s", diff)
	}

	// This program knows one schema only.
	_, err = Open(t.Context(), "sqlite:"+path)
	newer, ok := errors.AsType[*NewerError](err)
	if !ok || newer.Have != len(first)+1 || newer.Known != len(first) {
		t.Errorf("open a newer schema: %v", err)
	}
}

// TestADatabaseOfTheFirstSchemaIsKept begins with the schema of the first
// release and what it held. The statements are those of that release.
func TestADatabaseOfTheFirstSchemaIsKept(t *testing.T) {
	scripts, err := newestSchema(migrations)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "t.db")
	s, err := migrated(t.Context(), t, path, scripts[0])
	if err != nil {
		t.Fatal(err)
	}
	fillFirstSchema(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, path)
	got := snapshot(t, s)
	old := decision("e2", noon())
	old.Code = ""
	waits := held("b1", "e1")
	waits.Channels = nil
	p := parcel("phone", "e3", event.Critical)
	p.ID = 1
	sent := delivery("phone", "e4", noon())
	sent.ID = 1
	want := contents{
		Saved: engine.Saved{
			Stamps: []engine.Stamp{stamp(1, after(time.Hour))}, Buckets: []engine.Bucket{{Key: "b1", State: []byte(`{"n":1}`)}},
			Held: []engine.Held{waits}, Claims: []event.Claim{claim("k1", after(time.Hour))},
		},
		Outbox: []event.Parcel{p}, Queues: []Queue{{Channel: "phone", Waiting: 1, Oldest: noon(), Due: noon()}},
		History: []event.Delivery{sent}, Decisions: []event.Decision{old},
		Tokens: []Token{{ID: "t1", Name: "pve", Scope: "send", Hash: []byte{1}, Created: noon()}},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	keep(t, s, batchOfEverything())
	if copies, err := filepath.Glob(path + ".schema-1-*"); err != nil || len(copies) != 1 {
		t.Errorf("copies: %v, %v; want one of the first schema", copies, err)
	}
}

func fillFirstSchema(t *testing.T, s *Store) {
	t.Helper()
	text, at, p := newEncoder(), millis(noon()), parcel("phone", "e3", event.Critical)
	body := func(v any) string {
		out, err := text.encode(v)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	mark, d, sent := fingerprint(1), decision("e2", noon()), delivery("phone", "e4", noon())
	err := s.change(t.Context(), "fill", func(x *tx) error {
		for _, row := range []struct {
			query string
			args  []any
		}{
			{"INSERT INTO burst_pending (event_id,bucket,event) VALUES ('e1','b1',?)", []any{body(held("b1", "e1").Event)}},
			{"INSERT INTO bursts (key,state) VALUES ('b1','{\"n\":1}')", nil},
			{"INSERT INTO stamps (fingerprint,event_type,severity,last_sent_ts,cooldown_until,count) VALUES (?,'vm_fail','CRITICAL',?,?,2)",
				[]any{mark[:], at, millis(after(time.Hour))}},
			{"INSERT INTO claims (key,digest,event_id,until) VALUES ('k1','d1','e1',?)", []any{millis(after(time.Hour))}},
			{`INSERT INTO outbox (channel,urgent,state,attempt,accepted_at,due_at,error_code,error_message,plain,maybe,event_id,source,message)
				VALUES ('phone',1,'queued',0,?,?,'','',0,0,'e3','webhook',?)`, []any{at, at, body(&p.Message)}},
			{`INSERT INTO notification_history (sent_at,channel,event_type,severity,title,message,success,error_code,error_message,attempt,latency,event_id,source,provider_message_id)
				VALUES (?,'phone','vm_fail','WARNING',?,?,1,'','',1,120,'e4','webhook','42')`, []any{at, sent.Title, sent.Message}},
			{`INSERT INTO decisions (decided_at,event_id,event_type,channel,stage,outcome,reason,place,count)
				VALUES (?,'e2','vm_fail','phone','cooldown','suppressed',?,?,3)`, []any{at, d.Reason, d.Place}},
			{"INSERT INTO tokens (id,name,scope,hash,created_at,expires_at,used_at) VALUES ('t1','pve','send',?,?,0,0)", []any{[]byte{1}, at}},
		} {
			if _, err := x.exec(row.query, row.args...); err != nil {
				return fmt.Errorf("%s: %w", row.query, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSchemaScriptsAreInOrder(t *testing.T) {
	scripts, err := newestSchema(fstest.MapFS{
		"migrations/0010_c.sql": {Data: []byte("c")},
		"migrations/0002_b.sql": {Data: []byte("b")},
		"migrations/0001_a.sql": {Data: []byte("a")},
		"migrations/notes.txt":  {Data: []byte("n")},
	})
	if diff := cmp.Diff([]string{"a", "b", "c"}, scripts); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
