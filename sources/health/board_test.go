package health

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/sources"
)

// above holds when the value is at least so much.
func above(limit float64) Condition {
	return func(values map[string]any) (bool, error) {
		v, ok := values["value"].(float64)
		return ok && v >= limit, nil
	}
}

// tanks is a check over a list of tanks: 80 is a warning, 90 critical.
func tanks(change func(*Rule)) *Rule {
	limit := 80.0
	r := &Rule{
		Name: "tanks", Place: "farm.hcl:1", Category: "storage", Each: "tanks", Key: "tank", Every: time.Minute,
		Value: func(values map[string]any) (any, error) { return values["item.level"], nil },
		Bounds: map[Level]*Bound{
			Warning:  {When: above(80), Threshold: &limit, Severity: "WARNING"},
			Critical: {When: above(90), Severity: "CRITICAL"},
		},
		Event: "tank_full", Worse: "tank_full", Resolved: "error_resolved",
		Fields: map[string]event.FieldType{"tank": event.String, "value": event.Number, "threshold": event.Number, "error_key": event.String, "severity": event.String},
	}
	if change != nil {
		change(r)
	}
	return r
}

// yard is a farm that is looked at every minute.
type yard struct {
	t     *testing.T
	rule  *Rule
	board *Board
	now   time.Time
	kept  string
}

func newYard(t *testing.T, r *Rule) *yard {
	t.Helper()
	y := &yard{t: t, rule: r, now: time.Date(2025, 4, 1, 6, 0, 0, 0, time.UTC)}
	y.restart()
	return y
}

// restart goes on from what was kept.
func (y *yard) restart() {
	y.t.Helper()
	board, err := Open([]*Rule{y.rule}, y.kept, y.now)
	if err != nil {
		y.t.Fatal(err)
	}
	y.board = board
}

// minute lets a minute pass, looks, and returns what was told in short.
func (y *yard) minute(facts map[string]Answer) string {
	y.now = y.now.Add(time.Minute)
	changes, faults := y.board.Look(y.now, y.rule.Name, facts)
	for _, f := range faults {
		y.t.Errorf("%s: %v", f.Part, f.Err)
	}
	y.kept = y.board.Position()
	return told(changes)
}

// told writes changes in short.
func told(changes []Change) string {
	var out []string
	for _, c := range changes {
		e := c.Event
		line := strings.TrimSpace(e.Type + " " + e.Severity)
		for _, name := range []string{"tank", "value", "original_severity", "duration"} {
			if v := e.Data[name]; v != nil {
				line += " " + event.Text(v)
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

// levels are tanks with these levels: north=85 south=10. A level that is ? is missing.
func levels(text string) map[string]Answer {
	a := Answer{}
	if strings.TrimSpace(text) == "broken" {
		a.Err = errors.New("the gauge is broken")
		return map[string]Answer{"tanks": a}
	}
	for _, pair := range strings.Fields(text) {
		name, level, _ := strings.Cut(pair, "=")
		item := map[string]any{"tank": name}
		var f float64
		if _, err := fmt.Sscan(level, &f); err == nil {
			item["level"] = f
		}
		a.Items = append(a.Items, item)
	}
	return map[string]Answer{"tanks": a}
}

// Each line is a minute: what is read, and what is told of it. "restart" goes on from
// what was kept; "pass 3h" lets time go by.
func TestTransitions(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Rule)
		story  string
	}{
		"new, worse, better, over": {nil, `
			north=10 south=10 |
			north=85 south=10 | tank_full WARNING north 85
			north=86 south=10 |
			north=95 south=10 | tank_full CRITICAL north 95
			north=85 south=10 | tank_full WARNING north 85
			north=10 south=10 | error_resolved north 10 WARNING 4m
			north=10 south=10 |`},
		"critical at once": {nil, `
			north=99 | tank_full CRITICAL north 99
			north=10 | error_resolved north 10 CRITICAL 1m`},
		"each by itself": {nil, `
			north=85 south=95 | tank_full WARNING north 85; tank_full CRITICAL south 95
			north=10 south=95 | error_resolved north 10 WARNING 1m`},
		"gone": {nil, `
			north=85 south=1 | tank_full WARNING north 85
			south=1 | error_resolved north WARNING 1m
			north=85 south=1 | tank_full WARNING north 85`},
		"a new one has a type of its own when it gets worse": {func(r *Rule) { r.Event, r.Worse = NewError, Escalated }, `
			north=85 | new_error WARNING north 85
			north=95 | error_escalated CRITICAL north 95
			north=85 | new_error WARNING north 85
			north=99 | error_escalated CRITICAL north 99
			north=10 | error_resolved north 10 CRITICAL 4m`},
		"nothing tells the end": {func(r *Rule) { r.Resolved = "" }, `
			north=85 | tank_full WARNING north 85
			north=10 |
			north=85 | tank_full WARNING north 85`},
		"it must hold": {func(r *Rule) { r.Sustain = 3 * time.Minute }, `
			north=85 |
			north=95 |
			north=10 |
			north=85 |
			north=85 |
			north=95 |
			north=95 | tank_full WARNING north 95
			north=95 |
			north=95 | tank_full CRITICAL north 95
			north=10 |
			north=85 |
			north=10 |
			north=10 | tank_full WARNING north 10
			north=10 |
			north=10 | error_resolved north 10 WARNING 11m`},
		"hysteresis": {func(r *Rule) {
			r.Clear = func(values map[string]any) (bool, error) { return values["value"].(float64) < 70, nil }
		}, `
			north=75 |
			north=81 | tank_full WARNING north 81
			north=79 |
			north=81 |
			north=71 |
			north=92 | tank_full CRITICAL north 92
			north=75 | tank_full WARNING north 75
			north=69 | error_resolved north 69 WARNING 6m
			north=75 |`},
		"hysteresis of one level": {func(r *Rule) {
			delete(r.Bounds, Warning)
			r.Clear = func(values map[string]any) (bool, error) { return values["value"].(float64) < 70, nil }
		}, `
			north=92 | tank_full CRITICAL north 92
			north=75 |
			north=69 | error_resolved north 69 CRITICAL 2m`},
		"what is unknown raises and ends nothing": {nil, `
			north=85 | tank_full WARNING north 85
			north=? |
			north=? |
			north=? | unknown_persistent
			north=? |
			broken |
			broken |
			broken | unknown_persistent
			broken |
			north=85 |
			north=? |
			north=10 | error_resolved north 10 WARNING 11m
			broken |
			broken |
			broken | unknown_persistent`},
		"a reading that is missing does not begin the waiting anew": {func(r *Rule) { r.Sustain = 3 * time.Minute }, `
			north=85 |
			north=? |
			north=85 |
			north=85 | tank_full WARNING north 85`},
		"a gap does": {func(r *Rule) { r.Sustain = 3 * time.Minute }, `
			north=85 |
			pass 1h
			north=85 |
			north=85 |
			north=85 |
			north=85 | tank_full WARNING north 85`},
		"a restart in the middle": {func(r *Rule) { r.Sustain = 3 * time.Minute }, `
			north=85 |
			restart
			north=85 |
			restart
			north=85 |
			north=85 | tank_full WARNING north 85
			restart
			north=85 |
			north=10 |
			restart
			north=10 |
			north=10 |
			north=10 | error_resolved north 10 WARNING 8m
			restart
			north=10 |`},
		"a restart finds it over": {nil, `
			north=95 | tank_full CRITICAL north 95
			restart
			pass 3h
			north=10 | error_resolved north 10 CRITICAL 3h 1m`},
		"left out": {func(r *Rule) { r.Exclude = []func(string) bool{func(key string) bool { return key == "south" }} }, `
			north=85 south=99 | tank_full WARNING north 85`},
		"a while in which nothing changes": {func(r *Rule) {
			r.When = func(values map[string]any) (bool, error) { return values["item.level"] != 13.0, nil }
		}, `
			north=85 | tank_full WARNING north 85
			north=13 |
			north=12 | error_resolved north 12 WARNING 2m`},
	} {
		t.Run(name, func(t *testing.T) {
			y := newYard(t, tanks(c.change))
			for n, line := range strings.Split(strings.TrimSpace(c.story), "\n") {
				line = strings.TrimSpace(line)
				if wait, ok := strings.CutPrefix(line, "pass "); ok {
					d, _ := event.ParseDuration(wait)
					y.now = y.now.Add(d)
					continue
				}
				if line == "restart" {
					y.restart()
					continue
				}
				read, want, _ := strings.Cut(line, "|")
				if got := y.minute(levels(read)); got != strings.TrimSpace(want) {
					t.Errorf("minute %d: %s tells %q, want %q", n, read, got, strings.TrimSpace(want))
				}
			}
		})
	}
}

func TestWhatAnEventCarries(t *testing.T) {
	r := tanks(func(r *Rule) {
		r.Facts, r.Event, r.Worse = []string{"pump"}, NewError, Escalated
		r.Fields["reason"], r.Fields["entity"], r.Fields["cores"] = event.String, event.String, event.Number
		r.Data = []sources.Datum{
			{Name: "cores", Type: event.Number, Text: func(view map[string]any) (string, error) {
				return fmt.Sprint(view["host"].(map[string]any)["pump"].(map[string]any)["cores"]), nil
			}},
			{Name: "threshold", Type: event.Number, Text: func(view map[string]any) (string, error) { return "", nil }},
		}
	})
	b, _ := Open([]*Rule{r}, "", time.Time{})
	facts := levels("north=85.26")
	facts["pump"] = Answer{Items: []map[string]any{{"cores": 4.0}}}
	changes, _ := b.Look(time.Unix(9, 0), "tanks", facts)
	if len(changes) != 1 {
		t.Fatalf("%+v", changes)
	}
	want := map[string]any{
		"category": "storage", "tank": "north", "value": 85.26, "cores": 4.0, "error_key": "tanks/north", "entity": "north",
		"severity": "WARNING", "reason": "tanks north: 85.3",
	}
	e := changes[0].Event
	if fmt.Sprint(e.Data) != fmt.Sprint(want) || e.Source != Source || !e.Time.Equal(time.Unix(9, 0)) {
		t.Errorf("%+v", e)
	}
	b, _ = Open([]*Rule{r}, changes[0].Position, time.Unix(10, 0)) // over a restart
	facts["tanks"] = Answer{}
	changes, _ = b.Look(time.Unix(69, 0), "tanks", facts)
	maps.Copy(want, map[string]any{"ends": NewError, "original_severity": "WARNING", "duration": event.Duration(time.Minute), "note": changes[0].Event.Data["note"]})
	delete(want, "value")
	if fmt.Sprint(changes[0].Event.Data) != fmt.Sprint(want) || want["note"] == nil {
		t.Errorf("its end: %+v", changes[0].Event.Data)
	}
}

// A check without a list has the host as its one subject, unless the host has no such
// thing.
func TestTheHostIsASubject(t *testing.T) {
	r := tanks(func(r *Rule) {
		r.Each, r.Key, r.Facts, r.Own = "", "", []string{"pump"}, []string{"pump"}
		r.Value = func(values map[string]any) (any, error) { return values["host.pump.level"], nil }
	})
	y := newYard(t, r)
	pump := func(items ...map[string]any) map[string]Answer {
		return map[string]Answer{"pump": {Items: items}}
	}
	if got := y.minute(pump(map[string]any{"level": 85.0, "tank": "main"})); got != "tank_full WARNING main 85" {
		t.Errorf("told %q", got)
	}
	if key := y.board.Findings()[0].Data["error_key"]; key != "tanks" {
		t.Errorf("its key is %v", key)
	}
	if got := y.minute(pump()); got != "error_resolved main WARNING 1m" {
		t.Errorf("without a pump: %q", got)
	}
	if got := y.minute(map[string]Answer{"pump": {Err: errors.New("dry")}}); got != "" {
		t.Errorf("unreadable: %q", got)
	}
}

// What fails in a rule over one reading leaves what was found as it is.
func TestFaults(t *testing.T) {
	broken := errors.New("no")
	fails := func(map[string]any) (bool, error) { return false, broken }
	for part, change := range map[string]func(*Rule){
		"when": func(r *Rule) { r.When = fails }, "data tank": func(r *Rule) {
			r.Data = []sources.Datum{{Name: "tank", Type: event.String, Text: func(map[string]any) (string, error) { return "", broken }}}
		},
	} {
		b, _ := Open([]*Rule{tanks(change)}, "", time.Time{})
		_, faults := b.Look(time.Unix(9, 0), "tanks", levels("north=99"))
		if len(faults) != 1 || faults[0].Part != part || !errors.Is(faults[0].Err, broken) {
			t.Errorf("%s: %+v", part, faults)
		}
	}
	for _, change := range []func(*Rule){
		func(r *Rule) { r.Clear = fails }, func(r *Rule) { r.Bounds[Critical].When = fails },
		func(r *Rule) { r.Value = func(map[string]any) (any, error) { return nil, broken } },
	} {
		y := newYard(t, tanks(nil))
		y.minute(levels("north=99"))
		y.rule = tanks(change)
		y.restart()
		for want := range strings.SplitSeq("||unknown_persistent|", "|") {
			if got := y.minute(levels("north=1")); got != want {
				t.Errorf("told %q, want %q", got, want)
			}
		}
		if len(y.board.Findings()) != 1 {
			t.Error("what was found is lost")
		}
	}
}

func TestItemsThatAreNone(t *testing.T) {
	b, _ := Open([]*Rule{tanks(nil)}, "", time.Time{})
	facts := levels("north=99 north=1")
	a := facts["tanks"]
	a.Items = append(a.Items, map[string]any{"level": 99.0})
	for n := range 2 * maxItems {
		a.Items = append(a.Items, map[string]any{"tank": fmt.Sprint(n, strings.Repeat("x", 1000)), "level": 99.0})
	}
	facts["tanks"] = a
	changes, faults := b.Look(time.Unix(9, 0), "tanks", facts)
	if len(changes) != maxItems || len(faults) != 3 {
		t.Errorf("%d events, %d faults: %v", len(changes), len(faults), faults)
	}
	marked := 0
	for _, c := range changes {
		if c.Position != "" {
			marked++
		}
	}
	if marked > 2*exact+maxItems/exact || changes[maxItems-1].Position == "" {
		t.Errorf("%d positions", marked)
	}
	if key := event.Text(changes[7].Event.Data["error_key"]); len(key) > maxKey+10 {
		t.Errorf("a key has %d bytes", len(key))
	}
}

// The levels of categories are told apart from findings, in one event for a round.
func TestCategories(t *testing.T) {
	second := tanks(func(r *Rule) { r.Name, r.Category, r.Each = "silos", "disks", "silos" })
	now := time.Date(2025, 4, 1, 6, 0, 0, 0, time.UTC)
	b, _ := Open([]*Rule{tanks(nil), second}, "", now)
	round := func(tank, silo string) (string, []Change) {
		now = now.Add(time.Minute)
		b.Look(now, "tanks", levels(tank))
		b.Look(now, "silos", map[string]Answer{"silos": levels(silo)["tanks"]})
		changes := b.Close(now)
		var out []string
		for i, c := range changes {
			e := c.Event
			out = append(out, strings.Join(strings.Fields(fmt.Sprint(e.Type, " ", event.Text(e.Data["category"]), event.Text(e.Data["categories"]), " ", event.Text(e.Data["current"]), " ", e.Severity)), " "))
			if (c.Position != "") != (i == len(changes)-1) {
				t.Errorf("position of %d is %q", i, c.Position)
			}
		}
		return strings.Join(out, "; "), changes
	}
	for n, c := range []struct{ tank, silo, want string }{
		{"a=1", "b=1", ""},
		{"a=85", "b=95", "state_change storage WARNING WARNING; state_change disks CRITICAL CRITICAL; health_degraded storage, disks CRITICAL"},
		{"a=86", "b=95", ""},
		{"a=86 c=99", "b=85", "state_change storage CRITICAL CRITICAL; state_change disks WARNING WARNING; health_degraded storage CRITICAL"},
		{"a=1 c=1", "broken", "state_change storage OK INFO"},
		{"a=1", "broken", ""},
		{"broken", "broken", ""},
		{"broken", "broken", ""},
		{"broken", "b=1", "state_change storage UNKNOWN WARNING; state_change disks OK INFO"},
	} {
		got, changes := round(c.tank, c.silo)
		if got != c.want {
			t.Errorf("round %d: %q, want %q", n, got, c.want)
		}
		if n == 1 {
			reason := event.Text(changes[2].Event.Data["reason"])
			if reason != "CRITICAL silos b: 95\nWARNING tanks a: 85" {
				t.Errorf("reason is %q", reason)
			}
		}
		b, _ = Open([]*Rule{tanks(nil), second}, b.Position(), now)
	}
}

// What stays open is listed once a day.
func TestTheDailyList(t *testing.T) {
	y := newYard(t, tanks(nil))
	var lists []string
	y.minute(levels("a=85"))
	for hour := range 75 {
		y.now = y.now.Add(59 * time.Minute)
		facts := "a=85"
		if hour > 40 {
			facts = "a=85 b=99"
		}
		y.minute(levels(facts))
		for _, c := range y.board.Close(y.now) {
			if c.Event.Type == "health_persistent" {
				lists = append(lists, fmt.Sprintf("%d: %v %s", hour, c.Event.Data["count"], event.Text(c.Event.Data["issue_list"])))
			}
		}
		y.kept = y.board.Position()
		y.restart()
	}
	want := []string{
		"23: 1 WARNING tanks a: 85, for 1d", "47: 1 WARNING tanks a: 85, for 2d",
		"71: 2 WARNING tanks a: 85, for 3d, CRITICAL tanks b: 99, for 1d 6h",
	}
	if !slices.Equal(lists, want) {
		t.Errorf("lists are %q, want %q", lists, want)
	}
}

// What a source found is over when the source is gone from the configuration.
func TestASourceThatIsGone(t *testing.T) {
	y := newYard(t, tanks(nil))
	y.minute(levels("north=99"))
	other := tanks(func(r *Rule) { r.Name = "silos" })
	b, err := Open([]*Rule{other}, y.kept, y.now)
	if err != nil {
		t.Fatal(err)
	}
	if got := told(b.Retire(y.now)); got != "error_resolved north CRITICAL 0s" && got != "error_resolved north CRITICAL" {
		t.Errorf("told %q", got)
	}
	if len(b.Retire(y.now)) != 0 || len(b.Findings()) != 0 {
		t.Error("it is told twice")
	}
}

// A text that is none begins anew and says so; no text panics.
func FuzzOpen(f *testing.F) {
	y := &yard{rule: tanks(nil), now: time.Unix(1e9, 0)}
	y.board, _ = Open([]*Rule{y.rule}, "", y.now)
	y.minute(levels("north=85 south=99 west=?"))
	f.Add(y.kept)
	f.Add(`{"sources":{"tanks":{"subjects":{"north":{"finding":{"level":99}},"x":null},"whole":{}}},"levels":{"storage":-1},"listed":"2999-01-01T00:00:00Z"}`)
	f.Add(`{"sources":{"tanks":null}}`)
	f.Add(`[`)
	f.Fuzz(func(t *testing.T, text string) {
		now := time.Unix(1e9+60, 0)
		b, err := Open([]*Rule{tanks(nil)}, text, now)
		if err != nil && len(b.Findings()) > 0 {
			t.Error("a text that is none tells findings")
		}
		b.Retire(now)
		b.Look(now, "tanks", levels("north=85 x=99"))
		b.Close(now)
		again, err := Open([]*Rule{tanks(nil)}, b.Position(), now)
		if err != nil || again.Position() != b.Position() {
			t.Errorf("it is not read back: %v\n%s\n%s", err, b.Position(), again.Position())
		}
	})
}

// A position is small when nothing is wrong.
func TestAQuietPosition(t *testing.T) {
	y := newYard(t, tanks(nil))
	y.minute(levels("north=1 south=2"))
	var p map[string]any
	if err := json.Unmarshal([]byte(y.kept), &p); err != nil || len(y.kept) > 50 {
		t.Errorf("%v %s", err, y.kept)
	}
	if y.board.Changed() {
		t.Error("it would be kept again")
	}
}
