package engine

import (
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/engine/window"
)

// madrid is the zone of the channels below.
func madrid(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func windows(t *testing.T, texts ...string) window.List {
	t.Helper()
	var list window.List
	for _, text := range texts {
		w, err := window.Parse(text, madrid(t))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, w)
	}
	return list
}

func daily(t *testing.T, text string) window.Daily {
	t.Helper()
	d, err := window.ParseDaily(text, madrid(t))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// nightly is a policy whose phone is quiet at night and has its digest at nine.
func nightly(t *testing.T) *Policy {
	p := onlyPhone()
	p.Channels[0].Quiet = &Quiet{Hours: windows(t, "22:00-07:00"), Place: "tocsin.hcl:23"}
	p.Channels[0].Digest = &Digest{At: daily(t, "09:00"), Place: "tocsin.hcl:27"}
	p.Types["backup_complete"] = &Type{Name: "backup_complete", Group: "backups", Enabled: true, Fingerprint: []string{"vmid"}, Place: "catalogue.hcl:1"}
	p.Types["vm_start"] = &Type{Name: "vm_start", Group: "vm_ct", Enabled: true, Live: true, Fingerprint: []string{"vmid"}, Place: "catalogue.hcl:2"}
	p.Index()
	return p
}

// night is a story whose offsets count from a local time in Madrid.
type night struct {
	*story
	start time.Time
}

func newNight(t *testing.T, p *Policy, at string) *night {
	t.Helper()
	from, err := time.ParseInLocation("2006-01-02 15:04", at, madrid(t))
	if err != nil {
		t.Fatal(err)
	}
	p.Index()
	st, err := NewState(p, Saved{}, from)
	if err != nil {
		t.Fatal(err)
	}
	return &night{&story{t: t, policy: p, state: st}, from}
}

// at steps to a local time of the story's day or of one after, "15:04" or
// "+1 15:04", doing everything that is due on the way.
func (n *night) until(to time.Time) {
	n.t.Helper()
	for {
		next, ok := n.state.Next()
		if !ok || next.After(to) {
			return
		}
		n.do(next, Elapsed{})
	}
}

func (n *night) do(at time.Time, in Input) {
	n.t.Helper()
	var fx Effects
	n.policy.Step(n.state, at, in, &fx)
	n.state.Commit()
	before := len(n.lines)
	n.record(0, &fx)
	for i := before; i < len(n.lines); i++ {
		n.lines[i] = at.In(n.start.Location()).Format("02 15:04") + n.lines[i][len("0s"):]
	}
}

func (n *night) event(after time.Duration, typ, severity, data string) {
	n.t.Helper()
	at := n.start.Add(after)
	n.until(at)
	n.nth++
	in := &event.Incoming{ID: "event", Type: typ, Severity: severity, Data: map[string]any{"vmid": data, "mount": data}}
	n.do(at, Arrived{in})
}

func TestQuietHoursHoldTheNightAndTellItOnce(t *testing.T) {
	n := newNight(t, nightly(t), "2026-03-10 21:00")
	n.event(0, "disk_space_low", "", "1")              // 21:00: before
	n.event(2*time.Hour, "disk_space_low", "", "2")    // 23:00
	n.event(3*time.Hour, "backup_complete", "", "101") // 00:00: quiet, not digest
	n.event(5*time.Hour, "disk_space_low", "critical", "3")
	n.event(10*time.Hour, "disk_space_low", "", "4") // 07:00: half-open
	n.until(n.start.Add(24 * time.Hour))
	n.want(
		"10 21:00 phone disk_space_low WARNING",
		"10 23:00 - quiet quiet_hours phone",
		"11 00:00 - quiet quiet_hours phone",
		"11 02:00 phone disk_space_low CRITICAL",
		"11 07:00 phone tells quiet",
		"11 07:00 phone disk_space_low WARNING",
		"11 09:00 - digest digest_empty phone",
	)
}

func TestTheDigestIsToldAtItsMinuteOnceADay(t *testing.T) {
	n := newNight(t, nightly(t), "2026-03-10 08:00")
	n.event(0, "backup_complete", "", "101")
	n.event(time.Minute, "vm_start", "", "101")                   // live
	n.event(2*time.Minute, "disk_space_low", "warning", "/")      // no digest material
	n.event(90*time.Minute, "backup_complete", "", "102")         // 09:30: tomorrow's
	n.event(120*time.Minute, "backup_complete", "warning", "103") // told at once
	n.until(n.start.Add(30 * time.Hour))
	n.want(
		"10 08:00 - digest digest phone",
		"10 08:01 phone vm_start INFO",
		"10 08:02 phone disk_space_low WARNING",
		"10 09:00 phone tells digest",
		"10 09:30 - digest digest phone",
		"10 10:00 phone backup_complete WARNING",
		"11 09:00 phone tells digest",
	)
}

func TestTogglesChooseTheDigest(t *testing.T) {
	p := nightly(t)
	p.Channels[0].Toggles.Types = map[string]Setting[Toggle]{"vm_start": {ToDigest, "tocsin.hcl:40"}, "backup_complete": {ToLive, "tocsin.hcl:41"}, "disk_space_low": {ToDigest, "tocsin.hcl:42"}}
	n := newNight(t, p, "2026-03-10 12:00")
	n.event(0, "vm_start", "", "1")
	n.event(0, "backup_complete", "", "1")
	n.event(0, "disk_space_low", "", "1")
	n.event(0, "disk_space_low", "critical", "2")
	n.want(
		"10 12:00 - digest digest phone", "10 12:00 phone backup_complete INFO", "10 12:00 - digest digest phone",
		"10 12:00 phone disk_space_low CRITICAL",
	)
}

func TestADigestInQuietHoursFollowsTheSummary(t *testing.T) {
	p := nightly(t)
	p.Channels[0].Digest.At = daily(t, "23:00")
	n := newNight(t, p, "2026-03-10 21:00")
	n.event(0, "backup_complete", "", "101")
	n.event(3*time.Hour, "disk_space_low", "", "1")
	n.until(n.start.Add(50 * time.Hour))
	n.want(
		"10 21:00 - digest digest phone", "11 00:00 - quiet quiet_hours phone",
		"11 07:00 phone tells quiet", "11 07:00 phone tells digest",
		"12 07:00 - digest digest_empty phone",
	)
}

func TestWhatPassesQuietHours(t *testing.T) {
	p := nightly(t)
	p.Channels[0].Quiet.Pass, p.Channels[0].Quiet.PassPlace = has{Attr: "group", Value: "storage"}, "tocsin.hcl:24"
	n := newNight(t, p, "2026-03-10 23:00")
	n.event(0, "disk_space_low", "", "1")
	n.event(0, "vm_start", "", "1")
	n.want("10 23:00 phone disk_space_low WARNING", "10 23:00 - quiet passes_quiet_hours phone", "10 23:00 - quiet quiet_hours phone")
}

func TestQuietHoursOnTheDaysTheClocksChange(t *testing.T) {
	for _, c := range []struct {
		name, from, hours string
		want              string // when the summary is told
	}{
		{"over the missing hour", "2026-03-28 23:00", "22:00-07:00", "29 07:00 phone tells quiet"},
		{"an end in the missing hour", "2026-03-28 23:00", "22:00-02:30", "29 03:00 phone tells quiet"},
		{"over the doubled hour", "2026-10-24 23:00", "22:00-07:00", "25 07:00 phone tells quiet"},
		{"an end in the doubled hour", "2026-10-24 23:00", "22:00-02:30", "25 02:30 phone tells quiet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := nightly(t)
			p.Channels[0].Quiet.Hours, p.Channels[0].Digest = windows(t, c.hours), nil
			n := newNight(t, p, c.from)
			n.event(0, "disk_space_low", "", "1")
			n.until(n.start.Add(20 * time.Hour))
			n.want(n.start.Format("02 15:04")+" - quiet quiet_hours phone", c.want)
		})
	}
}

func TestAWindowDoesNotReopenInTheDoubledHour(t *testing.T) {
	p := nightly(t)
	p.Channels[0].Quiet.Hours, p.Channels[0].Digest = windows(t, "22:00-02:30"), nil
	n := newNight(t, p, "2026-10-25 01:40")
	n.event(105*time.Minute, "disk_space_low", "", "1") // an hour after 02:25, it is 02:25 again
	n.want("25 02:25 phone disk_space_low WARNING")
}

func TestEditsTimeWhatWaitsAnew(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*testing.T, *Channel)
		want []string
	}{
		{"a longer night", func(t *testing.T, ch *Channel) { ch.Quiet.Hours = windows(t, "22:00-08:30") }, []string{"11 08:30 phone tells quiet", "11 09:00 phone tells digest"}},
		{"a shorter one", func(t *testing.T, ch *Channel) { ch.Quiet.Hours = windows(t, "22:00-23:30") }, []string{"11 00:00 phone tells quiet", "11 09:00 phone tells digest"}},
		{"no quiet hours", func(_ *testing.T, ch *Channel) { ch.Quiet = nil }, []string{"11 00:00 phone tells quiet early", "11 09:00 phone tells digest"}},
		{"no digest", func(_ *testing.T, ch *Channel) { ch.Digest = nil }, []string{"11 07:00 phone tells quiet", "11 07:00 phone tells digest early"}},
		{"an earlier digest", func(t *testing.T, ch *Channel) { ch.Digest.At = daily(t, "08:00") }, []string{"11 07:00 phone tells quiet", "11 08:00 phone tells digest"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNight(t, nightly(t), "2026-03-10 21:00")
			n.event(0, "backup_complete", "", "101")
			n.event(2*time.Hour, "disk_space_low", "", "1")
			n.lines = nil
			c.edit(t, n.policy.Channels[0])
			n.do(n.start.Add(3*time.Hour), Edited{})
			n.until(n.start.Add(23 * time.Hour))
			n.want(c.want...)
		})
	}
}

func TestRowsOfAChannelThatIsGoneStay(t *testing.T) {
	p := nightly(t)
	n := newNight(t, p, "2026-03-10 23:00")
	n.event(0, "disk_space_low", "", "1")
	n.lines = nil
	channels := p.Channels
	p.Channels = nil
	p.Index()
	n.do(n.start.Add(time.Hour), Edited{})
	n.until(n.start.Add(24 * time.Hour))
	n.want()
	p.Channels = channels
	p.Index()
	n.do(n.start.Add(24*time.Hour), Edited{}) // it is quiet again
	n.until(n.start.Add(34 * time.Hour))
	n.want("12 07:00 phone tells quiet", "12 09:00 - digest digest_empty phone")
}

func TestARestartPastTheCloseTellsTheNightLate(t *testing.T) {
	from := time.Date(2026, 3, 10, 23, 0, 0, 0, madrid(t))
	pending := []Pending{
		{Channel: "phone", Buffer: event.QuietBuffer, Count: 3, Oldest: from},
		{Channel: "phone", Buffer: event.DigestBuffer, Count: 1, Oldest: from.Add(-2 * time.Hour)},
	}
	for _, c := range []struct {
		name  string
		after time.Duration
		want  []string
	}{
		{"in the same night", 4 * time.Hour, []string{"11 07:00 phone tells quiet", "11 09:00 phone tells digest"}},
		{"in the morning", 9 * time.Hour, []string{"11 08:00 phone tells quiet late", "11 09:00 phone tells digest"}},
		{"at noon", 13 * time.Hour, []string{"11 12:00 phone tells quiet late", "11 12:00 phone tells digest late"}},
		{"in the next night", 24 * time.Hour, []string{"12 07:00 phone tells quiet late", "12 07:00 phone tells digest late"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := nightly(t)
			st, err := NewState(p, Saved{Pending: pending, Digested: []Digested{{"phone", "2026-03-10"}}}, from.Add(c.after))
			if err != nil {
				t.Fatal(err)
			}
			n := &night{&story{t: t, policy: p, state: st}, from}
			n.do(from.Add(c.after), Elapsed{})
			n.until(from.Add(35 * time.Hour))
			n.lines = filter(n.lines, "digest")
			n.want(c.want...)
		})
	}
}

func TestAClockThatIsSetNeitherRepeatsNorSwallows(t *testing.T) {
	n := newNight(t, nightly(t), "2026-03-10 23:00")
	n.event(0, "disk_space_low", "", "1")
	n.lines = nil
	forward := n.start.Add(9 * time.Hour) // 08:00, of a clock that was set
	n.do(forward, Edited{})
	back := n.start.Add(7 * time.Hour) // 06:00 again
	n.do(back, Edited{})
	n.start = back
	n.event(time.Minute, "disk_space_low", "", "2")
	n.until(back.Add(2 * time.Hour))
	n.want("11 08:00 phone tells quiet", "11 06:01 - quiet quiet_hours phone", "11 07:00 phone tells quiet")
}
