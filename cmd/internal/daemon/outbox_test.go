package daemon

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/api"
	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// refusingGotify is a channel whose service refuses the token until it is told
// not to.
func refusingGotify(t *testing.T, name string) (hcl string, accept *atomic.Bool) {
	t.Helper()
	accept = &atomic.Bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if !accept.Load() {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":"Unauthorized","errorCode":401,"errorDescription":"you need to provide a valid access token"}`)
			return
		}
		fmt.Fprint(w, `{"id":1,"appid":1}`)
	}))
	t.Cleanup(server.Close)
	return fmt.Sprintf("channel \"gotify\" %q {\n  url   = %q\n  token = \"Atoken\"\n}\n", name, server.URL), accept
}

// quietNow is a channel in quiet hours.
func quietNow(name string) string {
	now := time.Now().UTC()
	hours := now.Add(-time.Hour).Format("15:04") + "-" + now.Add(3*time.Hour).Format("15:04") + " UTC"
	return fmt.Sprintf("channel \"log\" %q {\n  quiet_hours {\n    hours = %q\n  }\n}\n", name, hours)
}

func (h *house) unsent(f api.OutboxFilter) ([]event.Unsent, []event.Tally) {
	h.t.Helper()
	rows, tallies, err := outbox{h.daemon}.Unsent(h.t.Context(), f)
	if err != nil {
		h.t.Fatal(err)
	}
	return rows, tallies
}

func (h *house) channel(name string) api.ChannelState {
	h.t.Helper()
	list, err := h.daemon.Channels(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range list {
		if c.Name == name {
			return c
		}
	}
	h.t.Fatalf("no channel %s in %+v", name, list)
	return api.ChannelState{}
}

func TestTheOutboxShowsWhatNoServiceTook(t *testing.T) {
	tablet, _ := refusingGotify(t, "tablet")
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": tablet + quietNow("night")})
	h.send(`{"event_type":"disk_space_low","data":{"mount":"/srv"}}`)
	h.eventually("the tablet's message is held", func() bool {
		rows, _ := h.unsent(api.OutboxFilter{State: event.Held})
		return len(rows) == 1
	})
	rows, tallies := h.unsent(api.OutboxFilter{Limit: 10})
	if len(rows) != 2 || len(tallies) != 2 {
		t.Fatalf("got %+v, %+v", rows, tallies)
	}
	for _, u := range rows {
		switch {
		case u.Type != "disk_space_low" || u.Severity != event.Warning || u.Title == "" || u.EventID == "" || u.Stranded:
			t.Errorf("got %+v", u)
		case u.Channel == "night" && (u.ID.String() != "quiet:1" || u.State != "quiet" || u.Until.Before(time.Now())):
			t.Errorf("got %+v", u)
		case u.Channel == "tablet" && (u.Code == "" || !strings.Contains(u.Error, "token") || u.Attempt == 0 || u.Due.Before(time.Now())):
			t.Errorf("got %+v", u)
		}
	}
	h.write("channels.hcl", strings.Replace(tablet, "{\n", "{\n  enabled = false\n", 1))
	h.reloaded()
	rows, tallies = h.unsent(api.OutboxFilter{})
	for i := range rows {
		if !rows[i].Stranded || !tallies[i].Stranded || !rows[i].Until.IsZero() {
			t.Errorf("without a channel to go to: %+v, %+v", rows[i], tallies[i])
		}
	}
	if st := h.status(); strings.Join(st.Stranded, " ") != "night tablet" || len(st.Failing) != 0 {
		t.Errorf("the status is %+v", st)
	}
}

func TestRetriesThatCannotBe(t *testing.T) {
	tablet, _ := refusingGotify(t, "tablet")
	off := "channel \"log\" \"off\" {\n  enabled = false\n}\n"
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": tablet + quietNow("night") + off})
	h.send(`{"event_type":"disk_space_low","data":{"mount":"/srv"}}`)
	h.eventually("the tablet's message is held", func() bool { return h.channel("tablet").State == "failing" })
	quiet, first, none := event.UnsentID{Buffer: event.QuietBuffer, ID: 1}, event.UnsentID{ID: 1}, event.UnsentID{ID: 99}
	check := func(r api.Retry, why, do string) {
		t.Helper()
		_, err := outbox{h.daemon}.Retry(t.Context(), r)
		bad, isBad := errors.AsType[*api.BadRequest](err)
		missing, isMissing := errors.AsType[*api.NotFound](err)
		switch {
		case isBad && strings.Contains(bad.Why, why) && strings.Contains(bad.Do, do):
		case isMissing && strings.Contains(missing.Why, why) && strings.Contains(missing.Do, do):
		default:
			t.Errorf("%+v: got %#v, want %q, %q", r, err, why, do)
		}
	}
	until := h.channel("night").Queue.Quiet.At.UTC().Format("Mon 15:04")
	check(api.Retry{All: true, To: "tablt"}, `no channel is called "tablt"`, `write "tablet"`)
	check(api.Retry{All: true, To: "xyz"}, `no channel is called "xyz"`, "tocsin channels lists them")
	check(api.Retry{All: true, To: "off"}, `channel "off" is switched off`, "switch it on")
	check(api.Retry{IDs: []event.UnsentID{first, none}}, "has the id 99", "tocsin outbox")
	check(api.Retry{IDs: []event.UnsentID{first, quiet}}, "message quiet:1 waits for the end of the quiet hours of night at "+until, "tocsin outbox retry quiet:1 --to NAME")
	check(api.Retry{State: "quiet"}, "nothing of it can be tried now: 1 kept for the end of the quiet hours of night", "--to NAME")
	check(api.Retry{Type: "no_such"}, "nothing in the outbox is chosen", "tocsin outbox")
	plan, err := outbox{h.daemon}.Retry(t.Context(), api.Retry{All: true, DryRun: true})
	if err != nil || plan.Moved != 1 || len(plan.Left) != 1 || len(plan.Summary) != 1 || len(plan.Outbox) != 1 || plan.Outbox[0].Channel != "tablet" {
		t.Errorf("got the plan %+v, %v", plan, err)
	}
	plan, err = outbox{h.daemon}.Retry(t.Context(), api.Retry{Channel: "night", To: "tablet", DryRun: true})
	if err != nil || plan.Moved != 1 || plan.Left != nil || plan.Outbox[0].ID != quiet {
		t.Errorf("got the plan %+v, %v", plan, err)
	}
	h.write("channels.hcl", off)
	h.reloaded()
	check(api.Retry{IDs: []event.UnsentID{quiet}}, "channel night of message quiet:1 is gone or switched off", "--to NAME")
	check(api.Retry{IDs: []event.UnsentID{first}}, "channel tablet of message 1 is gone or switched off", "--to NAME")
}

func TestResendsThatCannotBe(t *testing.T) {
	tablet, _ := refusingGotify(t, "tablet")
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": tablet + console})
	h.send(`{"event_type":"custom","title":"hello"}`)
	h.eventually("one is told and one is held", func() bool { return h.messages("custom") == 1 && h.channel("tablet").State == "failing" })
	var rows []event.Delivery
	for i := range 1001 {
		rows = append(rows, event.Delivery{EventID: fmt.Sprint("old ", i), Channel: "console", Type: "flood", SentAt: time.Now().Add(-time.Hour), Success: true})
	}
	rows = append(rows, event.Delivery{EventID: "older", Channel: "pager", Type: "page", SentAt: time.Now(), Success: true})
	if err := h.daemon.store.Commit(t.Context(), &engine.Batch{History: rows}); err != nil {
		t.Fatal(err)
	}
	resend := func(r api.Resend) (api.ResendResult, error) {
		r.Filter.Limit = 1000
		return outbox{h.daemon}.Resend(t.Context(), r)
	}
	for why, r := range map[string]api.Resend{
		"these are 1001 messages, and at most 1000": {Filter: api.HistoryFilter{Type: "flood"}},
		`no channel is called "nobody"`:             {All: true, To: "nobody"},
		"no row of the history has the id 99999":    {IDs: []int64{1, 99999}},
		"channel pager is gone or switched off":     {Filter: api.HistoryFilter{Channel: "pager"}},
		"nothing in the history is chosen":          {Filter: api.HistoryFilter{Channel: "nobody"}},
		"left to send again: 1 still in the outbox": {Filter: api.HistoryFilter{Channel: "tablet"}},
	} {
		if _, err := resend(r); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("got %v, want %q", err, why)
		}
	}
	result, err := resend(api.Resend{Filter: api.HistoryFilter{Channel: "pager"}, To: "console", DryRun: true})
	if err != nil || result.Queued != 1 || result.Channels["console"] != 1 || len(result.IDs) != 1 {
		t.Errorf("got %+v, %v", result, err)
	}
}

// TestAFailingChannelTellsSinceWhen also after a restart, until it works again.
func TestAFailingChannelTellsSinceWhen(t *testing.T) {
	tablet, accept := refusingGotify(t, "tablet")
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": tablet})
	if c := h.channel("tablet"); c.State != "ok" || c.Since != nil {
		t.Errorf("with nothing to tell: %+v", c)
	}
	began := time.Now().Truncate(time.Millisecond)
	h.send(`{"event_type":"custom","title":"hello"}`)
	h.eventually("it fails", func() bool { return h.channel("tablet").State == "failing" })
	first := *h.channel("tablet").Since
	check := func() {
		t.Helper()
		c := h.channel("tablet")
		if c.State != "failing" || c.Since == nil || c.Since.Sub(first).Abs() > time.Millisecond || c.Since.Before(began) || c.Failures == 0 {
			t.Errorf("got %+v, want it since %v", c, first)
		}
		if !strings.Contains(c.Reason, "token") || c.Queue.Code == "" || c.Queue.Oldest == nil {
			t.Errorf("got %+v", c)
		}
	}
	check()
	h.stop()
	h.start()
	check()
	accept.Store(true)
	h.eventually("it is well again", func() bool {
		// Refused while the attempt that follows a start is under way, or when that was taken.
		_, _ = outbox{h.daemon}.Retry(h.t.Context(), api.Retry{Channel: "tablet"})
		c := h.channel("tablet")
		return c.State == "ok" && c.Since == nil && c.Failures == 0
	})
}

func (h *house) retry(r api.Retry, want int) {
	h.t.Helper()
	result, err := outbox{h.daemon}.Retry(h.t.Context(), r)
	if err != nil || result.Moved != want {
		h.t.Errorf("%+v moved %d: %v; want %d", r, result.Moved, err, want)
	}
}

// TestStrandedMessagesMove: those of the outbox go out over the other channel,
// those of a buffer wait for that one's; the rest stays.
func TestStrandedMessagesMove(t *testing.T) {
	tablet, _ := refusingGotify(t, "tablet")
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": tablet + quietNow("night")})
	h.send(`{"event_type":"disk_space_low","data":{"mount":"/srv"}}`)
	h.eventually("the tablet's message is held", func() bool { return h.channel("tablet").State == "failing" })
	h.write("channels.hcl", console+quietNow("later"))
	h.reloaded()
	h.retry(api.Retry{Channel: "tablet", To: "console"}, 1)
	h.eventually("it is told", func() bool { return h.messages("disk_space_low") == 1 })
	h.retry(api.Retry{State: "quiet", To: "later"}, 1)
	rows, _ := h.unsent(api.OutboxFilter{})
	if len(rows) != 1 || rows[0].Channel != "later" || rows[0].Stranded || rows[0].Until.IsZero() {
		t.Errorf("got %+v", rows)
	}
	h.retry(api.Retry{IDs: []event.UnsentID{rows[0].ID}, To: "console"}, 1)
	h.eventually("it is told at once, as no quiet hours hold it", func() bool { return h.messages("quiet_summary") == 1 })
}

// TestARetryByFilterLeavesTheStrandedAlone: what is moved is what was planned.
func TestARetryByFilterLeavesTheStrandedAlone(t *testing.T) {
	tablet, accept := refusingGotify(t, "tablet")
	pager, _ := refusingGotify(t, "pager")
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": tablet + pager})
	h.send(`{"event_type":"custom","title":"hello"}`)
	h.eventually("both fail", func() bool { return h.channel("tablet").State == "failing" && h.channel("pager").State == "failing" })
	h.write("channels.hcl", tablet)
	h.reloaded()
	accept.Store(true)
	before, _ := h.unsent(api.OutboxFilter{Channel: "pager"})
	h.retry(api.Retry{All: true}, 1)
	h.eventually("the tablet has it", func() bool { return h.channel("tablet").State == "ok" })
	after, _ := h.unsent(api.OutboxFilter{Channel: "pager"})
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// TestWhatIsSentAgainSaysSo over its own channel and over another.
func TestWhatIsSentAgainSaysSo(t *testing.T) {
	p := newPeers(t)
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults, "channels.hcl": console + strings.ReplaceAll(p.hcl, "rich", "when = \"false\"\n  rich")})
	h.send(`{"event_type":"custom","title":"hello"}`)
	h.eventually("it is told", func() bool { return h.messages("custom") == 1 })
	var rows []event.Delivery
	h.eventually("it is in the history", func() (there bool) {
		rows, _, _ = h.daemon.store.History(t.Context(), store.HistoryFilter{})
		return len(rows) == 1
	})
	resend := func(to string) {
		t.Helper()
		result, err := outbox{h.daemon}.Resend(t.Context(), api.Resend{IDs: []int64{rows[0].ID}, To: to, Filter: api.HistoryFilter{Limit: 1000}})
		if err != nil || result.Queued != 1 {
			t.Fatalf("got %+v, %v", result, err)
		}
	}
	resend("")
	h.eventually("it is told again", func() bool { return h.messages("custom") == 2 && strings.Contains(h.out.String(), "first sent") })
	resend("tablet")
	p.gotify.await(t, "hello", "by hand", rows[0].SentAt.UTC().Format("2 Jan 15:04"))
}
