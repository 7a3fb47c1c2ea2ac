package apprise

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/engine/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// script stands in for Apprise's command. It ends as the file beside it says, and
// leaves there what it was called with.
const script = `#!/bin/sh
dir=${0%/*}
if [ "$1" = --details ]; then
	echo asked >>"$dir/asked"
	cat "$dir/lists"
	exit 0
fi
how=
[ ! -e "$dir/how" ] || how=$(cat "$dir/how")
case $how in
hang) exec sleep 600 ;;
esac
input=$(cat; echo .)
if [ -n "$how" ]; then
	echo "${how#* }"
	exit "${how%% *}"
fi
set -- "$@"
n=$(ls "$dir" | grep -c ^taken-)
file="$dir/taken-$(printf %03d "$n")"
printf '%s\n' "$#" "$@" >"$file.args"
env >"$file.env"
ls -A "$HOME" >"$file.home"
printf %s "${input%.}" >"$file"
`

// fake is the stand-in of the command.
type fake struct {
	*channeltest.Peer
	t   *testing.T
	dir string
}

func openCommand(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, dir: t.TempDir()}
	path := filepath.Join(f.dir, "apprise")
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	f.write("lists", "+ Matrix  | Schema(s): matrix, matrixs\n   - {schema}://{host}\n\n+ Pushover \n   - pover://{user}@{token}\n\n- DBus\n   Python Packages Required:\n     - dbus-python\n")
	ch, err := Kind(nil).New(channels.Values{"url": event.NewSecret(testURL), "command": path})
	if err != nil {
		t.Fatal(err)
	}
	f.Peer = &channeltest.Peer{Channel: ch, Received: f.received, Raw: f.calls, Answer: f.set}
	return f
}

func (f *fake) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fake) read(name string) string {
	f.t.Helper()
	text, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil {
		f.t.Fatal(err)
	}
	return string(text)
}

// warns is how a call ends whose log has one warning.
func warns(text string) string { return "1 2026-03-14 01:59:26,002 - WARNING - " + text }

func (f *fake) set(a channeltest.Answer) {
	f.write("how", map[channeltest.Answer]string{
		channeltest.Unauthorized: warns("Failed to send Matrix notification: Unauthorized - Invalid Token., error=401."),
		channeltest.Limited:      warns("Failed to send Matrix notification: error=429."),
		channeltest.Broken:       warns("Failed to send Matrix notification to chat.example: error=503."),
		channeltest.TooLarge:     warns("Failed to send " + testURL + ": error=413."),
		channeltest.Hang:         "hang",
	}[a])
}

func (f *fake) taken() []string {
	files, err := filepath.Glob(filepath.Join(f.dir, "taken-[0-9]*.args"))
	if err != nil {
		f.t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".args"))
	}
	return names
}

// calls are the arguments, which stand where other transports have headers, and
// the text of each call.
func (f *fake) calls() []string {
	var calls []string
	for _, name := range f.taken() {
		calls = append(calls, f.read(name+".args")+"\n"+f.read(name))
	}
	return calls
}

func (f *fake) received() []string {
	var texts []string
	for _, name := range f.taken() {
		_, title, _ := strings.Cut(f.read(name+".args"), "\n--title=")
		texts = append(texts, title+f.read(name))
	}
	return texts
}

func TestCommandChannel(t *testing.T) {
	channeltest.Run(t, channeltest.Suite{
		Kind:    Kind(nil),
		Open:    func(t *testing.T) *channeltest.Peer { return openCommand(t).Peer },
		Secrets: secrets(),
		Unsplit: true,
		NoWait:  true,
	})
}

func TestCommandFaults(t *testing.T) {
	const temporary, target, unfit = event.Temporary, event.Target, event.Unfit
	for how, verdict := range map[string]channeltest.Verdict{
		warns("Failed to send: error=403."):                                          {Class: target, Code: "forbidden"},
		warns("Failed to send: error=400."):                                          {Class: unfit, Code: "rejected"},
		warns("Failed to send: error=504."):                                          {Class: temporary, Code: "server_error", Maybe: true},
		warns("A Connection error occurred sending to chat.example."):                {Class: temporary, Code: "failed"},
		"1 2026-03-14 01:59:26,002 - ERROR - Unparseable URL " + testURL:             {Class: target, Code: "bad_url"},
		"1 2026-03-14 01:59:26,002 - ERROR - Unsupported URL: " + testURL:            {Class: target, Code: "bad_url"},
		"1 You must specify at least one server URL or populated configuration file": {Class: target, Code: "bad_url"},
		"1 Traceback (most recent call last): " + testURL:                            {Class: temporary, Code: "failed"},
		"2 Error: no such option: --notification-type":                               {Class: target, Code: "usage"},
		"3 ":                     {Class: temporary, Code: "failed"},
		"127 python3: not found": {Class: target, Code: "no_apprise"},
	} {
		faulty(t, strings.ReplaceAll(how, "/", "|"), verdict, func(t *testing.T) channels.Channel {
			f := openCommand(t)
			f.write("how", how)
			return f.Channel
		})
	}
	faulty(t, "no command", channeltest.Verdict{Class: target, Code: "no_apprise"}, func(t *testing.T) channels.Channel {
		return commandAt(t, "/nowhere/apprise")
	})
	faulty(t, "no room for a folder", channeltest.Verdict{Class: temporary, Code: "no_room"}, func(t *testing.T) channels.Channel {
		f := openCommand(t)
		t.Setenv("TMPDIR", "/nowhere")
		return f.Channel
	})
}

func faulty(t *testing.T, name string, verdict channeltest.Verdict, open func(*testing.T) channels.Channel) {
	t.Helper()
	channeltest.RunFaults(t, channeltest.FaultSuite{
		Within: commandTime, Secrets: secrets(),
		Open:     func(t *testing.T, _ channeltest.Network) channels.Channel { return open(t) },
		Faults:   []channeltest.Fault{{Name: name}},
		Verdicts: map[string]channeltest.Verdict{name: verdict},
	})
}

func commandAt(t *testing.T, path string) channels.Channel {
	t.Helper()
	ch, err := Kind(nil).New(channels.Values{"url": event.NewSecret(testURL), "command": path})
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// hostile is text of everything that means something somewhere.
const hostile = "--body=x -D <b>&\"' $(id) `id` * _ ~ | 💥 {{ x }} \\n %s מימין لليمين"

func message() *event.Message {
	return &event.Message{
		ID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB.team", EventID: "01K9ZD3V7G4Q8R2M6N5T1W0XYB", Type: "backup_fail", Group: "backups",
		Severity: event.Critical, Icon: "", Title: hostile, Body: "B " + hostile + "\nsecond line",
		Details: []event.Detail{{Label: "Storage", Value: hostile}}, Host: "pve-7", Rich: true,
	}
}

// How the command is called: the URL in the environment alone, the text on
// standard input, an empty home, and nothing of ours.
func TestCallGolden(t *testing.T) {
	t.Setenv("PATH", "/usr/bin:/bin")
	t.Setenv("APPRISE_CONFIG", "/etc/other")
	t.Setenv("HTTPS_PROXY", "http://proxy.example:3128")
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy"} {
		t.Setenv(name, "")
	}
	f := openCommand(t)
	if _, err := f.Channel.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	name := f.taken()[0]
	var env []string
	for line := range strings.Lines(f.read(name + ".env")) {
		if !strings.HasPrefix(line, "_=") && !strings.HasPrefix(line, "PWD=") && !strings.HasPrefix(line, "SHLVL=") { // the shell's
			env = append(env, line)
		}
	}
	slices.Sort(env)
	got := fmt.Sprintf("%s\n%s\nhome: %q\n\n%s\n", f.read(name+".args"), strings.Join(env, ""), f.read(name+".home"), f.read(name))
	got = regexp.MustCompile(`tocsin-apprise-\d+`).ReplaceAllString(strings.ReplaceAll(got, os.TempDir(), "/tmp"), "tocsin-apprise-…")
	const file = "testdata/call.golden"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "tocsin-apprise-*")); len(left) > 0 {
		t.Logf("folders that are left, perhaps of another test: %v", left)
	}
}

// What the command speaks is asked once, until another takes its place.
func TestCommandIsAskedAgainWhenItChanges(t *testing.T) {
	f := openCommand(t)
	fallback := f.Channel.(*channel).fallback
	ask := func(want map[string]bool) {
		t.Helper()
		for scheme, speaks := range want {
			if got, err := fallback.Speaks(scheme); got != speaks || err != nil {
				t.Errorf("%s: %v, %v", scheme, got, err)
			}
		}
	}
	ask(map[string]bool{"matrix": true, "matrixs": true, "pover": true, "dbus": false, "ntfy": false})
	if n := strings.Count(f.read("asked"), "asked"); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
	f.write("lists", "+ ntfy  | Schema(s): ntfy, ntfys\n")
	ask(map[string]bool{"ntfy": false})
	path := filepath.Join(f.dir, "apprise")
	if err := os.WriteFile(path+".new", []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	ask(map[string]bool{"ntfy": true, "matrix": false})
}

func TestMissing(t *testing.T) {
	lacks := commandAt(t, "/nowhere/apprise").(channels.Checked).Missing(true)
	if lacks == nil || !strings.Contains(lacks.Detail, "/nowhere/apprise of Apprise does not exist") || !strings.Contains(lacks.Detail, "apt install apprise") || !strings.Contains(lacks.Detail, "api =") {
		t.Errorf("lacks %v", lacks)
	}
	if atOnce := commandAt(t, "/nowhere/apprise").(channels.Checked).Missing(false); atOnce == nil || atOnce.Detail != lacks.Detail {
		t.Errorf("without asking it lacks %v", atOnce)
	}
	f := openCommand(t)
	if lacks := f.Channel.(channels.Checked).Missing(true); lacks != nil {
		t.Errorf("lacks %v", lacks)
	}
	f.write("lists", "an error\n")
	if lacks := commandAt(t, filepath.Join(f.dir, "apprise")).(channels.Checked).Missing(true); lacks == nil || !strings.Contains(lacks.Detail, "run it by hand") {
		t.Errorf("lacks %v", lacks)
	}
}

func TestURLs(t *testing.T) {
	for text, says := range map[string]string{
		"": "missing", "matrix": "schema", "://x": "schema", "ma trix://x": "schema",
		"json://a json://b": "several", "json://a,json://b": "several", "json://a/x y": "several", "json://a\n": "",
		"json://a/b,c": "", "mailto://u:p@host?to=a,b": "", "JSON://a": "", "https://discord.com/api/webhooks/1/x": "",
	} {
		_, err := New(Options{}).Channel(event.NewSecret(text))
		e, ok := errors.AsType[*channels.FieldError](err)
		if says == "" && err != nil || says != "" && (!ok || e.Field != "url" || !strings.Contains(e.Error(), says)) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, want := range map[string]string{
		"json://a": "json://a?overflow=split", "json://a?x=y": "json://a?x=y&overflow=split", "json://a?Overflow=upstream": "json://a?Overflow=upstream",
	} {
		if got := overflowing(text); got != want {
			t.Errorf("%s became %s", text, got)
		}
	}
}

// The real command, where there is one, towards a server on this host: whatever the
// text says, it arrives as it is.
func TestRealCommand(t *testing.T) {
	if _, err := (&command{}).find(); err != nil {
		t.Skipf("not tried with a real Apprise: %v", err)
	}
	var mu sync.Mutex
	var got []struct{ Title, Message, Type string }
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		w.WriteHeader(status)
		if status != http.StatusOK {
			return
		}
		var n struct{ Title, Message, Type string }
		if err := json.Unmarshal(body, &n); err != nil {
			t.Errorf("%v: %s", err, body)
		}
		got = append(got, n)
	}))
	defer server.Close()
	address := strings.Replace(server.URL, "http://", "json://ana:hush-7731@", 1) + "/in/t0k3n-4711"
	fallback := New(Options{})
	ch, err := fallback.Channel(event.NewSecret(address))
	if err != nil {
		t.Fatal(err)
	}
	if lacks := ch.(channels.Checked).Missing(true); lacks != nil {
		t.Errorf("lacks %v", lacks)
	}
	if speaks, err := fallback.Speaks("no7such9schema"); speaks || err != nil {
		t.Errorf("it speaks what nobody does: %v", err)
	}
	whole := message()
	long := message()
	long.Title, long.Body = "-rf\nof two lines", strings.TrimSpace(strings.Repeat(hostile+"\n", 20_000/len(hostile)))
	bare := message()
	bare.Title, bare.Body, bare.Details, bare.Host, bare.Severity, bare.Outcome = "@/etc/passwd", "", nil, "", event.Info, event.Success
	for _, m := range []*event.Message{whole, long, bare} {
		if _, err := ch.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		n := render(m)
		last := got[len(got)-1]
		if last.Title != n.title || strings.TrimSpace(last.Message) != strings.TrimSpace(n.body) || last.Type != n.kind {
			t.Errorf("(-want +got):\n%s", cmp.Diff([]string{n.title, n.body, n.kind}, []string{last.Title, last.Message, last.Type}))
		}
	}
	for code, class := range map[int]event.Class{401: event.Target, 500: event.Temporary, 413: event.Unfit} {
		mu.Lock()
		status = code
		mu.Unlock()
		_, err := ch.Send(t.Context(), whole)
		e, ok := errors.AsType[*event.SendError](err)
		if !ok || e.Class != class || strings.Contains(e.Error(), "hush") || strings.Contains(e.Error(), "t0k3n") {
			t.Errorf("%d: %v", code, err)
		}
	}
	odd, err := fallback.Channel(event.NewSecret("no7such9schema://hush-7731"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := odd.Send(t.Context(), whole); err == nil || !strings.Contains(err.Error(), "cannot read the URL") || strings.Contains(err.Error(), "hush") {
		t.Errorf("an unknown schema: %v", err)
	}
}
