package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/engine/store/storetest"
)

// node opens another store in the same database.
func node(t *testing.T, address string) *Store {
	t.Helper()
	s := openAddress(t, address)
	s.server.lease = time.Hour // none expires but by the test's own doing
	return s
}

func campaign(t *testing.T, s *Store) bool {
	t.Helper()
	judges, err := s.Campaign(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return judges
}

// expire ends the lease of a channel, as if its holder had not renewed it.
func expire(t *testing.T, s *Store, channel string) {
	t.Helper()
	if _, err := s.readers.Exec("UPDATE leases SET until = clock_timestamp() - interval '1 second' WHERE channel = $1", channel); err != nil {
		t.Fatal(err)
	}
}

func lease(t *testing.T, s *Store, channel string) int64 {
	t.Helper()
	fence, _, err := s.Lease(t.Context(), channel)
	if err != nil {
		t.Fatal(err)
	}
	return fence
}

func TestPostgresOneNodeJudges(t *testing.T) {
	address := postgres.Database(t)
	first, second := node(t, address), node(t, address)
	if won := campaign(t, first); !won || !campaign(t, first) || campaign(t, second) {
		t.Fatal("want the first node to judge, and it alone")
	}
	judged := &engine.Batch{Judged: true, Stamps: []engine.Stamp{stamp(1, after(time.Hour))}}
	keep(t, first, judged)
	if err := second.Commit(t.Context(), judged); !errors.Is(err, engine.ErrDeposed) {
		t.Errorf("a node that does not judge commits: %v, want %v", err, engine.ErrDeposed)
	}
	// The server ends the session, as it does with that of a node which was stopped.
	if _, err := second.readers.Exec("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); !campaign(t, second); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the second node does not become the judge")
		}
	}
	for range 2 { // the first attempt finds the connection gone, the second has another
		if err := first.Commit(t.Context(), judged); err == nil {
			t.Error("a judge whose session has ended keeps something")
		}
	}
	select {
	case <-first.Deposed():
	default:
		t.Error("the node is not told that it judges no longer")
	}
	if campaign(t, first) {
		t.Error("two nodes judge")
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if !campaign(t, first) {
		t.Error("nobody takes over from a node that left")
	}
}

// TestPostgresEndsSilentJudges: a node that was stopped keeps no role.
func TestPostgresEndsSilentJudges(t *testing.T) {
	s := openAddress(t, postgres.Database(t))
	var silent, within string
	if err := s.writer.conn.GetContext(t.Context(), &silent, "SHOW idle_session_timeout"); err != nil {
		t.Fatal(err)
	}
	if err := s.writer.conn.GetContext(t.Context(), &within, "SHOW idle_in_transaction_session_timeout"); err != nil {
		t.Fatal(err)
	}
	if silent != "20s" || within != "20s" {
		t.Errorf("a silent session ends after %s, in a transaction after %s; want 20s", silent, within)
	}
}

// TestPostgresFence: what a paused worker says of parcels that another took is not
// kept; that it sent them is.
func TestPostgresFence(t *testing.T) {
	address := postgres.Database(t)
	first, second := node(t, address), node(t, address)
	if fence, wait, err := first.Lease(t.Context(), "phone"); fence != 0 || wait != 0 || err != nil {
		t.Errorf("with nothing to send: fence %d, wait %v, %v", fence, wait, err)
	}
	keep(t, first, &engine.Batch{Queued: []event.Parcel{parcel("phone", "e1", event.Info), parcel("phone", "e2", event.Info), parcel("mail", "e3", event.Info)}})
	fence := lease(t, first, "phone")
	if fence == 0 {
		t.Fatal("the first node gets no lease")
	}
	if taken, wait, err := second.Lease(t.Context(), "phone"); taken != 0 || wait < 59*time.Minute || err != nil {
		t.Errorf("the second node: fence %d, wait %v, %v", taken, wait, err)
	}
	keep(t, first, &engine.Batch{Fences: map[string]int64{"phone": fence}, Sending: []engine.Sending{{ID: 1, Channel: "phone"}}})
	expire(t, first, "phone") // the first node is paused
	newer := lease(t, second, "phone")
	if newer <= fence {
		t.Fatalf("the second node has fence %d after %d", newer, fence)
	}
	next, err := second.Next(t.Context(), "phone", 9)
	if err != nil || ids(next) != "e1 e2" || next[0].State != event.Unknown || !next[0].Maybe {
		t.Fatalf("the second node finds %+v, %v; want the first parcel as perhaps sent", next, err)
	}

	late := next[0] // the first node goes on
	late.State = event.Sent
	other := parcel("mail", "e3", event.Info)
	other.ID, other.State, other.Attempt = 3, event.Retry, 1
	copied := parcel("chat", "e2", event.Info)
	copied.CopyID = "c1"
	into := parcel("phone", "m1", event.Info)
	into.ID = 1
	mail := lease(t, first, "mail")
	batch := &engine.Batch{
		Fences:  map[string]int64{"phone": fence, "mail": mail},
		Sending: []engine.Sending{{ID: 2, Channel: "phone"}},
		Settled: []event.Settlement{{Parcel: late, Delivery: delivery("phone", "e1", noon())}, {Parcel: other, Delivery: delivery("mail", "e3", noon())}},
		Queued:  []event.Parcel{copied},
		Copied:  []engine.Copied{{Channel: "phone", CopyID: "c1", IDs: []int64{2}, Decision: decision("", noon())}},
		Merged:  []engine.Merged{{Into: into, IDs: []int64{1, 2}, Decision: decision("", noon())}},
	}
	keep(t, first, batch)
	if diff := cmp.Diff([]string{"phone"}, batch.Lost); diff != "" {
		t.Errorf("lost channels (-want +got):\n%s", diff)
	}
	if again, err := second.Next(t.Context(), "phone", 9); err != nil || cmp.Diff(next, again) != "" {
		t.Errorf("the second node's queue changed under it: %v\n%s", err, cmp.Diff(next, again))
	}
	if all, err := second.Outbox(t.Context(), OutboxFilter{}); err != nil || ids(all) != "e1 e2 e3" || all[2].State != event.Retry {
		t.Errorf("the outbox has %s, %v; want what the node may still say of mail, and no copy", ids(all), err)
	}
	if _, total, err := second.History(t.Context(), HistoryFilter{}); err != nil || total != 2 {
		t.Errorf("the history has %d rows, %v; want both attempts", total, err)
	}

	keep(t, second, &engine.Batch{Fences: map[string]int64{"phone": newer}, Settled: []event.Settlement{{Parcel: late}}})
	if left, err := second.Next(t.Context(), "phone", 9); err != nil || ids(left) != "e2" {
		t.Errorf("the holder settles, and the outbox has %s, %v", ids(left), err)
	}
	if held, err := second.Renew(t.Context()); err != nil || held["phone"] != newer || len(held) != 1 {
		t.Errorf("the second node renews %v, %v", held, err)
	}
	if err := second.Release(t.Context(), "phone", newer); err != nil {
		t.Fatal(err)
	}
	if lease(t, first, "phone") <= newer {
		t.Error("a lease that was released is not free")
	}
}

// TestPostgresLeasesAreExclusive: of many nodes that want a channel at once, one
// has it.
func TestPostgresLeasesAreExclusive(t *testing.T) {
	address := postgres.Database(t)
	nodes := []*Store{node(t, address), node(t, address), node(t, address)}
	keep(t, nodes[0], &engine.Batch{Queued: []event.Parcel{parcel("phone", "e1", event.Info)}})
	for round := range 20 {
		fences := make([]int64, len(nodes))
		var asking sync.WaitGroup
		for i, s := range nodes {
			asking.Go(func() {
				var err error
				if fences[i], _, err = s.Lease(t.Context(), "phone"); err != nil {
					t.Error(err)
				}
			})
		}
		asking.Wait()
		holders := 0
		for _, fence := range fences {
			if fence > 0 {
				holders++
			}
		}
		if holders != 1 {
			t.Fatalf("round %d: %d nodes have the lease, fences %v", round, holders, fences)
		}
		expire(t, nodes[0], "phone")
	}
}

// TestPostgresInbox: what a node accepted is kept, and judged once.
func TestPostgresInbox(t *testing.T) {
	address := postgres.Database(t)
	judge, other := node(t, address), node(t, address)
	campaign(t, judge)
	in := arrived("e1", noon()).Incoming
	in.Except, in.AtLeast = "mail", true
	failed := &event.SendError{Class: event.Target, Code: "bad_token", Why: "refused", Do: "renew it", RetryAfter: time.Minute}
	posted := []engine.Posted{
		{Event: &in, Claim: claim("k1", time.Now().Add(time.Hour))},
		{Attempt: &engine.Attempt{Channel: "phone", Err: failed, Delivery: delivery("phone", "e0", noon())}},
		{Moved: true},
	}
	keep(t, other, &engine.Batch{Posted: posted, Claims: []event.Claim{posted[0].Claim}})
	got, err := judge.Posted(t.Context(), 10)
	if err != nil || len(got) != 3 {
		t.Fatalf("the inbox has %+v, %v", got, err)
	}
	var taken []int64
	for i := range got {
		taken = append(taken, got[i].ID)
		got[i].ID = 0
		if got[i].Attempt != nil {
			got[i].Attempt.Delivery.Latency = posted[i].Attempt.Delivery.Latency // not shown to anybody
		}
		got[i].Claim.Until = posted[i].Claim.Until
	}
	if diff := cmp.Diff(posted, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if v, err := judge.Volume(t.Context()); err != nil || v.Rows != 3 || v.Bytes == 0 {
		t.Errorf("what waits is %+v, %v; want the inbox in it", v, err)
	}
	if err := other.Commit(t.Context(), &engine.Batch{Judged: true, Taken: taken}); !errors.Is(err, engine.ErrDeposed) {
		t.Errorf("a node that does not judge takes from the inbox: %v", err)
	}
	keep(t, judge, &engine.Batch{Judged: true, Taken: taken[:2], Refused: map[int64]string{taken[2]: "it is odd"}})
	if left, err := judge.Posted(t.Context(), 10); err != nil || len(left) != 0 {
		t.Errorf("the inbox has %+v, %v", left, err)
	}
}

// TestPostgresClaims: a key that one node took no other takes.
func TestPostgresClaims(t *testing.T) {
	address := postgres.Database(t)
	first, second := node(t, address), node(t, address)
	until := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	mine := event.Claim{Key: "k1", Digest: "d1", EventID: "e1", Until: until}
	over := event.Claim{Key: "k2", Digest: "d1", EventID: "e1", Until: time.Now().Add(-time.Second)}
	keep(t, first, &engine.Batch{Claims: []event.Claim{mine, over}})
	keep(t, first, &engine.Batch{Claims: []event.Claim{mine}}) // the judge keeps it again
	theirs := event.Claim{Key: "k1", Digest: "d2", EventID: "e2", Until: until}
	err := second.Commit(t.Context(), &engine.Batch{Claims: []event.Claim{theirs}, Queued: []event.Parcel{parcel("phone", "e2", event.Info)}})
	taken, ok := errors.AsType[*engine.Claimed](err)
	if !ok || len(taken.Claims) != 1 || taken.Claims[0].EventID != "e1" || taken.Claims[0].Digest != "d1" || !taken.Claims[0].Until.Equal(until) {
		t.Errorf("the second node: %v, %+v", err, taken)
	}
	if all, err := second.Outbox(t.Context(), OutboxFilter{}); err != nil || len(all) != 0 {
		t.Errorf("something of it was kept: %v, %v", all, err)
	}
	keep(t, second, &engine.Batch{Claims: []event.Claim{{Key: "k2", Digest: "d2", EventID: "e2", Until: until}}})
}

func TestPostgresNodes(t *testing.T) {
	address := postgres.Database(t)
	first, second := node(t, address), node(t, address)
	campaign(t, first)
	for i, s := range []*Store{first, second} {
		if err := s.Beat(t.Context(), fmt.Sprint("host", i), "v1"); err != nil {
			t.Fatal(err)
		}
	}
	list, err := second.Nodes(t.Context())
	if err != nil || len(list) != 2 || list[0].Host != "host0" || !list[0].Judges || list[0].Self || !list[1].Self || list[1].Judges || list[1].Started.IsZero() {
		t.Errorf("nodes are %+v, %v", list, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if list, err = second.Nodes(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("after one left, nodes are %+v, %v", list, err)
	}
}

// TestPostgresFollow: what another node did is heard of.
func TestPostgresFollow(t *testing.T) {
	address := postgres.Database(t)
	first, second := node(t, address), node(t, address)
	heard := make(chan string, 100)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go second.Follow(ctx, func(table string) { heard <- table })
	want := func(table string) {
		t.Helper()
		for {
			select {
			case got := <-heard:
				if got == table {
					return
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("nothing is heard of %q", table)
			}
		}
	}
	want("") // it listens from here on
	keep(t, first, &engine.Batch{Queued: []event.Parcel{parcel("phone", "e1", event.Info)}})
	want("outbox")
	keep(t, first, &engine.Batch{Posted: []engine.Posted{{Moved: true}}})
	want("inbox")
	if err := first.NewToken(t.Context(), Token{ID: "t1", Hash: []byte{1}}); err != nil {
		t.Fatal(err)
	}
	want("tokens")
	mend := postgres.Cut(t, address)
	mend()
	want("")
}

// TestPostgresGone: everything is refused with cause and remedy, and goes on by
// itself.
func TestPostgresGone(t *testing.T) {
	address := postgres.Database(t)
	s := node(t, address)
	keep(t, s, batchOfEverything())
	want := snapshot(t, s)
	mend := postgres.Cut(t, address)
	for range 2 {
		err := s.Commit(t.Context(), batchOfEverything())
		if cannot, ok := errors.AsType[*Unavailable](err); !ok || cannot.Do == "" || strings.Contains(err.Error(), "lamp") {
			t.Errorf("commit: %v, want an *Unavailable", err)
		}
		if _, err := s.Load(t.Context(), noon()); err == nil {
			t.Error("the state is read from a database that is gone")
		}
	}
	mend()
	if diff := cmp.Diff(want, snapshot(t, s)); diff != "" {
		t.Errorf("something was kept (-want +got):\n%s", diff)
	}
	keep(t, s, &engine.Batch{Stamps: []engine.Stamp{stamp(7, after(time.Hour))}})
}

func TestPostgresSaysWhatIsWrong(t *testing.T) {
	address := postgres.Database(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(change func(*url.URL)) string {
		c := *u
		change(&c)
		return c.String()
	}
	postgres.Exec(t, "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guest') THEN CREATE ROLE guest LOGIN PASSWORD 'guest-lamp'; END IF; END $$")
	for name, test := range map[string]struct {
		address string
		want    []string
	}{
		"wrong password":   {changed(func(u *url.URL) { u.User = url.UserPassword("tocsin", "wrong-lamp") }), []string{"refuses user tocsin", "pg_hba.conf"}},
		"missing database": {changed(func(u *url.URL) { u.Path = "/nowhere" }), []string{"database nowhere", "does not exist", "CREATE DATABASE nowhere OWNER tocsin"}},
		"nobody there":     {changed(func(u *url.URL) { u.Host = "127.0.0.1:1" }), []string{"127.0.0.1:1 does not answer: connection refused", "start the server"}},
		"no such host":     {changed(func(u *url.URL) { u.Host = "db.invalid" }), []string{"does not answer", "there is no host db.invalid"}},
		"no rights":        {changed(func(u *url.URL) { u.User = url.UserPassword("guest", "guest-lamp") }), []string{"user guest lacks a right", "GRANT CREATE"}},
		"no address":       {"postgres://tocsin:lamp%@[", []string{"is not understood", "postgres://USER:PASSWORD@HOST/DATABASE"}},
		"another scheme":   {"mysql://tocsin:lamp@host/db", []string{`"mysql"`, "sqlite and postgres"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(t.Context(), test.address)
			if err == nil {
				s.Close()
				t.Fatal("it opens")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
			if text := err.Error(); strings.Contains(text, "lamp") || strings.Contains(text, storetest.Password) {
				t.Errorf("the password is shown: %s", text)
			}
		})
	}
}

// TestPostgresSchema: nodes that start at the same time make it once, and what is
// newer or another's is left alone.
func TestPostgresSchema(t *testing.T) {
	address := postgres.Database(t)
	var starting sync.WaitGroup
	for range 6 {
		starting.Go(func() {
			s, err := Open(context.Background(), address)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
	s := openAddress(t, address)
	keep(t, s, batchOfEverything())
	if _, err := s.readers.Exec("UPDATE tocsin_schema SET version = 99"); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), address)
	if newer, ok := errors.AsType[*NewerError](err); !ok || newer.Have != 99 || newer.Known == 0 || !strings.Contains(err.Error(), "schema 99") {
		t.Errorf("open: %v, want a *NewerError", err)
	}
	if _, err := OpenReader(t.Context(), address); err == nil {
		t.Error("a reader opens what is newer")
	}

	foreign := postgres.Database(t)
	other := openAddress(t, foreign)
	if _, err := other.readers.Exec("DROP TABLE tocsin_schema; DROP TABLE stamps CASCADE"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), foreign); err == nil || !strings.Contains(err.Error(), "tables of another program") {
		t.Errorf("open: %v, want it refused", err)
	}
	var there bool
	if err := other.readers.Get(&there, "SELECT to_regclass('stamps') IS NOT NULL"); err != nil || there {
		t.Errorf("something was made in another program's database: %v", err)
	}
	if _, err := OpenReader(t.Context(), postgres.Database(t)); err == nil || !strings.Contains(err.Error(), "start the daemon once") {
		t.Errorf("a reader of an empty database: %v", err)
	}
}

// TestPostgresOddTexts: what a service answers may be anything.
func TestPostgresOddTexts(t *testing.T) {
	s := openAddress(t, postgres.Database(t))
	odd := delivery("phone", "e1", noon())
	odd.Error = "a\x00b\xffc"
	keep(t, s, &engine.Batch{History: []event.Delivery{odd}})
	page, _, err := s.History(t.Context(), HistoryFilter{Search: "failed"})
	if err != nil || len(page) != 1 || page[0].Error != "a\u2400b\uFFFDc" {
		t.Errorf("got %+v, %v", page, err)
	}
}

// TestPostgresHistoryHasASize: beyond it the oldest go, once.
func TestPostgresHistoryHasASize(t *testing.T) {
	s := openAddress(t, postgres.Database(t))
	const rows, size = 500, 10 << 10
	var b engine.Batch
	for i := range rows {
		d := delivery("phone", fmt.Sprintf("e%06d", i), noon())
		for len(d.Message) < size { // what nothing compresses
			d.Message += rand.Text()
		}
		b.History = append(b.History, d)
	}
	keep(t, s, &b)
	if n, err := s.Prune(t.Context(), noon(), Retention{}); err != nil || n != 0 {
		t.Errorf("below the limit: pruned %d rows, %v", n, err)
	}
	const limit = rows * size / 2
	n, err := s.Prune(t.Context(), noon(), Retention{HistoryBytes: limit})
	if err != nil || n < rows/3 || n > 2*rows/3 {
		t.Errorf("pruned %d of %d rows, %v; want about a half", n, rows, err)
	}
	page, total, err := s.History(t.Context(), HistoryFilter{Page: Page{Limit: 1}})
	if err != nil || total != rows-n || page[0].EventID != fmt.Sprintf("e%06d", rows-1) {
		t.Errorf("%d rows are left, the newest %v, %v", total, page, err)
	}
	if n, err := s.Prune(t.Context(), noon(), Retention{HistoryBytes: limit}); err != nil || n != 0 {
		t.Errorf("the second time: pruned %d rows, %v", n, err)
	}
}

func TestPostgresBackupNamesTheTool(t *testing.T) {
	address := postgres.Database(t)
	openAddress(t, address)
	r, err := OpenReader(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, err = r.Backup(t.Context(), "copy.dump")
	if err == nil || !strings.Contains(err.Error(), "pg_dump --format=custom --file=\"copy.dump\" \"postgres://tocsin@127.0.0.1:") || strings.Contains(err.Error(), "lamp") {
		t.Errorf("got %v", err)
	}
}
