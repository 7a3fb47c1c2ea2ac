package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tocsin/engine"
	"tocsin/engine/event"
)

// queue keeps one parcel in a state and returns its number.
func queue(t *testing.T, s *Store, p event.Parcel) int64 {
	t.Helper()
	keep(t, s, &engine.Batch{Queued: []event.Parcel{p}})
	var id int64
	if err := s.readers.Get(&id, "SELECT max(id) FROM outbox"); err != nil {
		t.Fatal(err)
	}
	return id
}

func in(state event.ParcelState, due time.Duration, p event.Parcel) event.Parcel {
	p.State, p.Due = state, after(due)
	return p
}

func ids(parcels []event.Parcel) string {
	var events []string
	for _, p := range parcels {
		events = append(events, p.Message.EventID)
	}
	return strings.Join(events, " ")
}

// fillOutbox queues parcels of three channels in all states.
func fillOutbox(t *testing.T, s *Store) {
	failed := in(event.Retry, time.Hour, parcel("phone", "e3", event.Warning))
	failed.Code, failed.Error = "timeout", "no answer"
	refused := in(event.Held, 15*time.Minute, parcel("mail", "e6", event.Info))
	refused.Code, refused.Error, refused.Accepted = "bad_token", "the token was refused", after(-time.Hour)
	for _, p := range []event.Parcel{
		parcel("phone", "e1", event.Info),
		in(event.Dead, 0, parcel("phone", "e2", event.Critical)),
		failed,
		in(event.Held, 2*time.Hour, parcel("phone", "e4", event.Critical)),
		in("", 0, parcel("phone", "e5", event.Critical)),
		refused,
		in(event.Dead, 0, parcel("chat", "e7", event.Info)),
	} {
		queue(t, s, p)
	}
}

func TestNext(t *testing.T) {
	s := openTemp(t)
	fillOutbox(t, s)
	for _, test := range []struct {
		channel string
		limit   int
		want    string
	}{
		{"phone", 10, "e4 e5 e1 e3"},
		{"phone", 3, "e4 e5 e1"},
		{"phone", 0, ""},
		{"phone", -1, ""},
		{"mail", 10, "e6"},
		{"chat", 10, ""}, // dead only
		{"none", 10, ""},
	} {
		got, err := s.Next(t.Context(), test.channel, test.limit)
		if err != nil || ids(got) != test.want {
			t.Errorf("next %d of %s: %q, %v; want %q", test.limit, test.channel, ids(got), err, test.want)
		}
	}
}

func TestOutbox(t *testing.T) {
	s := openTemp(t)
	fillOutbox(t, s)
	for _, test := range []struct {
		filter OutboxFilter
		want   string
	}{
		{OutboxFilter{}, "e1 e2 e3 e4 e5 e6 e7"},
		{OutboxFilter{Channel: "phone"}, "e1 e2 e3 e4 e5"},
		{OutboxFilter{State: event.Dead}, "e2 e7"},
		{OutboxFilter{State: event.Queued}, "e1 e5"},
		{OutboxFilter{EventID: "e6"}, "e6"},
		{OutboxFilter{Page: Page{Limit: 2, Offset: 3}}, "e4 e5"},
		{OutboxFilter{Page: Page{Offset: -3}}, "e1 e2 e3 e4 e5 e6 e7"},
	} {
		got, err := s.Outbox(t.Context(), test.filter)
		if err != nil || ids(got) != test.want {
			t.Errorf("%+v: %q, %v; want %q", test.filter, ids(got), err, test.want)
		}
	}
}

func TestQueues(t *testing.T) {
	s := openTemp(t)
	fillOutbox(t, s)
	want := []Queue{
		{Channel: "chat", Dead: 1},
		{Channel: "mail", Held: 1, Oldest: after(-time.Hour), Due: after(15 * time.Minute), Code: "bad_token", Error: "the token was refused"},
		{Channel: "phone", Waiting: 3, Held: 1, Dead: 1, Oldest: noon(), Due: noon(), Code: "timeout", Error: "no answer"},
	}
	got, err := s.Queues(t.Context())
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}

	// The error last seen is the one to show.
	later := in(event.Retry, time.Hour, parcel("phone", "e1", event.Info))
	later.ID, later.Code, later.Error = 1, "dns", "no such host"
	keep(t, s, &engine.Batch{Settled: []event.Settlement{{Parcel: later, Delivery: delivery("phone", "e1", after(time.Second))}}})
	got, err = s.Queues(t.Context())
	if err != nil || got[2].Code != "dns" || got[2].Error != "no such host" {
		t.Errorf("queue of phone is %+v, %v; want the error dns", got[2], err)
	}
}

func TestHasten(t *testing.T) {
	for _, test := range []struct {
		channel string
		now     time.Time
		changed int
		due     map[string]time.Time // of what differs from before
	}{
		{"phone", noon(), 2, map[string]time.Time{"e3": noon(), "e4": noon()}},
		{"mail", after(time.Minute), 1, map[string]time.Time{"e6": after(time.Minute)}},
		{"phone", after(90 * time.Minute), 1, map[string]time.Time{"e4": after(90 * time.Minute)}}, // never later than it was
		{"none", noon(), 0, nil},
	} {
		t.Run(fmt.Sprintf("%s at %v", test.channel, test.now), func(t *testing.T) {
			s := openTemp(t)
			fillOutbox(t, s)
			want, err := s.Outbox(t.Context(), OutboxFilter{})
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if due, ok := test.due[want[i].Message.EventID]; ok {
					want[i].Due = due
				}
			}
			n, err := s.Hasten(t.Context(), test.channel, test.now)
			if err != nil || n != test.changed {
				t.Errorf("hastened %d, %v; want %d", n, err, test.changed)
			}
			got, err := s.Outbox(t.Context(), OutboxFilter{})
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestParcelNumbersAreNotReused: a late answer must not settle another parcel.
func TestParcelNumbersAreNotReused(t *testing.T) {
	s := openTemp(t)
	first := queue(t, s, parcel("phone", "e1", event.Info))
	sent := in(event.Sent, 0, parcel("phone", "e1", event.Info))
	sent.ID = first
	keep(t, s, &engine.Batch{Settled: []event.Settlement{{Parcel: sent}}})
	s = reopen(t, s)
	if second := queue(t, s, parcel("phone", "e2", event.Info)); second <= first {
		t.Errorf("the parcel after %d has number %d", first, second)
	}
}

// TestMessageOnlyKeepsWhatItSays: how a message is sent is decided anew each
// time, from the channel's configuration and the parcel.
func TestMessageOnlyKeepsWhatItSays(t *testing.T) {
	s := openTemp(t)
	p := parcel("phone", "e1", event.Info)
	p.Message.Rich, p.Message.Brief, p.Message.Repeat = true, true, true
	queue(t, s, p)
	got, err := s.Next(t.Context(), "phone", 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.Message, got[0].Message, cmpopts.IgnoreFields(event.Message{}, "Rich", "Brief", "Repeat")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if m := got[0].Message; m.Rich || m.Brief || m.Repeat {
		t.Errorf("the message remembers how it was sent: %+v", m)
	}
}

// TestUnreadableMessage: the error says which row it is.
func TestUnreadableMessage(t *testing.T) {
	s := openTemp(t)
	id := queue(t, s, parcel("phone", "e1", event.Info))
	if err := s.writer.change(t.Context(), func(x *tx) error {
		_, err := x.exec("UPDATE outbox SET message = '{'")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	_, err := s.Next(t.Context(), "phone", 1)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("parcel %d", id)) {
		t.Errorf("next: %v, want an error that names parcel %d", err, id)
	}
}

// TestPlans: what runs all the time reads an index in its order.
func TestPlans(t *testing.T) {
	s := openTemp(t)
	newest := func(table, columns, time string) string {
		return "SELECT id," + columns + " FROM " + table + " ORDER BY " + time + " DESC, id DESC LIMIT ? OFFSET ?"
	}
	prunes := map[string]*aged{}
	for _, a := range agedTables(noon(), Retention{}) {
		prunes[a.table] = &a
	}
	for query, index := range map[string]string{
		selectNext: "outbox_next",
		newest("notification_history", historyColumns, "sent_at"): "notification_history_sent_at",
		newest("decisions", decisionColumns, "decided_at"):        "decisions_decided_at",
		prunes["notification_history"].delete():                   "notification_history_sent_at",
		prunes["notification_history"].oldest():                   "COVERING INDEX notification_history_sent_at",
		prunes["decisions"].delete():                              "decisions_decided_at",
		prunes["outbox"].delete():                                 "outbox_dead",
		prunes["outbox"].oldest():                                 "COVERING INDEX outbox_dead",
		lastError:                                                 "outbox_failed",
		"SELECT * FROM notification_history WHERE event_id = ?":   "notification_history_event_id",
		"SELECT * FROM decisions WHERE event_id = ?":              "decisions_event_id",
		countWaiting + "quiet_pending WHERE channel = ?" + still:  "COVERING INDEX quiet_pending_channel",
		countWaiting + "digest_pending WHERE channel = ?" + still: "COVERING INDEX digest_pending_channel",
		"SELECT * FROM quiet_pending WHERE channel = ?" + still + " ORDER BY event_time, id LIMIT ?": "INDEX quiet_pending_channel",
		"SELECT * FROM digest_pending WHERE event_id = ? ORDER BY id":                                "digest_pending_event_id",
		"SELECT * FROM events ORDER BY arrived_at, event_id LIMIT ? OFFSET ?":                        "INDEX events_arrived_at",
		prunes["events"].delete(): "events_arrived_at",
		oldestToKeep:              "COVERING INDEX events_arrived_at",
		countBacklog:              "COVERING INDEX outbox_next",
		selectMergeable:           "INDEX outbox_next",
		selectOverdue:             "INDEX outbox_next",
		nextOverdue:               "COVERING INDEX outbox_next",
		s.dialect.selectVolume:    "COVERING INDEX outbox_next",
		dropCovered:               "outbox_copied_in",
		dropCopy:                  "outbox_copy_id",
		s.dialect.markUnknown:     "COVERING INDEX outbox_next",
		"DELETE FROM quiet_pending WHERE told_in = ? AND told_in <> ''": "quiet_pending_told_in",
		"SELECT * FROM outbox WHERE event_id = ? ORDER BY id":           "outbox_event_id",
	} {
		var steps []struct {
			ID, Parent, NotUsed int
			Detail              string
		}
		plan := s.readers.Unsafe()
		if err := plan.Select(&steps, "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...); err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		text := fmt.Sprint(steps)
		if !strings.Contains(text, index) || strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("%s\nis planned as %s\nwant the index %s and nothing sorted", query, text, index)
		}
	}
}
