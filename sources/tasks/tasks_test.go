package tasks_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
	"tocsin/sources"
	"tocsin/sources/tasks"
)

func TestParseUPID(t *testing.T) {
	start := time.Unix(0x67A03C0B, 0).UTC()
	for _, c := range []struct {
		text string
		want tasks.UPID
	}{
		{"UPID:barn:0000BEEF:00C0FFEE:67A03C0B:qmstart:4100:ann@pam:", tasks.UPID{Node: "barn", PID: 0xBEEF, Start: start, Type: "qmstart", ID: "4100", User: "ann@pam"}},
		{"UPID:a-1:0000beef:1C0FFEE00:67a03c0b:auth-realm-sync:big-ldap:ann@pve!night:", tasks.UPID{Node: "a-1", PID: 0xBEEF, Start: start, Type: "auth-realm-sync", ID: "big-ldap", User: "ann@pve!night"}},
		{"UPID:barn:0000BEEF:00C0FFEE:67A03C0B:vzdump::ann@pam:", tasks.UPID{Node: "barn", PID: 0xBEEF, Start: start, Type: "vzdump", User: "ann@pam"}},
		{`UPID:barn:0000BEEF:00C0FFEE:67A03C0B:imgdel:nas\x3aiso\x2fa\x:ann@pam:`, tasks.UPID{Node: "barn", PID: 0xBEEF, Start: start, Type: "imgdel", ID: `nas:iso/a\x`, User: "ann@pam"}},
	} {
		c.want.Text = c.text
		got, ok := tasks.ParseUPID(c.text)
		if diff := cmp.Diff(c.want, got); !ok || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", c.text, ok, diff)
		}
		if got.Folder() != "B" {
			t.Errorf("%s: folder %s", c.text, got.Folder())
		}
	}
	for _, text := range []string{
		"", "UPID:", "UPID:barn:0000BEEF:00C0FFEE:67A03C0B:qmstart:4100:ann@pam",
		"UPID:barn:0000BEEF:00C0FFEE:00000001:67A03C0B:backup:store:ann@pam:", // of a backup server
		"UPID:barn:BEEF:00C0FFEE:67A03C0B:qmstart:4100:ann@pam:",
		"UPID:barn:0000BEEF:C0FFEE:67A03C0B:qmstart:4100:ann@pam:",
		"UPID:barn:0000BEEF:00C0FFEE:67A03C0G:qmstart:4100:ann@pam:",
		"UPID:-barn:0000BEEF:00C0FFEE:67A03C0B:qmstart:4100:ann@pam:",
		"UPID:barn:0000BEEF:00C0FFEE:67A03C0B:qm/start:4100:ann@pam:",
		"UPID:barn:0000BEEF:00C0FFEE:67A03C0B:qmstart:../../x:ann@pam:",
		"UPID:barn:0000BEEF:00C0FFEE:67A03C0B:qmstart:4100::",
		"UPID:barn:0000BEEF:00C0FFEE:67A03C0B:qmstart:" + strings.Repeat("x", 300) + ":ann@pam:",
	} {
		if u, ok := tasks.ParseUPID(text); ok {
			t.Errorf("%q is a UPID: %+v", text, u)
		}
	}
}

const upid = "UPID:barn:0000BEEF:00C0FFEE:67A03C0B:qmstart:4100:ann@pam:"

func TestLines(t *testing.T) {
	for _, c := range []struct {
		line     string
		active   bool
		ok       bool
		status   string
		outcome  tasks.Outcome
		warnings int
		stopped  bool
	}{
		{upid + " 67A03C10 OK", false, true, "OK", tasks.OK, 0, false},
		{upid + " 67A03C10 OK\r", false, true, "OK", tasks.OK, 0, false},
		{upid + " 67A03C10 WARNINGS: 12", false, true, "WARNINGS: 12", tasks.Warnings, 12, false},
		{upid + " 67A03C10 WARNINGS: many", false, true, "WARNINGS: many", tasks.Failed, 0, false},
		{upid + " 67A03C10 it: broke\tdown", false, true, "it: broke\tdown", tasks.Failed, 0, false},
		{upid + " 67A03C10 OK then not", false, true, "OK then not", tasks.Failed, 0, false},
		{upid + " 67A03C10 interrupted by signal", false, true, "interrupted by signal", tasks.Failed, 0, true},
		{upid + " 67A03C10 ", false, true, "unexpected status", tasks.Failed, 0, false},
		{upid + " 67A03C10", false, true, "unexpected status", tasks.Failed, 0, false},
		{upid, false, true, "unexpected status", tasks.Failed, 0, false},
		{upid + " 67A03C1 OK", false, false, "", 0, 0, false},
		{"x " + upid + " 67A03C10 OK", false, false, "", 0, 0, false},
		{upid + " 0", true, true, "", tasks.Started, 0, false},
		{upid + " 1 67A03C10 OK", true, true, "OK", tasks.OK, 0, false},
		{upid + " 0 67A03C10 no", true, true, "no", tasks.Failed, 0, false},
		{upid + " 2", true, false, "", 0, 0, false},
		{upid, true, false, "", 0, 0, false},
	} {
		parse := tasks.ParseIndex
		if c.active {
			parse = tasks.ParseActive
		}
		got, ok := parse(c.line)
		if ok != c.ok {
			t.Errorf("%q: %v", c.line, ok)
		}
		if ok && (got.Status != c.status || got.Outcome() != c.outcome || got.Warnings() != c.warnings || got.Stopped() != c.stopped) {
			t.Errorf("%q: %+v %v", c.line, got, got.Outcome())
		}
	}
}

func TestVMID(t *testing.T) {
	for text, want := range map[string]string{"qmstart:4100": "4100", "vncproxy:100": "100", "qmstart:99": "", "qmstart:0100": "", "qmstart:100x": "", "vzdump:": "", "cephdestroyosd:104": ""} {
		u, ok := tasks.ParseUPID("UPID:barn:0000BEEF:00C0FFEE:67A03C0B:" + text + ":ann@pam:")
		if got := u.VMID(); !ok || got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestLog(t *testing.T) {
	l := &tasks.Log{}
	text := "2025-02-03 04:05:06 starting migration of VM 4100 to node 'shed' (192.0.2.7)\n" +
		"INFO: ERROR: a guest says TASK ERROR: that all is lost\n" +
		"2025-02-03 04:05:07 ERROR: no route\n" +
		"2025-02-03 04:05:08 INFO: error is a word here\n" +
		"2025-02-03 04:05:09 ERROR: migration aborted (duration 00:00:01): no route\n" +
		"\x1b[31mred: Permission denied\x1b[0m " + strings.Repeat("x", 100_000) + "\n" +
		"it all went well\n" +
		"TASK ERROR: migration aborted\n"
	if err := l.Read(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	if l.Target != "shed" || len(l.Troubles) != 2 || l.Troubles[0] != "migration aborted (duration 00:00:01): no route" || !strings.Contains(l.Troubles[1], "Permission denied") {
		t.Errorf("%+v", l)
	}
	if long := l.Troubles[1]; len(long) > 310 || strings.Contains(long, "\x1b") {
		t.Errorf("%d bytes: %q", len(long), long)
	}
	many := &tasks.Log{}
	_ = many.Read(strings.NewReader(strings.Repeat("x\n", 40) + "starting migration of VM 4100 to node 'late'\n" + strings.Repeat("error a\nerror b\nerror c\nerror d\nerror e\nerror f\n", 3)))
	if many.Target != "" || len(many.Troubles) != 5 {
		t.Errorf("%+v", many)
	}
	fault := errors.New("disk")
	if err := many.Read(broken{fault}); !errors.Is(err, fault) {
		t.Errorf("error %v", err)
	}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func TestBackupLog(t *testing.T) {
	for text, want := range map[string]string{
		"INFO: starting new backup job: vzdump 4100 4200 --mode snapshot --storage tape\nINFO: Starting Backup of VM 4100 (qemu)\n": "4100 4200 tape",
		"INFO: starting new backup job: vzdump --all 1 -storage tape\nINFO: Starting Backup of VM 4100 (qemu)\n":                    "4100 tape",
		"INFO: Starting Backup of VM 4100 (qemu)\nINFO: starting new backup job: vzdump 9 --storage x\n":                            "4100 ",
	} {
		l := &tasks.Log{}
		_ = l.Read(strings.NewReader(text))
		if got := strings.Join(append(l.Guests, l.Storage), " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		l.Skip()
		_ = l.Read(strings.NewReader("INFO: Starting Backup of VM 4300 (qemu)\n"))
		if len(l.Guests) != 0 {
			t.Errorf("guests of a log that is not whole: %v", l.Guests)
		}
	}
}

// matcher has one rule, which fills what its event declares.
func matcher(when func(map[string]any) (bool, error), data ...sources.Datum) *tasks.Matcher {
	emit := &tasks.Emission{Event: "oops", Severity: "WARNING", Data: data, Fields: map[string]event.FieldType{
		"vmid": event.Number, "reason": event.String, "duration": event.Span, "extra": event.Number, "storage": event.String,
	}}
	return tasks.NewMatcher([]*tasks.Rule{{Name: "r", Workers: []string{"qmstart"}, When: when, Emits: [4]*tasks.Emission{tasks.Failed: emit}}})
}

func TestMatch(t *testing.T) {
	task, _ := tasks.ParseIndex(upid + " 67A03C10 it\x1b[1m broke")
	guest := &event.Guest{ID: "4100", Name: "plough"}
	render := func(text string, err error) func(map[string]any) (string, error) {
		return func(view map[string]any) (string, error) {
			if view["task"].(map[string]any)["type"] != "qmstart" {
				t.Errorf("view %v", view)
			}
			return text, err
		}
	}
	m := matcher(func(v map[string]any) (bool, error) { return v["task.vmid"] == "4100", nil },
		sources.Datum{Name: "extra", Type: event.Number, Text: render("7", nil)}, sources.Datum{Name: "vmid", Type: event.Number, Text: render("", nil)},
		sources.Datum{Name: "storage", Type: event.String, Text: render("", errors.New("bad"))})
	matches, faults := m.Match(&task, &tasks.Log{Troubles: []string{"the belt is torn"}}, guest)
	if len(matches) != 1 || len(faults) != 1 || faults[0].Part != "data storage" || faults[0].Rule.Name != "r" {
		t.Fatalf("%v %v", matches, faults)
	}
	want := event.Incoming{
		Type: "oops", Severity: "WARNING", Source: "tasks", Time: time.Unix(0x67A03C10, 0).UTC(), Guest: guest,
		Data: map[string]any{"reason": event.Clean("it\x1b[1m broke") + "\nthe belt is torn", "duration": event.Duration(5 * time.Second), "extra": 7.0},
	}
	if diff := cmp.Diff(want, matches[0].Event); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, faults := matcher(func(map[string]any) (bool, error) { return false, errors.New("bad") }).Match(&task, &tasks.Log{}, nil); len(faults) != 1 || faults[0].Part != "when" {
		t.Errorf("%v", faults)
	}
	fine, _ := tasks.ParseIndex(upid + " 67A03C10 OK")
	if matches, _ := m.Match(&fine, &tasks.Log{}, nil); len(matches) != 0 || m.Wants("qmstart", tasks.OK) || m.Wants("qmstop", tasks.Failed) || !m.Wants("qmstart", tasks.Failed) {
		t.Errorf("%v", matches)
	}
}

func FuzzLines(f *testing.F) {
	for _, line := range []string{upid + " 67A03C10 OK", upid + " 1 67A03C10 WARNINGS: 1", upid, "UPID:a:0000BEEF:00C0FFEE:67A03C0B:x:\\x3a:y@z!t:"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		tasks.ParseActive(line)
		task, ok := tasks.ParseIndex(line)
		if !ok {
			return
		}
		again, ok := tasks.ParseUPID(task.Text)
		if diff := cmp.Diff(task.UPID, again); !ok || diff != "" || strings.ContainsAny(task.Text, "/ \n") || task.End.IsZero() || len(task.Folder()) != 1 {
			t.Errorf("%q: %+v", line, task)
		}
	})
}

func FuzzLog(f *testing.F) {
	f.Add("2025-02-03 04:05:06 starting migration of VM 4100 to node 'shed'\nTASK ERROR: x\n", "x")
	f.Add("INFO: starting new backup job: vzdump 4100 --storage tape\nERROR: no\n", "job errors")
	m := matcher(nil)
	f.Fuzz(func(t *testing.T, text, status string) {
		l := &tasks.Log{}
		if err := l.Read(strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		task, ok := tasks.ParseIndex(upid + " 67A03C10 " + status)
		if !ok {
			return
		}
		matches, _ := m.Match(&task, l, nil)
		if task.Outcome() == tasks.Failed != (len(matches) == 1) {
			t.Errorf("%q makes %d events", status, len(matches))
		}
		for _, match := range matches {
			reason := event.Text(match.Event.Data["reason"])
			if len(reason) > 6*1300 || reason == "" || strings.ContainsAny(reason, "\x1b\x00\r") {
				t.Errorf("%q", reason)
			}
		}
	})
}
