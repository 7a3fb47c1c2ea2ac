package dispatch_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine"
	"tocsin/engine/dispatch"
	"tocsin/engine/event"
	"tocsin/engine/window"
)

// TestEveryMinuteOfTheDaysOnWhichClocksChange sends an event a minute, through
// the whole post room, from the evening before a change of clocks to the morning
// after the day, and compares when each is told with the tables. Unless it is
// run long, it takes only the minutes at which something could go wrong.
func TestEveryMinuteOfTheDaysOnWhichClocksChange(t *testing.T) {
	onClockDays(t, func(v *vigil) { v.watch(0) })
}

// TestARestartInTheNightOfAChangeTellsTheSame restarts the daemon behind every
// thirteenth event: what it works out anew must be what it would have done.
func TestARestartInTheNightOfAChangeTellsTheSame(t *testing.T) {
	onClockDays(t, func(v *vigil) { v.watch(13) })
}

func onClockDays(t *testing.T, test func(v *vigil)) {
	for _, day := range clockDays() {
		t.Run(strings.ReplaceAll(day.zone, "/", "-")+" "+day.from[:10], func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(newVigil(t, day)) })
		})
	}
}

// vigil is a night on which somebody looks at the clock every minute.
type vigil struct {
	*room
	day      clockDay
	zone     *time.Location
	from, to time.Time
	slates   []*slate
}

// slate is a channel that notes when it is told what.
type slate struct {
	clockChannel
	zone *time.Location
	mu   sync.Mutex
	got  []string
}

func (s *slate) name() string {
	return strings.TrimSpace(s.hours + " " + s.at)
}

// Send notes a message with the time on the wall.
func (s *slate) Send(_ context.Context, m *event.Message) (event.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, s.line(time.Now(), m.Type, m.Title))
	return event.Receipt{MessageID: m.ID}, nil
}

// line is one entry: when, how, and the minutes of the events that it tells of.
func (s *slate) line(at time.Time, how, what string) string {
	return at.In(s.zone).Format(time.RFC3339Nano) + " " + how + " " + what
}

func newVigil(t *testing.T, day clockDay) *vigil {
	t.Helper()
	zone, err := time.LoadLocation(day.zone)
	if err != nil {
		t.Fatal(err)
	}
	v := &vigil{day: day, zone: zone, from: instant(t, day.from), to: instant(t, day.to)}
	for _, ch := range day.channels {
		v.slates = append(v.slates, &slate{clockChannel: ch, zone: zone})
	}
	time.Sleep(time.Until(v.from)) // a bubble begins in the year 2000
	v.room = &room{t: t, path: filepath.Join(inMemory(t), "tocsin.db"), log: new(bytes.Buffer)}
	v.plan = func(map[string]*sink) dispatch.Plan { return v.clockPlan() }
	v.open()
	return v
}

// clockPlan has a channel for each row of the table.
func (v *vigil) clockPlan() dispatch.Plan {
	p := plan(nil)
	for _, s := range v.slates {
		ch := &engine.Channel{Name: s.name()}
		if s.hours != "" {
			hours, err := window.Parse(s.hours, v.zone)
			if err != nil {
				v.t.Fatal(err)
			}
			ch.Quiet = &engine.Quiet{Hours: window.List{hours}}
		}
		if s.at != "" {
			at, err := window.ParseDaily(s.at, v.zone)
			if err != nil {
				v.t.Fatal(err)
			}
			ch.Digest = &engine.Digest{At: at}
		}
		p.Policy.Channels = append(p.Policy.Channels, ch)
		p.Lines[ch.Name] = dispatch.Line{Sender: s, GiveUp: 72 * time.Hour, Version: "1"}
	}
	p.Policy.Index()
	p.Render = func(n *event.Notification) (event.Message, []string) {
		e := n.Event
		return event.Message{EventID: e.ID, Type: "at once", Severity: e.Severity, Title: event.Text(e.Data["minute"]), Time: e.Time}, nil
	}
	p.Group = func(g dispatch.Group) []dispatch.Grouped {
		minutes := make([]string, len(g.Rows))
		for i := range g.Rows {
			minutes[i] = g.Rows[i].Title
		}
		m := event.Message{EventID: g.ID, Type: string(g.Buffer), Title: fmt.Sprintf("%d: %s", g.Total, runs(v.t, minutes)), Time: g.Now}
		return []dispatch.Grouped{{Message: m, Rows: len(g.Rows)}}
	}
	return p
}

// minutes are those at which events are sent: all, or those around the times in
// the table, many around the change of clocks, and each full hour.
func (v *vigil) minutes() []time.Time {
	edge := map[time.Time]bool{}
	for _, s := range v.slates {
		for _, moment := range append(strings.Split(strings.Join(s.spans, "/"), "/"), s.moments...) {
			if moment == "" {
				continue
			}
			at := instant(v.t, moment).UTC()
			edge[at.Add(-time.Minute)], edge[at], edge[at.Add(time.Minute)] = true, true, true
		}
	}
	var list []time.Time
	for at := v.from; at.Before(v.to); at = at.Add(time.Minute) {
		local := at.In(v.zone)
		night := local.Hour() < 4 || local.Hour() == 23
		if long() || edge[at.UTC()] || local.Minute() == 0 || night && local.Minute()%20 == 0 {
			list = append(list, at)
		}
	}
	return list
}

// watch sends the events and compares, restarting behind so many of them.
func (v *vigil) watch(restart int) {
	var sent []time.Time
	for _, at := range v.minutes() {
		time.Sleep(time.Until(at))
		if restart > 0 && len(sent)%restart == restart-1 {
			v.close()
			v.open()
		}
		minute := at.In(v.zone).Format(time.RFC3339)
		o := v.submit(&event.Incoming{Type: "note", Severity: "info", Data: map[string]any{"minute": minute}})
		if o.Err != nil {
			v.t.Fatal(o.Err)
		}
		sent = append(sent, at)
		for _, s := range v.slates {
			if _, how := s.fate(v.t, at); (how == "at once") != slices.Contains(o.Accepted.Channels, s.name()) {
				v.t.Errorf("%s: the event of %s is told %v, want %s", s.name(), minute, o.Accepted.Channels, how)
			}
		}
	}
	time.Sleep(time.Until(v.to))
	synctest.Wait()
	for _, s := range v.slates {
		s.compare(v.t, s.want(v.t, sent))
	}
	v.close()
}

// compare looks for the first difference: one is enough to see what is wrong,
// and a whole day of them hides it.
func (s *slate) compare(t *testing.T, want []string) {
	t.Helper()
	for i := range max(len(want), len(s.got)) {
		line := func(list []string) string {
			if i < len(list) {
				return list[i]
			}
			return "nothing"
		}
		if line(want) != line(s.got) {
			t.Errorf("%s: message %d is\n%s\nwant\n%s", s.name(), i+1, line(s.got), line(want))
			return
		}
	}
}

// fate is when the table wants the event of a minute to be told, and how. No
// time: not as long as anybody looks.
func (s *slate) fate(t *testing.T, at time.Time) (told time.Time, how string) {
	for _, span := range s.spans {
		from, to, _ := strings.Cut(span, "/")
		if from, to := instant(t, from), instant(t, to); !at.Before(from) && at.Before(to) {
			return to, string(event.QuietBuffer)
		}
	}
	if s.at == "" {
		return at, "at once"
	}
	for _, moment := range s.moments {
		if moment := instant(t, moment); moment.After(at) {
			return moment, string(event.DigestBuffer)
		}
	}
	return time.Time{}, string(event.DigestBuffer)
}

// want is what the slate has to show after events of these minutes.
func (s *slate) want(t *testing.T, sent []time.Time) []string {
	type telling struct {
		at  time.Time
		how string
	}
	var order []telling
	minutes := map[telling][]string{}
	for _, at := range sent {
		told, how := s.fate(t, at)
		if told.IsZero() {
			continue
		}
		k := telling{told.UTC(), how}
		if minutes[k] == nil {
			order = append(order, k)
		}
		minutes[k] = append(minutes[k], at.In(s.zone).Format(time.RFC3339))
	}
	slices.SortStableFunc(order, func(a, b telling) int { // of one instant, the quiet hours come before the digest
		if c := a.at.Compare(b.at); c != 0 || a.how == b.how {
			return c
		}
		return rank(a.how) - rank(b.how)
	})
	lines := []string{}
	for _, k := range order {
		list := minutes[k]
		what := list[0]
		if k.how != "at once" {
			what = fmt.Sprintf("%d: %s", len(list), runs(t, list))
		}
		lines = append(lines, s.line(k.at, k.how, what))
	}
	return lines
}

// rank is the order of what is told at the same instant.
func rank(how string) int {
	return slices.Index([]string{string(event.QuietBuffer), string(event.DigestBuffer), "at once"}, how)
}

// runs writes a list of minutes as the spans in which none is missing.
func runs(t *testing.T, minutes []string) string {
	var spans []string
	for i := 0; i < len(minutes); {
		j := i
		for j+1 < len(minutes) && instant(t, minutes[j+1]).Sub(instant(t, minutes[j])) == time.Minute {
			j++
		}
		spans = append(spans, minutes[i]+" to "+minutes[j])
		i = j + 1
	}
	return strings.Join(spans, ", ")
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
