package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"tocsin/engine/store/storetest"
	"tocsin/sources/journal/journaltest"
)

// TestMain lets scripts and tests run the real program as "tocsin".
func TestMain(m *testing.M) {
	testscript.Main(withServer{m}, map[string]func(){"tocsin": main, "journalctl": journalctl, "systemctl": systemctl})
}

// journalctl is the one that daemons in scripts find: it follows the file journal
// in the script's folder, which a script writes or not.
func journalctl() {
	journaltest.Serve("journal", os.Args[1:])
}

// systemctl is the one that scripts find: it answers by the file that is called as the
// question, and so of a host that goes down, or does not.
func systemctl() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		os.Exit(1)
	}
	os.Stdout.Write(text)
}

// postgres is the server of this package's tests, started when first asked for.
var postgres storetest.Server

// withServer ends the server behind the tests.
type withServer struct{ *testing.M }

// Run runs the tests, with daemons that watch the health of no host.
func (m withServer) Run() int {
	os.Setenv("TOCSIN_ROOT", "no-host")
	return storetest.Run(m.M, &postgres)
}

// TestScripts runs the scripts in testdata/script, which read like a manual.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("TOCSIN_CONFIG", filepath.Join(env.WorkDir, "conf"))
			env.Setenv("TOCSIN_DATA", filepath.Join(env.WorkDir, "data"))
			env.Setenv("TZ", "UTC")
			return nil
		},
		Cmds:          map[string]func(ts *testscript.TestScript, neg bool, args []string){"serve": serveInScript, "capture": captureInScript, "eventually": eventuallyInScript},
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
	})
}

// serveInScript starts the daemon on a free port, waits until it is ready and
// stops it when the script ends. Its output goes to serve.out and serve.err.
func serveInScript(ts *testscript.TestScript, neg bool, args []string) {
	out, err := os.Create(ts.MkAbs("serve.out"))
	ts.Check(err)
	log, err := os.Create(ts.MkAbs("serve.err"))
	ts.Check(err)
	cmd := exec.Command("tocsin", append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), out, log
	cmd.Env = append(os.Environ(), "TOCSIN_CONFIG="+ts.Getenv("TOCSIN_CONFIG"), "TOCSIN_DATA="+ts.Getenv("TOCSIN_DATA"), "TZ=UTC")
	d, err := startDaemon(cmd, ts.MkAbs("serve.err"))
	ts.Check(err)
	ts.Setenv("ADDR", d.addr)
	ts.Defer(func() {
		d.stop()
		out.Close()
		log.Close()
	})
}

// captureInScript sets a variable to the first group of an expression in a file:
// capture NAME REGEXP FILE.
func captureInScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: capture NAME REGEXP FILE")
	}
	m := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile(args[2]))
	if len(m) < 2 {
		ts.Fatalf("%s has no match in %s", args[1], args[2])
	}
	ts.Setenv(args[0], m[1])
}

// eventuallyInScript runs tocsin until its output matches: eventually REGEXP
// ARGS. What is written behind takes up to a second, and each try its time.
func eventuallyInScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: eventually REGEXP ARGS...")
	}
	pattern := regexp.MustCompile(args[0])
	for range 300 {
		if err := ts.Exec("tocsin", args[1:]...); err == nil && pattern.MatchString(ts.ReadFile("stdout")) {
			return
		}
	}
	ts.Fatalf("no output of tocsin %s matched %s; the last was\n%s", strings.Join(args[1:], " "), args[0], ts.ReadFile("stdout"))
}

func lines(text string) []string { return strings.Split(strings.TrimRight(text, "\n"), "\n") }
