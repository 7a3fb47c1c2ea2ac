package condition_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules/condition"
)

func TestKeys(t *testing.T) {
	key := func(attr string, v any) engine.Key { return engine.Key{Attr: attr, Value: v} }
	prefix := func(attr, v string) engine.Key { return engine.Key{Attr: attr, Value: v, Prefix: true} }
	for _, c := range []struct {
		text string
		want []engine.Key // nil: nothing is pinned down
	}{
		{"event.type == 'backup_fail'", []engine.Key{key("type", "backup_fail")}},
		{"'backup_fail' == event.type", []engine.Key{key("type", "backup_fail")}},
		{"event.type in ['backup_fail', 'door_open']", []engine.Key{key("type", "backup_fail"), key("type", "door_open")}},
		{"event.type startsWith 'backup_'", []engine.Key{prefix("type", "backup_")}},
		{"hasPrefix(event.type, 'backup_')", []engine.Key{prefix("type", "backup_")}},
		{"glob(event.type, 'backup_*')", []engine.Key{prefix("type", "backup_")}},
		{"glob(event.type, 'door_open')", []engine.Key{key("type", "door_open")}},
		{"event.group == 'house' or event.type == 'backup_fail'", []engine.Key{key("group", "house"), key("type", "backup_fail")}},
		{"event.group == 'house' or event.data.vmid > 3", nil},
		{"event.group == 'house' and event.data.vmid > 3", []engine.Key{key("group", "house")}},
		{"event.severity >= 'WARNING' and event.data.vmid == 101", []engine.Key{key("data.vmid", 101.0)}},
		{"event.severity >= 'WARNING'", []engine.Key{key("severity", "WARNING"), key("severity", "CRITICAL")}},
		{"event.severity != 'critical'", []engine.Key{key("severity", "INFO"), key("severity", "WARNING")}},
		{"'WARNING' < event.severity", []engine.Key{key("severity", "CRITICAL")}},
		{"event.severity in ['info']", []engine.Key{key("severity", "INFO")}},
		{"event.host in local.night_hosts", []engine.Key{key("host", "barn"), key("host", "attic")}},
		{"event.guest.node == 'barn'", []engine.Key{key("guest.node", "barn")}},
		{"event.data.size == bytes('1KiB')", []engine.Key{key("data.size", 1024.0)}},
		{"event.data.clean", []engine.Key{key("data.clean", true)}},
		{"event.data.clean == false", []engine.Key{key("data.clean", false)}},
		{"not event.data.clean", nil},
		{"event.type != 'door_open'", nil},
		{"event.id == '01'", nil},
		{"true", nil},
		{"false", []engine.Key{}},
		{"event.type == 'backup_fail' and event.type == 'door_open'", []engine.Key{}},
		{"event.type in ['backup_fail', 'door_open'] and event.type == 'door_open'", []engine.Key{key("type", "door_open")}},
		{"event.severity > 'CRITICAL'", []engine.Key{}},
		{"1 + 1 == 3", []engine.Key{}},
	} {
		got := compile(t, c.text).Keys()
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.text, diff)
		}
	}
}

func TestNeverAndAlwaysSayWhy(t *testing.T) {
	for text, want := range map[string]string{
		"event.type == 'backup_fail' and event.type == 'door_open'": "event.type cannot be 'backup_fail' and 'door_open'",
		"event.severity > 'CRITICAL'":                               "no severity is > CRITICAL",
		"1 + 1 == 3":                                                "it is always false",
	} {
		if got, ok := compile(t, text).Never(); !ok || got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if !compile(t, "1 + 1 == 2").Always() || compile(t, "event.host == 'barn'").Always() {
		t.Error("always is not told from sometimes")
	}
}

// TestKeysAreSound holds random conditions against random events: whenever one
// matches, one of its keys holds.
func TestKeysAreSound(t *testing.T) {
	c := condition.NewCompiler(schema())
	matched := 0
	for seed := range uint64(6000) {
		r := rand.New(rand.NewPCG(seed, 5))
		text := randomCondition(r, 3)
		cond, problems := c.Compile(text, condition.Subject{})
		if cond == nil {
			t.Fatalf("%s: %+v", text, problems)
		}
		keys := cond.Keys()
		for range 20 {
			e := randomEvent(r)
			ok, err := cond.Match(e) // an error, as for odd data, counts as false
			if !ok {
				if cond.Always() && err == nil {
					t.Fatalf("%s always holds, but not for %+v", text, e)
				}
				continue
			}
			matched++
			if keys != nil && !holdsOne(e, keys) {
				t.Fatalf("%s matches %+v, but none of %v holds", text, e, keys)
			}
		}
	}
	if matched < 1000 {
		t.Errorf("only %d matches: the test tests little", matched)
	}
}

func pick(r *rand.Rand, words ...string) string { return words[r.IntN(len(words))] }

func randomCondition(r *rand.Rand, depth int) string {
	if depth > 0 {
		switch r.IntN(5) {
		case 0:
			return "(" + randomCondition(r, depth-1) + " and " + randomCondition(r, depth-1) + ")"
		case 1:
			return "(" + randomCondition(r, depth-1) + " or " + randomCondition(r, depth-1) + ")"
		case 2:
			return "not (" + randomCondition(r, depth-1) + ")"
		}
	}
	types := []string{"'backup_fail'", "'backup_complete'", "'guest_start'", "'door_open'"}
	switch r.IntN(11) {
	case 0:
		return "event.type " + pick(r, "==", "!=") + " " + pick(r, types...)
	case 1:
		return "event.type " + pick(r, "in", "not in") + " [" + pick(r, types...) + ", " + pick(r, types...) + "]"
	case 2:
		return pick(r, "event.type startsWith 'backup_'", "glob(event.type, '*_open')", "glob(event.type, 'b*')", "hasPrefix(event.host, 'ba')")
	case 3:
		return "event.severity " + pick(r, "==", "!=", "<", "<=", ">", ">=") + " " + pick(r, "'INFO'", "'WARNING'", "'critical'")
	case 4:
		return pick(r, "'INFO'", "'WARNING'") + " " + pick(r, "==", "<", ">=") + " event.severity"
	case 5:
		return "event.data.vmid " + pick(r, "==", "!=", ">") + " " + pick(r, "1", "2", "3.5")
	case 6:
		return pick(r, "event.data.clean", "event.data.clean == true", "event.data.clean == false", "event.data.clean == nil")
	case 7:
		return "event.data.size " + pick(r, "==", ">", "!=") + " bytes('2KiB')"
	case 8:
		return "event.guest.node " + pick(r, "==", "!=") + " 'barn'"
	case 9:
		return pick(r, "event.group == 'house'", "event.group in ['house', 'guests']")
	}
	return pick(r, "true", "false", "1 < 2", "'x' in event.data", "event.host in local.night_hosts")
}

func randomEvent(r *rand.Rand) *event.Event {
	e := &event.Event{
		Type: pick(r, "backup_fail", "backup_complete", "guest_start", "door_open", "unheard_of"), Group: pick(r, "backups", "guests", "house"),
		Severity: event.Severities()[r.IntN(3)], Host: pick(r, "barn", "attic", "cellar"), Data: map[string]any{},
	}
	if r.IntN(2) == 0 {
		e.Guest = &event.Guest{Node: pick(r, "barn", "attic", "")}
	}
	add := func(name string, v any) {
		if r.IntN(3) > 0 {
			e.Data[name] = v
		}
	}
	add("vmid", []any{1.0, 2.0, 3.5, "odd"}[r.IntN(4)])
	add("clean", []any{true, false, "odd", nil}[r.IntN(4)])
	add("size", event.Bytes(1024*r.IntN(4)))
	add("x", 1.0)
	return e
}

// holdsOne reports whether an event has one of the keys, as an index would.
func holdsOne(e *event.Event, keys []engine.Key) bool {
	for _, k := range keys {
		v := attribute(e, k.Attr)
		text, isText := v.(string)
		want, _ := k.Value.(string)
		if k.Prefix && isText && strings.HasPrefix(text, want) || !k.Prefix && v != nil && v == k.Value {
			return true
		}
	}
	return false
}

func attribute(e *event.Event, attr string) any {
	switch attr {
	case "type":
		return e.Type
	case "group":
		return e.Group
	case "severity":
		return e.Severity.String()
	case "host":
		return e.Host
	case "guest.node":
		if e.Guest == nil || e.Guest.Node == "" {
			return nil
		}
		return e.Guest.Node
	}
	v := e.Data[strings.TrimPrefix(attr, "data.")]
	if b, ok := v.(event.Bytes); ok {
		return float64(b)
	}
	return v
}

func TestCause(t *testing.T) {
	c := condition.NewCompiler(schema())
	text := "event.group == 'guests' and event.guest.node == cause.data.storage and cause.severity >= 'WARNING'"
	cond, problems := c.Compile(text, condition.Subject{Cause: true})
	if cond == nil || len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	e := &event.Event{Group: "guests", Guest: &event.Guest{Node: "barn"}}
	cause := &event.Event{Severity: event.Warning, Data: map[string]any{"storage": "barn"}}
	for _, step := range []struct {
		name   string
		change func()
		want   bool
	}{
		{"both fit", func() {}, true},
		{"another severity", func() { cause.Severity = event.Info }, false},
		{"a missing field", func() { cause.Severity, cause.Data = event.Warning, nil }, false},
		{"two missing fields", func() { e.Guest = nil }, false},
	} {
		step.change()
		if ok, err := cond.MatchCause(e, cause); ok != step.want || err != nil {
			t.Errorf("%s: %v, %v", step.name, ok, err)
		}
	}
	if diff := cmp.Diff([]engine.Key{{Attr: "group", Value: "guests"}}, cond.Keys()); diff != "" {
		t.Errorf("keys of an effect: %s", diff)
	}
	if _, problems := c.Compile("cause.type == 'door_open'", condition.Subject{}); len(problems) != 1 || !strings.Contains(problems[0].Detail, "effect of an inhibition") {
		t.Errorf("a cause where there is none: %+v", problems)
	}
	if _, problems := c.Compile("cause.type == 'door_opn'", condition.Subject{Cause: true}); len(problems) != 1 || problems[0].Code != condition.CodeLiteral {
		t.Errorf("a misspelt type of a cause: %+v", problems)
	}
}

func TestDuring(t *testing.T) {
	e := full() // Tuesday 00:30 in the zone of the schema
	for text, want := range map[string]bool{
		"during(event.time, 'tue 00:00-01:00')":         true,
		"during(event.time, 'mon 22:00-06:00')":         true,
		"during(event.time, 'mon 22:00-23:00 UTC')":     true,
		"during(event.time, 'mon-fri 09:00-18:00')":     false,
		"not during(event.time, 'mon-fri 09:00-18:00')": true,
		"during(event.data.seen, 'sun 01:00-03:00')":    true,
		"during(event.data.nothing, 'sun 00:00-24:00')": false,
	} {
		cond, problems := condition.NewCompiler(schema()).Compile(text, condition.Subject{})
		if cond == nil {
			t.Errorf("%s: %+v", text, problems)
			continue
		}
		if ok, err := cond.Match(e); ok != want || err != nil {
			t.Errorf("%s: %v, %v", text, ok, err)
		}
	}
	text := "event.host == 'barn' and during(event.time, 'mon-fry 09:00-18:00')"
	_, problems := condition.NewCompiler(schema()).Compile(text, condition.Subject{})
	if len(problems) != 1 || text[problems[0].From:problems[0].To] != "'mon-fry 09:00-18:00'" {
		t.Errorf("a misspelt day: %+v", problems)
	}
}

func TestWitness(t *testing.T) {
	for text, want := range map[string]string{
		"event.severity >= 'CRITICAL' or event.data.size > bytes('5GiB')": "event.data.size is 3 GiB, event.severity is WARNING",
		"event.data.pool == 'tank' and event.guest.name == 'db'":          "event.data.pool is missing, event.guest.name is web01",
		"event.severity == event.data.storage":                            "event.data.storage is tank, event.severity is WARNING",
	} {
		if got := compile(t, text).Witness(full()); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	e := full()
	e.Data["storage"] = strings.Repeat("hostile\n", 1000)
	if got := compile(t, "event.data.storage == 'x'").Witness(e); len(got) > 250 || strings.Contains(got, "\n") {
		t.Errorf("%d bytes are told", len(got))
	}
}

// TestManyConditionsAreSmall holds the memory of a condition to what ten
// thousand of them may take.
func TestManyConditionsAreSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles thousands of conditions")
	}
	const n = 2000
	c := condition.NewCompiler(schema())
	kept := make([]*condition.Condition, n)
	before := heap()
	for i := range kept {
		text := fmt.Sprintf("event.severity >= 'WARNING' and event.data.vmid == %d and event.host != 'h%d' and event.data.storage in ['a%d', 'b'] and hour(event.time) < 6", i, i, i)
		kept[i], _ = c.Compile(text, condition.Subject{})
	}
	each := (heap() - before) / n
	t.Logf("%d bytes a condition", each)
	if each > 12<<10 {
		t.Errorf("a condition takes %d bytes", each)
	}
	runtime.KeepAlive(kept)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
