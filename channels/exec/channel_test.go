package exec

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/channels/document"
	"tocsin/engine/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// hostile is text of everything that means something to some program.
const hostile = "-rf $(id) `id` ; | & <>\"' * _ ~ 💥 %s \\ מימין لليمين"

func failed() *event.Message {
	when := time.Date(2026, 3, 14, 1, 59, 26, 0, time.UTC)
	return &event.Message{
		ID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB.hook", EventID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB", Type: "backup_fail", Group: "backups",
		Severity: event.Critical, Icon: "💾", Title: hostile, Body: "B " + hostile + "\nsecond line",
		Details: []event.Detail{{Label: "L", Value: hostile}}, Host: hostile, Time: when,
		Event: &event.Event{Source: "api", Cluster: "home", Data: map[string]any{"vmid": 101.0, "reason": hostile}},
	}
}

// mirror makes this test's own program show what it was called with.
const mirror = "TOCSIN_EXEC_MIRROR"

func TestMain(m *testing.M) {
	file := os.Getenv(mirror)
	if file == "" {
		os.Exit(m.Run())
	}
	input, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = os.WriteFile(file, fmt.Appendf(nil, "%q\n%q\n%s", os.Args[1:], os.Environ(), input), 0o600)
	}
	if err != nil {
		os.Exit(70)
	}
	os.Exit(0)
}

// What a program gets: its arguments and environment as configured, with nothing
// of an event in them, and the document on one line.
func TestCallGolden(t *testing.T) {
	t.Setenv("PATH", "/usr/bin:/bin")
	t.Setenv("HOME", "/home/tocsin")
	t.Setenv("TOKEN_OF_OURS", "not for programs")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "call")
	p := open(t, channels.Values{
		"command": []string{self, "--to", "ops"},
		"env":     map[string]event.Secret{mirror: event.NewSecret(file), "KEY": event.NewSecret(testSecret)},
	})
	if _, err := p.Channel.Send(t.Context(), failed()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(string(text), file, "…")
	const golden = "testdata/call.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHostileTextsArriveWhole(t *testing.T) {
	p := open(t, nil)
	m := failed()
	m.Title, m.Body = "first\nsecond\r\nthird", strings.Repeat(hostile+"\n", 20_000/len(hostile))
	if _, err := p.Channel.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	input := p.inputs()[0]
	if strings.Count(input, "\n") != 1 || !strings.HasSuffix(input, "}\n") {
		t.Errorf("the document is not one line: %d", strings.Count(input, "\n"))
	}
	var d document.Document
	if err := json.Unmarshal([]byte(input), &d); err != nil || d.Title != m.Title || d.Body != m.Body || d.Host != hostile || d.Data["reason"] != hostile {
		t.Errorf("%v: %q, %d of %d bytes", err, d.Title, len(d.Body), len(m.Body))
	}
}

func TestReasons(t *testing.T) {
	for said, want := range map[string]string{
		"first\nno room on \x1b[31mtank\n\n": "ended with 78 (no room on <U+001B>[31mtank): it is not configured rightly",
		"":                                   "ended with 78: it is not configured rightly",
		"the key is " + testSecret:           "ended with 78: it is not configured rightly",
	} {
		p := open(t, nil)
		p.how("78 " + said)
		_, err := p.Channel.Send(t.Context(), failed())
		if e, ok := errors.AsType[*event.SendError](err); !ok || !strings.HasSuffix(e.Why, want) {
			t.Errorf("%q: %v", said, err)
		}
	}
}

func TestFields(t *testing.T) {
	env := func(name, value string) map[string]event.Secret {
		return map[string]event.Secret{name: event.NewSecret(value)}
	}
	for name, c := range map[string]struct {
		values channels.Values
		field  string // empty: fine
		says   string
	}{
		"a name":       {channels.Values{"command": []string{"true"}}, "", ""},
		"empty":        {channels.Values{"command": []string{""}}, "command", "missing"},
		"command line": {channels.Values{"command": []string{"/bin/echo hello"}}, "command", "no shell"},
		"relative":     {channels.Values{"command": []string{"./notify"}}, "command", "absolute"},
		"NUL":          {channels.Values{"command": []string{"true", "a\x00b"}}, "command", "NUL"},
		"dir":          {channels.Values{"dir": "var"}, "dir", "absolute"},
		"timeout":      {channels.Values{"timeout": "2m"}, "timeout", "60s"},
		"no timeout":   {channels.Values{"timeout": "soon"}, "timeout", "60s"},
		"a minute":     {channels.Values{"timeout": "60s"}, "", ""},
		"variable":     {channels.Values{"env": env("A=B", "x")}, "env", "letters"},
		"NUL in it":    {channels.Values{"env": env("A", "x\x00y")}, "env", "NUL"},
		"own PATH":     {channels.Values{"env": env("PATH", "/opt/bin")}, "", ""},
	} {
		values := channels.Values{"command": []string{"true"}}
		for k, v := range c.values {
			values[k] = v
		}
		_, err := Kind().New(values)
		e, ok := errors.AsType[*channels.FieldError](err)
		if c.field == "" && err != nil || c.field != "" && (!ok || e.Field != c.field || !strings.Contains(e.Error(), c.says)) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// What a host lacks refuses no configuration, but is told.
func TestMissing(t *testing.T) {
	for name, c := range map[string]struct {
		values channels.Values
		field  string
	}{
		"nothing":    {nil, ""},
		"program":    {channels.Values{"command": []string{"/nowhere/notify"}}, "command"},
		"name":       {channels.Values{"command": []string{"no-such-program-7731"}}, "command"},
		"executable": {channels.Values{"command": []string{"/etc/passwd"}}, "command"},
		"folder":     {channels.Values{"dir": "/nowhere"}, "dir"},
		"a file":     {channels.Values{"dir": "/etc/passwd"}, "dir"},
	} {
		lacks := open(t, c.values).Channel.(channels.Checked).Missing(false)
		if lacks == nil && c.field != "" || lacks != nil && (lacks.Field != c.field || lacks.Detail == "") {
			t.Errorf("%s: %v", name, lacks)
		}
	}
}
