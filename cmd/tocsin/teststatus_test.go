package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTestStatus holds the exit status of tocsin test: 0 all passed, 1 one did
// not, 2 there is no answer.
func TestTestStatus(t *testing.T) {
	const head = "tocsin {\n  enabled = true\n}\nchannel \"log\" \"console\" {}\n"
	const passes = "test \"a\" {\n  expect \"console\" {\n    types = []\n  }\n}\n"
	const fails = "test \"b\" {\n  expect \"console\" {\n    types = [\"vm_start\"]\n  }\n}\n"
	const broken = "test \"c\" {\n  expect \"consle\" {}\n}\n"
	for _, c := range []struct {
		name, src string
		args      []string
		status    int
		out, err  string
	}{
		{"all pass", head + passes, nil, 0, "ok 1 test in ", ""},
		{"one fails", head + passes + fails, nil, 1, "FAIL 1 of 2 tests in ", ""},
		{"the one that fails is left out", head + passes + fails, []string{"--run", "^a$"}, 0, "ok 1 test in ", ""},
		{"one fails, for programs", head + fails, []string{"--json"}, 1, `"failed": 1`, ""},
		{"there is none", head, nil, 0, "no tests: ", ""},
		{"none matches", head + passes, []string{"--run", "x"}, 2, "", `no test matches "x"`},
		{"one channel does not exist", head + passes + broken, nil, 2, "", "unknown channel"},
		{"one line is no HCL", head + "test {", nil, 2, "", "does not load"},
		{"no format", head + passes, []string{"--format", "tap"}, 2, "", "unknown format"},
		{"no expression", head + passes, []string{"--run", "["}, 2, "", "no regular expression"},
		{"two folders", head + passes, []string{"elsewhere"}, 2, "", "at most 1 arg"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "tests.hcl"), []byte(c.src), 0o600); err != nil {
				t.Fatal(err)
			}
			var out, errOut bytes.Buffer
			status := run(append([]string{"test", dir}, c.args...), strings.NewReader(""), &out, &errOut)
			if status != c.status || !strings.Contains(out.String(), c.out) || !strings.Contains(errOut.String(), c.err) {
				t.Errorf("status %d, want %d\n%s\n%s", status, c.status, out.String(), errOut.String())
			}
			if c.status == 2 && out.Len() > 0 {
				t.Errorf("without an answer there is a result: %s", out.String())
			}
		})
	}
}
