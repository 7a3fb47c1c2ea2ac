package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

// fakeArchive answers as the API does. Its rows become visible at a moment of
// their own, which may be later than the one they tell.
type fakeArchive struct {
	rows  []fakeRow
	fails error
	asked int
}

type fakeRow struct {
	shown    time.Time
	decision event.Decision
}

func (a *fakeArchive) ask(_ context.Context, query url.Values) (*decisionsAnswer, error) {
	a.asked++
	if a.fails != nil {
		return nil, a.fails
	}
	span, _ := event.ParseDuration(query.Get("since"))
	var limit int
	fmt.Sscan(query.Get("limit"), &limit)
	answer := new(decisionsAnswer)
	for i := len(a.rows) - 1; i >= 0; i-- {
		row := a.rows[i]
		if row.shown.After(time.Now()) || row.decision.Time.Before(time.Now().Add(-span)) {
			continue
		}
		if answer.Total++; answer.Total <= limit {
			answer.Decisions = append(answer.Decisions, row.decision)
		}
	}
	return answer, nil
}

// add adds a row that is decided after made and kept after shown, from now.
func (a *fakeArchive) add(id string, made, shown time.Duration) {
	now := time.Now()
	a.rows = append(a.rows, fakeRow{now.Add(shown), event.Decision{Time: now.Add(made), EventID: id, Stage: "dedup", Outcome: "suppressed", Count: 1}})
}

// followFor follows in virtual time and returns the ids that were printed.
func followFor(t *testing.T, a *fakeArchive, query url.Values, span time.Duration) (ids, warned string) {
	t.Helper()
	var printed []string
	var warn strings.Builder
	f := follower{ask: a.ask, warn: &warn, print: func(d *event.Decision) error {
		printed = append(printed, d.EventID)
		return nil
	}}
	ctx, cancel := context.WithTimeout(t.Context(), span)
	defer cancel()
	if err := f.run(ctx, query); err != nil {
		t.Error(err)
	}
	return strings.Join(printed, " "), warn.String()
}

func TestFollow(t *testing.T) {
	for _, test := range []struct {
		name  string
		query url.Values
		add   func(a *fakeArchive)
		want  string
		warn  string
	}{
		{
			name: "what was there is no news",
			add: func(a *fakeArchive) {
				a.add("old", -time.Hour, -time.Hour)
				a.add("recent", -3*time.Second, -2*time.Second)
				a.add("new", 2*time.Second, 3*time.Second)
			},
			want: "new",
		},
		{
			name:  "what is asked for comes first, the oldest first, and once",
			query: url.Values{"since": {"1h"}, "limit": {"20"}},
			add: func(a *fakeArchive) {
				a.add("older", -2*time.Hour, -2*time.Hour)
				a.add("old", -30*time.Minute, -30*time.Minute)
				a.add("recent", -3*time.Second, -2*time.Second)
				a.add("new", time.Minute, time.Minute)
			},
			want: "old recent new",
		},
		{
			name:  "less than what is looked at",
			query: url.Values{"since": {"5s"}, "limit": {"20"}},
			add: func(a *fakeArchive) {
				a.add("a", -12*time.Second, -12*time.Second)
				a.add("b", -4*time.Second, -4*time.Second)
			},
			want: "b",
		},
		{
			name:  "the past is limited, and says so",
			query: url.Values{"since": {"1h"}, "limit": {"2"}},
			add: func(a *fakeArchive) {
				for _, id := range []string{"a", "b", "c"} {
					a.add(id, -time.Minute, -time.Minute)
				}
				a.add("d", time.Second, time.Second)
			},
			want: "b c d",
			warn: "1 more before these",
		},
		{
			name: "a row may come late and out of order",
			add: func(a *fakeArchive) {
				a.add("late", 10*time.Second, 20*time.Second)
				a.add("sooner", 15*time.Second, 16*time.Second)
			},
			want: "sooner late",
		},
		{
			name: "a flood that is too much says so",
			add: func(a *fakeArchive) {
				for range followRows + 1 {
					a.add("x", 10*time.Second+time.Duration(len(a.rows))*time.Millisecond/10, 11*time.Second)
				}
			},
			want: strings.TrimSpace(strings.Repeat("x ", followRows)),
			warn: "more was decided than can be followed",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := new(fakeArchive)
				test.add(a)
				if test.query == nil {
					test.query = url.Values{"limit": {"20"}}
				}
				got, warned := followFor(t, a, test.query, 2*time.Minute)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if !strings.Contains(warned, test.warn) || (warned == "") != (test.warn == "") {
					t.Errorf("warned %q, want %q", warned, test.warn)
				}
				if a.asked < 119 || a.asked > 123 {
					t.Errorf("asked %d times in two minutes, want once a second", a.asked)
				}
			})
		})
	}
}

func TestFollowEndsWithTheDaemon(t *testing.T) {
	gone := errors.New("no daemon answers")
	f := follower{ask: (&fakeArchive{fails: gone}).ask, warn: io.Discard}
	if err := f.run(t.Context(), url.Values{}); !errors.Is(err, gone) {
		t.Errorf("got %v, want %v", err, gone)
	}
}

// TestFollowUntilInterrupted runs the program as a person does: rows come while it
// runs, and Ctrl-C ends it well.
func TestFollowUntilInterrupted(t *testing.T) {
	decided := `{"time":"2026-03-14T12:00:00Z","event_id":"01","event_type":"backup_fail","stage":"dedup","outcome":"suppressed","code":"repeat","reason":"told 2s ago\u001b[2J","place":"a.hcl:7","count":4}`
	asked := make(chan string, 100)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.RequestURI()
		if len(asked) > 1 {
			fmt.Fprintf(w, `{"decisions":[%s],"total":1}`, decided)
			return
		}
		fmt.Fprint(w, `{"decisions":[],"total":0}`)
	}))
	defer api.Close()
	cmd := exec.Command("tocsin", "decisions", "--follow", "--channel", "phone", "--addr", api.URL)
	cmd.Env = append(os.Environ(), "TZ=UTC")
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	timeout := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer timeout.Stop()
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	if want := "2026-03-14 12:00:00  backup_fail  -  dedup suppressed: told 2s ago"; !strings.HasPrefix(line, want) || !strings.HasSuffix(line, " ×4  a.hcl:7\n") || strings.Contains(line, "\x1b") {
		t.Errorf("got %q, want %q", line, want)
	}
	if uri := <-asked; !strings.HasPrefix(uri, "/api/notifications/decisions?channel=phone&limit=1000&since=15s") {
		t.Errorf("asked %s", uri)
	}
	must(t, cmd.Process.Signal(os.Interrupt))
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

// TestDecisionRow: the count of a flood is never cut off.
func TestDecisionRow(t *testing.T) {
	d := event.Decision{Type: "vm_fail", Stage: "dedup", Outcome: "suppressed", Reason: strings.Repeat("long ", 50), Place: "a.hcl:1", Count: 12}
	if why := decisionRow(&d)[5]; !strings.HasSuffix(why, "… ×12") {
		t.Errorf("got %q", why)
	}
	d.Count = 1
	if why := decisionRow(&d)[5]; strings.Contains(why, "×") {
		t.Errorf("got %q", why)
	}
}
