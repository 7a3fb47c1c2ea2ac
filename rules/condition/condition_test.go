package condition_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules/condition"
)

// schema is a small catalogue of our own.
func schema() condition.Schema {
	return condition.Schema{
		Types:  []string{"backup_fail", "backup_complete", "guest_start", "door_open"},
		Groups: []string{"backups", "guests", "house"},
		Bursts: []string{"burst_doors"},
		Fields: map[string]event.FieldType{
			"vmid": event.Number, "storage": event.String, "size": event.Size, "took": event.Span,
			"disks": event.Sequence, "clean": event.Bool, "seen": event.Instant, "source_ip": event.String,
		},
		Locals: map[string]any{
			"night_hosts": []any{"barn", "attic"}, "loud": "WARNING", "limit": 100.0, "site": map[string]any{"host": "barn"},
		},
		Hidden: map[string]bool{"token": true},
		Zone:   time.FixedZone("there", 2*3600),
	}
}

// full is an event that has everything.
func full() *event.Event {
	return &event.Event{
		ID: "01", Type: "backup_fail", Group: "backups", Severity: event.Warning, Source: "webhook", Host: "barn", Cluster: "farm",
		Time:  time.Date(2026, 3, 2, 22, 30, 0, 0, time.UTC), // Monday; Tuesday 00:30 there
		Guest: &event.Guest{ID: "101", Name: "web01", Node: "barn", Pool: "prod", Tags: []string{"public", "linux"}},
		Data: map[string]any{
			"vmid": 101.0, "storage": "tank", "size": event.Bytes(3 << 30), "took": event.Duration(7 * time.Minute),
			"disks": []any{"sda", "sdb"}, "clean": true, "seen": time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), "source_ip": "10.1.2.3",
			"report": map[string]any{"lines": 12.0, "host": map[string]any{"name": "barn"}},
		},
	}
}

// bare is an event that has nothing which can be missing.
func bare() *event.Event {
	return &event.Event{Type: "door_open", Group: "house", Severity: event.Info, Host: "attic", Cluster: "attic", Time: time.Unix(0, 0)}
}

func compile(t testing.TB, text string) *condition.Condition {
	t.Helper()
	cond, problems := condition.NewCompiler(schema()).Compile(text, condition.Subject{ChannelName: "phone", ChannelKind: "telegram"})
	if cond == nil {
		t.Fatalf("%s: %+v", text, problems)
	}
	return cond
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		text       string
		full, bare bool
	}{
		{"true", true, true},
		{"false", false, false},
		{"event.type == 'backup_fail'", true, false},
		{"event.type in ['door_open', 'guest_start']", false, true},
		{"event.type startsWith 'backup_'", true, false},
		{"glob(event.type, '*_open')", false, true},
		{"event.group != 'house'", true, false},
		{"event.host == 'barn' and event.cluster == 'farm' and event.source == 'webhook' and event.id == '01'", true, false},

		// Severities are ordered, and their literals know no case.
		{"event.severity >= 'WARNING'", true, false},
		{"event.severity < 'critical'", true, true},
		{"'WARNING' <= event.severity", true, false},
		{"event.severity in ['INFO', 'CRITICAL']", false, true},
		{"event.severity not in ['INFO', 'CRITICAL']", true, false},
		{"event.severity >= local.loud", true, false},
		{"lower(event.severity) == 'warning'", true, false},

		// Data have the types of the catalogue.
		{"event.data.vmid == 101", true, false},
		{"event.data.vmid in [100, 101]", true, false},
		{"event.data.vmid in 100..199", true, false},
		{"100 < event.data.vmid < 200", true, false},
		{"event.data.vmid > local.limit", true, false},
		{"event.data.size > bytes('2 GiB') and event.data.size < bytes('4GiB')", true, false},
		{"event.data.took >= duration('5m')", true, false},
		{"event.time - event.data.seen > duration('1d')", true, false},
		{"'sdb' in event.data.disks", true, false},
		{"len(event.data.disks) == 2", true, false},
		{"any(event.data.disks, # startsWith 'sd')", true, false},
		{"all(event.data.disks, # in ['sda', 'sdb'])", true, false},
		{"count(event.data.disks, # != 'sda') == 1", true, false},
		{"first(event.data.disks) == 'sda'", true, false},
		{"event.data.clean", true, false},
		{"event.data.disks[1] == 'sdb'", true, false},
		{"event.data.storage[0:2] == 'ta'", true, false},
		{"event.data.report.lines > 10", true, false},
		{"event.data.report.host.name == event.host", true, false},
		{"int(event.data.vmid) % 2 == 1", true, false},
		{"event.data.storage matches '^t.nk$'", true, false},

		{"event.guest.name == 'web01' and 'public' in event.guest.tags and event.guest.pool == 'prod'", true, false},
		{"event.guest.node == event.host", true, false},
		{"event.guest == nil", false, true},
		{"event.guest != nil", true, false},
		{"'vmid' in event.data", true, false},

		{"event.host in local.night_hosts", true, true},
		{"event.host == local.site.host", true, false},
		{"channel.name == 'phone' and channel.kind != 'email'", true, true},

		// The clock of an event is read in the configured zone.
		{"hour(event.time) == 0", true, false},
		{"weekday(event.time) == 'tue'", true, false},
		{"cidr(event.data.source_ip, '10.0.0.0/8')", true, false},
		{"cidr(event.data.source_ip, '192.168.0.0/16')", false, false},
	} {
		cond := compile(t, tt.text)
		for name, want := range map[string]bool{"full": tt.full, "bare": tt.bare} {
			e := map[string]*event.Event{"full": full(), "bare": bare()}[name]
			if got, err := cond.Match(e); got != want || err != nil {
				t.Errorf("%s on the %s event: %v, %v, want %v", tt.text, name, got, err, want)
			}
		}
	}
}

// TestMissing pins down what a missing operand means. None of these fields is
// there.
func TestMissing(t *testing.T) {
	for text, want := range map[string]bool{
		"event.data.vmid == 101":                                     false,
		"event.data.vmid != 101":                                     true,
		"event.data.vmid > 5":                                        false,
		"event.data.vmid <= 5":                                       false,
		"not (event.data.vmid > 5)":                                  true,
		"event.data.vmid in [1, 2]":                                  false,
		"event.data.vmid not in [1, 2]":                              true,
		"1 in event.data.disks":                                      false,
		"event.data.storage contains 'a'":                            false,
		"event.data.storage startsWith ''":                           false,
		"event.data.storage matches '.*'":                            false,
		"event.data.storage not contains 'a'":                        true,
		"event.data.storage == event.guest.name":                     false, // two missing fields are not equal
		"event.data.storage != event.guest.name":                     true,
		"event.data.storage == nil":                                  true,
		"event.data.storage != nil":                                  false,
		"nil == event.data.storage":                                  true,
		"event.data.storage in [event.guest.name]":                   false,
		"event.data.vmid + 1 == 1":                                   false,
		"event.data.vmid + 1 != 1":                                   true,
		"event.data.vmid + 1 == nil":                                 true,
		"-event.data.vmid < 0":                                       false,
		"event.data.vmid * event.data.size + 3 > 2":                  false,
		"lower(event.data.storage) == 'x'":                           false,
		"lower(event.data.storage) != 'x'":                           true,
		"len(event.data.disks) == 0":                                 false,
		"hasPrefix(event.data.storage, 't')":                         false,
		"not hasPrefix(event.data.storage, 't')":                     true,
		"glob(event.data.storage, '*')":                              false,
		"cidr(event.data.source_ip, '0.0.0.0/0')":                    false,
		"any(event.data.disks, true)":                                false,
		"none(event.data.disks, true)":                               false,
		"event.data.clean":                                           false,
		"not event.data.clean":                                       true,
		"event.data.clean and true":                                  false,
		"event.data.clean ? true : false":                            false,
		"event.data.clean or event.host == 'attic'":                  true,
		"event.host == 'attic' or event.data.clean":                  true,
		"event.data.vmid > 5 or event.host == 'attic'":               true, // order does not matter
		"event.host == 'attic' or event.data.vmid > 5":               true,
		"(event.data.vmid ?? 7) == 7":                                true,
		"(event.data.vmid ?? event.data.size) == nil":                true,
		"(event.data.clean ? event.data.vmid : event.data.size) > 1": false,
		"event.data.disks[0] == 'sda'":                               false,
		"event.data.disks[int(event.data.vmid)] == 'sda'":            false,
		"event.data.storage[0:2] == 'ta'":                            false,
		"event.data.report.deep.deeper == 'x'":                       false,
		"event.data.report.deep.deeper == nil":                       true,
		"'vmid' in event.data":                                       false,
		"event.guest.name startsWith 'web'":                          false,
		"'public' in event.guest.tags":                               false,
		"event.data.took > duration('1s')":                           false,
		"first(event.data.disks) == nil":                             true,
		"min(event.data.vmid, 3) == 3":                               false,
	} {
		if got, err := compile(t, text).Match(bare()); got != want || err != nil {
			t.Errorf("%s = %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestOddData(t *testing.T) {
	e := full()
	e.Data["vmid"] = "no number"                       // stayed as it came
	e.Data["disks"] = []any{nil, 5.0, "sda"}           // elements of all types
	e.Data["source_ip"] = "not an address"             //
	e.Data["storage"] = map[string]any{"name": "tank"} // not even text
	e.Data["report"] = "no map"
	for text, want := range map[string]bool{
		"event.data.vmid == 101":                         false,
		"event.data.vmid != 101":                         true,
		"any(event.data.disks, # == 'sda')":              true,
		"any(event.data.disks, # in ['x', 'sda'])":       true,
		"any(event.data.disks, # == nil)":                true,
		"cidr(event.data.source_ip, '10.0.0.0/8')":       false,
		"event.data.report == 'no map'":                  true,
		"event.data.storage == 'tank'":                   false,
		"5 in event.data.disks and 'vmid' in event.data": true,
	} {
		if got, err := compile(t, text).Match(e); got != want || err != nil {
			t.Errorf("%s = %v, %v, want %v", text, got, err, want)
		}
	}
}

// TestFault: a condition that fails while it runs does not match, and says why
// without telling the event's values.
func TestFault(t *testing.T) {
	e := full()
	e.Data["vmid"] = "hunter2"
	e.Data["disks"] = make([]any, 1001)
	for text, want := range map[string]string{
		"event.data.vmid > 5":              "column 17: < does not take text and number",
		"event.data.disks[1001] == 'x'":    "index out of range",
		"any(event.data.disks, # == 'x')":  "at most 1000",
		"event.data.report.lines.x == 'x'": "column",
	} {
		got, err := compile(t, text).Match(e)
		if got || err == nil {
			t.Errorf("%s = %v, %v, want an error", text, got, err)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error tells the value: %v", text, err)
		}
		t.Logf("%s: %v (want about %q)", text, err, want)
	}
}

func TestMatchIsConcurrent(t *testing.T) {
	var m engine.Matcher = compile(t, "event.severity >= 'WARNING' and event.data.vmid > 5 or event.host == 'attic'")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 500 {
				for _, e := range []*event.Event{full(), bare()} {
					if ok, err := m.Match(e); !ok || err != nil {
						t.Errorf("Match(%s) = %v, %v", e.Type, ok, err)
					}
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkMatch(b *testing.B) {
	e := full()
	for name, text := range map[string]string{
		"plain":   "event.severity >= 'WARNING' or event.group == 'backups' and event.host in ['a', 'b']",
		"missing": "event.data.vmid > 100 and event.data.storage == 'tank'",
	} {
		b.Run(name, func(b *testing.B) {
			cond := compile(b, text)
			b.ReportAllocs()
			for b.Loop() {
				if ok, err := cond.Match(e); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	c := condition.NewCompiler(schema())
	b.ReportAllocs()
	for b.Loop() {
		c.Compile("event.severity >= 'WARNING' or event.data.vmid in [100, 101] and event.host != 'x'", condition.Subject{})
	}
}
