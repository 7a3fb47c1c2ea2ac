package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/api"
	"tocsin/engine/event"
)

// elsewhere is a daemon on another host, which answers what it is told to and
// notes what it was asked.
type elsewhere struct {
	answers map[string]any // by method and path below the API
	asked   []string
}

// run carries out a command against it.
func (e *elsewhere) run(t *testing.T, args ...string) (status int, out, errOut string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		what := r.Method + " " + strings.TrimPrefix(r.URL.RequestURI(), api.Prefix)
		what = strings.TrimSuffix(what, "?")
		e.asked = append(e.asked, strings.TrimSpace(what+" "+string(body)))
		_ = json.NewEncoder(w).Encode(e.answers[what])
	}))
	defer server.Close()
	var stdout, stderr strings.Builder
	status = run(append(args, "--addr", server.URL), strings.NewReader(""), &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

// hostile is text that a terminal must not get as it is.
const hostile = "\x1b]0;owned\x07\x1b[2J\u202eevil"

func wantSafe(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.ContainsAny(text, "\x1b\x07\u202e") {
			t.Errorf("escape codes in %q", text)
		}
	}
}

// TestTextFromOutsideIsSafe: everything that a daemon elsewhere may say.
func TestTextFromOutsideIsSafe(t *testing.T) {
	row := event.Unsent{
		ID: event.UnsentID{ID: 1}, Channel: hostile, Type: hostile, Title: hostile, State: hostile, Error: hostile, Accepted: time.Now(), Due: time.Now(),
	}
	tallies := []event.Tally{
		{Channel: hostile, State: event.Held, Count: 1, Error: hostile}, {Channel: hostile, State: hostile, Count: 2, Stranded: true},
	}
	plan := api.RetryResult{Moved: 3, Summary: tallies, Outbox: []event.Unsent{row}, Left: tallies}
	when := time.Now()
	trouble := []api.ChannelState{
		{Name: hostile, Kind: hostile, State: "failing", Reason: hostile, Since: &when, Queue: api.Queue{Waiting: 1, Code: hostile, Error: hostile}},
		{Name: hostile, State: "stranded", Reason: hostile, Queue: api.Queue{Waiting: 1}},
		{Name: hostile, State: "waiting", Reason: hostile},
	}
	e := &elsewhere{answers: map[string]any{
		"GET /outbox?limit=50":           outboxAnswer{Outbox: []event.Unsent{row}, Total: 3, Summary: tallies},
		"POST /outbox/retry?dry_run=1":   plan,
		"POST /outbox/retry":             api.RetryResult{Moved: 3},
		"POST /history/resend?dry_run=1": api.ResendResult{Queued: 1, Channels: map[string]int{hostile: 1}, IDs: []int64{1}},
		"POST /history/resend":           api.ResendResult{Queued: 1},
		"GET /channels":                  channelsAnswer{trouble},
		"GET /status":                    api.Status{Store: "ok", Config: api.ConfigRun{State: "ok"}, Failing: []string{hostile}, Stranded: []string{hostile}},
	}}
	for _, test := range []struct {
		args   string
		status int
	}{
		{"outbox", 0}, {"outbox retry 1 --yes", 0}, {"outbox retry 1 --yes --to \x1b[2J", 0}, {"history --resend 1 --yes", 0}, {"channels", 0}, {"status", 1},
	} {
		status, out, errOut := e.run(t, strings.Split(test.args, " ")...)
		if status != test.status || !strings.Contains(out+errOut, "<U+001B>") && !strings.Contains(test.args, "resend") {
			t.Errorf("tocsin %q: status %d\n%s%s", test.args, status, out, errOut)
		}
		wantSafe(t, out, errOut)
	}
}

// TestARetrySendsWhatWasChosen, looks first, and answers no when all of it went
// out meanwhile.
func TestARetrySendsWhatWasChosen(t *testing.T) {
	e := &elsewhere{answers: map[string]any{
		"POST /outbox/retry?dry_run=1": api.RetryResult{Moved: 2},
		"POST /outbox/retry":           api.RetryResult{},
	}}
	for args, body := range map[string]string{
		"12 quiet:3 --to mail":                        `{"ids":["12","quiet:3"],"to":"mail"}`,
		"--channel phone --state dead --type vm_fail": `{"channel":"phone","state":"dead","event_type":"vm_fail"}`,
		"--all": `{"all":true}`,
	} {
		e.asked = nil
		status, out, _ := e.run(t, append([]string{"outbox", "retry", "--yes"}, strings.Fields(args)...)...)
		want := []string{"POST /outbox/retry?dry_run=1 " + body, "POST /outbox/retry " + body}
		if diff := cmp.Diff(want, e.asked); diff != "" || status != 1 || !strings.HasPrefix(out, "0 messages") {
			t.Errorf("%s: status %d, %q, (-want +got):\n%s", args, status, out, diff)
		}
	}
	e.asked = nil
	if status, _, _ := e.run(t, "outbox", "retry", "--all"); status != 2 || len(e.asked) != 1 {
		t.Errorf("with nobody to ask: status %d, asked %q", status, e.asked)
	}
}

// TestAResendSendsWhatWasShown, not what its filters would choose by then.
func TestAResendSendsWhatWasShown(t *testing.T) {
	e := &elsewhere{answers: map[string]any{
		"POST /history/resend?dry_run=1": api.ResendResult{Queued: 2, Channels: map[string]int{"phone": 2}, IDs: []int64{7, 9}, Waiting: 1, Delivered: 3},
		"POST /history/resend":           api.ResendResult{Queued: 2, Channels: map[string]int{"phone": 2}},
	}}
	status, out, errOut := e.run(t, "history", "--status", "failed", "--since", "2h", "--resend-all", "--yes")
	want := []string{
		`POST /history/resend?dry_run=1 {"all":false,"since":"2h","status":"failed","to":""}`,
		`POST /history/resend {"ids":[7,9],"to":""}`,
	}
	if diff := cmp.Diff(want, e.asked); diff != "" || status != 0 {
		t.Errorf("status %d, (-want +got):\n%s", status, diff)
	}
	if !strings.HasPrefix(out, "2 messages queued") || !strings.Contains(errOut, "left out: 1 still in the outbox\nleft out: 3 delivered by a later attempt\n") {
		t.Errorf("got %q, %q", out, errOut)
	}
}

func TestOutboxSummary(t *testing.T) {
	for want, tallies := range map[string][]event.Tally{
		"nothing waits and nothing was given up": nil,
		"1 waits":                                {{Channel: "a", State: event.Queued, Count: 1}},
		"10 wait, 1 held (phone: blocked), 2 kept for the end of quiet hours, 3 kept for a digest, 4 given up": {
			{Channel: "a", State: event.Queued, Count: 1}, {Channel: "a", State: event.Sending, Count: 2}, {Channel: "b", State: event.Retry, Count: 3},
			{Channel: "b", State: event.Unknown, Count: 4}, {Channel: "phone", State: event.Held, Count: 1, Error: "blocked"},
			{Channel: "a", State: "quiet", Count: 2}, {Channel: "a", State: "digest", Count: 3}, {Channel: "a", State: event.Dead, Count: 4},
		},
		"3 held (phone: blocked; mail: refused)": {
			{Channel: "phone", State: event.Held, Count: 1, Error: "blocked"}, {Channel: "mail", State: event.Held, Count: 2, Error: "refused"},
		},
		"2 wait, 1 held, 4 given up\n3 stranded on pager, which is gone or off: tocsin outbox retry --channel pager --to NAME": {
			{Channel: "pager", State: event.Queued, Count: 2, Stranded: true}, {Channel: "pager", State: event.Held, Count: 1, Error: "old", Stranded: true},
			{Channel: "pager", State: event.Dead, Count: 4, Stranded: true},
		},
	} {
		if got := strings.Join(outboxSummary(tallies), "\n"); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestShellWord: a channel may have a blank in its name, and the text of a
// command is copied.
func TestShellWord(t *testing.T) {
	for text, want := range map[string]string{
		"phone": "phone", "größe_2.b-c": "größe_2.b-c", "tablet 2": "'tablet 2'", "": "''", "it's": `'it'\''s'`, "$(reboot)": "'$(reboot)'",
	} {
		if got := shellWord(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestNextTry(t *testing.T) {
	now := time.Date(2026, 3, 14, 12, 0, 0, 0, time.Local)
	for want, u := range map[string]event.Unsent{
		"now":       {State: event.Queued, Due: now.Add(-time.Hour)},
		"12:15:30":  {State: event.Held, Due: now.Add(15*time.Minute + 30*time.Second)},
		"Sun 07:00": {State: "quiet", ID: event.UnsentID{Buffer: event.QuietBuffer}, Until: now.Add(19 * time.Hour), Due: now},
		"-":         {State: event.Dead, Due: now.Add(time.Hour)},
	} {
		if got := nextTry(&u, now); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := nextTry(&event.Unsent{State: event.Retry, Due: now.Add(time.Hour), Stranded: true}, now); got != "-" {
		t.Errorf("of what is stranded: got %s", got)
	}
}

func TestAge(t *testing.T) {
	now := time.Now()
	for since, want := range map[time.Duration]string{0: "1s", -time.Hour: "1s", 90*time.Second + 7*time.Millisecond: "1m 30s", 50 * time.Hour: "2d 2h"} {
		if got := age(now.Add(-since), now); got != want {
			t.Errorf("%v: got %s, want %s", since, got, want)
		}
	}
}

func TestTroubles(t *testing.T) {
	now := time.Date(2026, 3, 14, 12, 0, 0, 0, time.Local)
	since, oldest := now.Add(-3*time.Hour), now.Add(-2*time.Hour)
	failing := api.Queue{Waiting: 2, Dead: 1, Oldest: &oldest, Code: "blocked", Error: "the bot was blocked: press Start", Digest: &api.Buffer{Messages: 4}}
	for _, test := range []struct {
		channel api.ChannelState
		want    string
	}{
		{api.ChannelState{Name: "well", State: "ok", Queue: api.Queue{Waiting: 3, Error: "long ago"}}, ""},
		{api.ChannelState{Name: "team", State: "ok", Note: `set chat_id to "-1009"`}, `team delivers, but: set chat_id to "-1009"`},
		{api.ChannelState{Name: "phone", State: "failing", Since: &since, Failures: 37, Queue: failing}, `phone is failing since 2026-03-14 09:00:00, 37 failures in a row
  why [blocked]: the bot was blocked: press Start
  2 messages wait, the oldest for 2h; 4 kept for a digest; 1 given up
  once it is put right: tocsin outbox retry --channel phone`},
		{api.ChannelState{Name: "phone", State: "ok", Since: &since, Failures: 1, Queue: api.Queue{Error: "no answer"}}, `phone has trouble since 2026-03-14 09:00:00, 1 failure in a row
  why: no answer
  nothing waits`},
		{api.ChannelState{Name: "mail", State: "waiting", Reason: "secret mail is missing", Queue: api.Queue{Waiting: 1, Oldest: &oldest}}, `mail does not send: secret mail is missing
  1 message waits, the oldest for 2h`},
		{api.ChannelState{Name: "tablet 2", State: "stranded", Reason: "it is gone", Queue: api.Queue{Quiet: &api.Buffer{Messages: 2}}}, `tablet 2 is stranded: it is gone
  2 kept for the end of quiet hours
  do: bring the channel back, or tocsin outbox retry --channel 'tablet 2' --to NAME`},
		{api.ChannelState{Name: "pager", State: "stranded", Reason: "it is gone", Queue: api.Queue{Dead: 2}}, `pager is stranded: it is gone
  2 given up`},
	} {
		if diff := cmp.Diff(test.want, strings.Join(troubleOf(&test.channel, now), "\n")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
