package dispatch_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/store"
)

// afterKill returns a room that goes on with what is on disk now, as after a
// kill. The old one lives on, but nobody asks it any more.
func (r *room) afterKill() *room {
	r.t.Helper()
	next := &room{t: r.t, plan: r.plan, log: r.log, path: filepath.Join(r.t.TempDir(), "tocsin.db"), sinks: map[string]*sink{}, n: r.n}
	for name := range r.sinks {
		next.sinks[name] = &sink{}
	}
	for _, end := range []string{"", "-wal"} {
		copyFile(r.t, r.path+end, next.path+end)
	}
	next.open()
	return next
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAKillInTheMiddleOfASendIsToldWithTheRepeat(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].hold = make(chan struct{})
		r.send("info")
		r.send("info")
		time.Sleep(time.Second)
		if rows := r.waiting("phone"); rows[0].State != event.Sending || rows[1].State != event.Queued {
			t.Errorf("the outbox says %s and %s", rows[0].State, rows[1].State)
		}
		next := r.afterKill()
		defer next.close()
		synctest.Wait()
		wantLines(t, next.sinks["phone"], "INFO note 1 (again)", "INFO note 2")
	})
}

func TestALostAnswerIsUnknownAndSentAgain(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(func(*event.Message) error {
			return &event.SendError{Class: event.Temporary, Code: "timeout", Why: "no answer", Do: "wait", Maybe: true}
		})
		r.send("info")
		synctest.Wait()
		if rows := r.waiting("phone"); rows[0].State != event.Unknown {
			t.Errorf("the outbox says %s", rows[0].State)
		}
		r.sinks["phone"].set(nil)
		time.Sleep(time.Minute)
		wantLines(t, r.sinks["phone"], "INFO note 1 (again)")
	})
}

// kept counts the rows of the quiet buffer of phone, told or not.
func (r *room) kept(ids []string) (n int) {
	r.t.Helper()
	for _, id := range ids {
		rows, err := r.store.WaitingOf(r.t.Context(), id)
		if err != nil {
			r.t.Fatal(err)
		}
		n += len(rows)
	}
	return n
}

func TestANightStaysUntilItsSummaryIsConfirmed(t *testing.T) {
	night(t, func(t *testing.T, r *room) {
		var ids []string
		for range 3 {
			ids = append(ids, r.send("warning").Accepted.ID)
		}
		r.sinks["phone"].set(temporary)
		time.Sleep(8 * time.Hour)
		r.wait(t, event.QuietBuffer, 0)
		if n := r.kept(ids); n != 3 {
			t.Errorf("%d of 3 rows are kept while the channel does not take the summary", n)
		}
		for _, id := range ids {
			trace, err := r.store.Trace(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			last := trace.Decisions[len(trace.Decisions)-1]
			if last.Code != "told_together" || last.ToldIn == "" || !strings.Contains(last.Reason, last.ToldIn) {
				t.Errorf("event %s: the last decision is %+v", id, last)
			}
		}
		r.close()
		r.open()
		r.sinks["phone"].set(nil)
		time.Sleep(15 * time.Minute)
		wantLines(t, r.sinks["phone"], "WARNING quiet of 3: note 1, note 2, note 3")
		if n := r.kept(ids); n != 0 {
			t.Errorf("%d rows are left after the channel confirmed", n)
		}
	})
}

// grouped makes every message of a plan tell at most n rows.
func grouped(p dispatch.Plan, n int) dispatch.Plan {
	whole := p.Group
	p.Group = func(g dispatch.Group) (list []dispatch.Grouped) {
		for first := 0; first < len(g.Rows); first += n {
			part := g
			part.Rows = g.Rows[first:min(first+n, len(g.Rows))]
			part.Total = len(part.Rows)
			list = append(list, whole(part)...)
		}
		return list
	}
	return p
}

func TestALongNightIsToldInManyMessagesThatLoseNothing(t *testing.T) {
	night(t, func(t *testing.T, r *room) {
		plan := r.plan
		r.plan = func(s map[string]*sink) dispatch.Plan { return grouped(plan(s), 20) }
		r.reload(r.plan(r.sinks))
		var ids []string
		for range 90 {
			ids = append(ids, r.send("info").Accepted.ID)
			time.Sleep(time.Minute)
		}
		time.Sleep(8 * time.Hour)
		synctest.Wait()
		var told []string
		for _, line := range r.sinks["phone"].lines() {
			if _, list, ok := strings.Cut(line, "quiet of "); ok {
				_, list, _ = strings.Cut(list, ": ")
				told = append(told, strings.Split(list, ", ")...)
			}
		}
		for i := range 90 {
			if i >= len(told) || told[i] != fmt.Sprint("note ", i+1) {
				t.Fatalf("told are %d in this order: %v", len(told), told)
			}
		}
		if n := r.kept(ids); n != 0 {
			t.Errorf("%d rows are left", n)
		}
		if rows := r.history(); len(rows) != 5 {
			t.Errorf("%d messages, want 5", len(rows))
		}
	})
}

// paced gives every channel the pace of its service and the rate of its operator.
func paced(of func(map[string]*sink) dispatch.Plan, pace, rate dispatch.Pace) func(map[string]*sink) dispatch.Plan {
	return func(sinks map[string]*sink) dispatch.Plan {
		p := of(sinks)
		for name, line := range p.Lines {
			line.Pace, line.Rate = pace, rate
			p.Lines[name] = line
		}
		return p
	}
}

// TestAfterThreeDaysOfOutageEverythingArrives is a provider that is down for
// three days: what waited arrives in order and within its pace, the oldest
// together.
func TestAfterThreeDaysOfOutageEverythingArrives(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		plan := r.plan
		r.plan = paced(func(s map[string]*sink) dispatch.Plan { return grouped(plan(s), 200) }, dispatch.Pace{Every: time.Second, Burst: 3}, dispatch.Pace{})
		r.reload(r.plan(r.sinks))
		r.sinks["phone"].set(temporary)
		const events = 1000
		for n := range events {
			severity := "info"
			if n%250 == 125 {
				severity = "critical"
			}
			r.send(severity)
			time.Sleep(71 * time.Hour / events)
		}
		r.sinks["phone"].set(nil)
		back := time.Now()
		time.Sleep(time.Hour)
		lines := r.sinks["phone"].lines()
		var order []string
		groups := 0
		for i, line := range lines {
			if strings.HasPrefix(line, "CRITICAL") {
				if i > 4 {
					t.Errorf("a CRITICAL message came at place %d: %v", i, line)
				}
				continue
			}
			if _, list, ok := strings.Cut(line, "backlog of "); ok {
				groups++
				_, list, _ = strings.Cut(list, ": ")
				order = append(order, strings.Split(list, ", ")...)
			} else {
				order = append(order, strings.TrimPrefix(line, "INFO "))
			}
		}
		want := 0
		for n := 1; n <= events; n++ {
			if n%250 == 126 {
				continue
			}
			if want >= len(order) || order[want] != fmt.Sprint("note ", n) {
				t.Fatalf("at %d of %d arrived %q, want note %d", want, len(order), order[min(want, len(order)-1)], n)
			}
			want++
		}
		if want != len(order) || groups == 0 || len(lines) > 650 {
			t.Errorf("%d messages in %d lines, %d of them groups", len(order), len(lines), groups)
		}
		r.checkPace(back, time.Second, 3)
		if left := r.waiting("phone"); len(left) > 0 {
			t.Errorf("%d are left", len(left))
		}
		t.Logf("%d events in %d messages, %d of them grouped", events, len(lines), groups)
	})
}

// checkPace checks that no more was sent than a pace allows since a moment.
func (r *room) checkPace(since time.Time, every time.Duration, burst int) {
	r.t.Helper()
	var times []time.Time
	for offset := 0; ; offset += 1000 {
		rows, _, err := r.store.History(r.t.Context(), store.HistoryFilter{Since: since, Page: store.Page{Limit: 1000, Offset: offset}})
		if err != nil {
			r.t.Fatal(err)
		}
		for _, row := range rows {
			times = append(times, row.SentAt)
		}
		if len(rows) < 1000 {
			break
		}
	}
	for i := range times { // the newest first
		for j := i + burst; j < len(times); j++ {
			if span, n := times[i].Sub(times[j]), j-i+1; span < time.Duration(n-burst)*every-50*time.Millisecond {
				r.t.Fatalf("%d messages in %v", n, span)
			}
		}
	}
}

func TestNothingVanishesWhenItIsGivenUp(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(temporary)
		for range 5 {
			r.send("warning")
		}
		time.Sleep(4 * 24 * time.Hour)
		dead, err := r.store.Outbox(t.Context(), store.OutboxFilter{State: event.Dead})
		if err != nil || len(dead) != 5 {
			t.Fatalf("%d are dead (%v), want 5", len(dead), err)
		}
		for _, p := range dead {
			if p.Error == "" || p.Code == "" {
				t.Errorf("parcel %d is dead without a reason", p.ID)
			}
		}
	})
}

func TestARateIsKeptAndMoreIsMerged(t *testing.T) {
	inBubble(t, []string{"phone"}, func(t *testing.T, r *room) {
		plan := r.plan
		r.plan = paced(func(s map[string]*sink) dispatch.Plan { return grouped(plan(s), 200) }, dispatch.Pace{Every: time.Second, Burst: 3}, dispatch.Pace{Every: 4 * time.Minute, Burst: 15})
		r.reload(r.plan(r.sinks))
		for range 300 {
			r.send("info")
		}
		time.Sleep(time.Minute)
		before := len(r.sinks["phone"].lines())
		r.send("critical")
		time.Sleep(2 * time.Second)
		if next := r.sinks["phone"].lines()[before:]; len(next) == 0 || !strings.HasPrefix(next[0], "CRITICAL") {
			t.Errorf("the CRITICAL one waits for the rate: %q", next)
		}
		time.Sleep(3 * time.Hour)
		lines := r.sinks["phone"].lines()
		if len(lines) > 50 || !strings.Contains(strings.Join(lines, "\n"), "backlog of ") {
			t.Errorf("%d messages: %.300v", len(lines), lines)
		}
		n := 0
		for _, line := range lines {
			n += strings.Count(line, "note ")
		}
		if n != 301 {
			t.Errorf("%d of 301 were told", n)
		}
	})
}

func TestAChannelThatRefusesForTenMinutesIsTold(t *testing.T) {
	inBubble(t, []string{"phone", "mail"}, func(t *testing.T, r *room) {
		r.sinks["phone"].set(refused)
		r.send("info")
		time.Sleep(9 * time.Minute)
		wantLines(t, r.sinks["mail"], "INFO note 1")
		time.Sleep(2 * time.Minute)
		wantLines(t, r.sinks["mail"], "INFO note 1", "WARNING channel_failing")
		r.close() // a restart neither tells it again nor forgets to tell the end
		r.open()
		time.Sleep(time.Hour)
		r.sinks["phone"].set(nil)
		time.Sleep(time.Hour)
		wantLines(t, r.sinks["mail"], "INFO note 1", "WARNING channel_failing", "INFO channel_recovered")
	})
}
