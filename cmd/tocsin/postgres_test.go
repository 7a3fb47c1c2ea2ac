package main

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tocsin/engine/store/storetest"
)

// secret keeps a secret of the configuration.
func (g *ground) secret(name, value string) {
	g.t.Helper()
	dir := filepath.Join(g.conf, "secrets")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(value), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

// command runs a command on the configuration and data of a ground.
func (g *ground) run(args ...string) (out string, code int) {
	g.t.Helper()
	cmd := exec.Command("tocsin", append(args, "--config", g.conf, "--data", g.data)...)
	text, err := cmd.CombinedOutput()
	if err != nil {
		code = cmd.ProcessState.ExitCode()
	}
	return string(text), code
}

// TestCommandsOnPostgres: the commands that read do so with and without a daemon,
// and none shows the password.
func TestCommandsOnPostgres(t *testing.T) {
	address := postgres.Database(t)
	g := newGround(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	g.write("store.hcl", fmt.Sprintf("store {\n  url = \"postgres://tocsin:${secret(\"store\")}@%s%s\"\n}\n", u.Host, u.Path))
	g.secret("store", url.QueryEscape(storetest.Password))
	p := g.start()
	g.eventually("it judges", func() bool { out, _ := g.run("status"); return strings.Contains(out, "judges\n") })
	if !sendNumbered(localClient(g.data), 7) {
		t.Fatal("the event was refused")
	}
	g.eventually("it arrived", func() bool { out, _ := g.run("history"); return strings.Contains(out, "number 7.") })
	for _, test := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"status"}, 0, []string{"ok, database t", "judges", "(this one)"}},
		{[]string{"history"}, 0, []string{"number 7."}},
		{[]string{"outbox"}, 0, nil},
		{[]string{"decisions"}, 0, nil},
		{[]string{"channels"}, 0, []string{"sink"}},
		{[]string{"explain", "--type", "note"}, 0, nil},
		{[]string{"backup", "copy.dump"}, 2, []string{"pg_dump --format=custom", "pg_restore"}},
		{[]string{"check"}, 0, []string{"0 errors, 0 warnings"}},
		{[]string{"check", "--no-secrets"}, 0, []string{"0 errors, 0 warnings"}},
		{[]string{"diff", "--replay", "1h"}, 0, nil},
	} {
		out, code := g.run(test.args...)
		if code != test.code {
			t.Errorf("%v ended with %d, want %d:\n%s", test.args, code, test.code, out)
		}
		for _, want := range test.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v says\n%s\nwant %q in it", test.args, out, want)
			}
		}
		if strings.Contains(out, "lamp") {
			t.Errorf("%v shows the password:\n%s", test.args, out)
		}
		t.Logf("%v\n%s", test.args, out)
	}
	if code := p.stop(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
	out, code := g.run("explain", "--type", "note")
	if code != 0 || !strings.Contains(out, "judged with what is kept in the database t") {
		t.Errorf("without a daemon explain ends with %d:\n%s", code, out)
	}

	g.write("store.hcl", fmt.Sprintf("store {\n  url = %q\n}\n", address[:strings.LastIndex(address, ":")]+":1/tocsin"))
	out, code = g.run("serve", "--listen", "127.0.0.1:0")
	if code != 2 || strings.Contains(out, "lamp") {
		t.Errorf("serve without a server ends with %d:\n%s", code, out)
	}
	t.Log(out)
}
