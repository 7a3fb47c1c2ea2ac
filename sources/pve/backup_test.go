package pve

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseGuest(t *testing.T) {
	for row, want := range map[string]guest{
		"7    web    ok    2m 1s    4.5 GiB    /x/y.zst    ":   {"7", "web", "ok", "2m 1s", "4.5 GiB", "/x/y.zst"},
		"7    café-ät       ok      2m 1s    4.5 GiB   vm/7/z": {"7", "café-ät", "ok", "2m 1s", "4.5 GiB", "vm/7/z"},
		"7    日本      err    0s    0 B    null":                {"7", "日本", "err", "0s", "0 B", "null"},
		"7    two words    ok    1s    1 B    f":               {"7", "two words", "ok", "1s", "1 B", "f"},
		"7    a  err  9s  0 B  null    ok    1s    1 B    f":   {"7", "a err 9s 0 B null", "ok", "1s", "1 B", "f"},
		"7            ok    1s    1 B    f":                    {"7", "", "ok", "1s", "1 B", "f"},
		"  7    web    todo    0s    0 B    null":              {"7", "web", "todo", "0s", "0 B", "null"},
		"VMID    Name    Status    Time    Size    Filename":   {},
		"7    ok    1s": {},
		"":              {},
		"seven    web    ok    2m 1s    4.5 GiB    /x/y.zst":              {},
		"7 web ok 2m 1 4.5 GiB /x/y.zst (single blanks are no separator)": {},
	} {
		got, ok := parseGuest(row)
		if got != want || ok != (want != guest{}) {
			t.Errorf("%q: got %+v, %t; want %+v", row, got, ok, want)
		}
	}
}

func TestGuestLine(t *testing.T) {
	for want, g := range map[string]guest{
		"7 web: ok, 4.5 GiB in 1s": {id: "7", name: "web", status: "ok", duration: "1s", size: "4.5 GiB"},
		"7: ok, ? in 1s":           {id: "7", status: "ok", duration: "1s", size: "?"},
		"VM 7: failed":             {id: "7", name: "VM 7", status: "err", duration: "0s"},
		"7 web: failed after 3s":   {id: "7", name: "web", status: "err", duration: "3s"},
		"7 web: not reached":       {id: "7", name: "web", status: "todo", duration: "0s"},
		"7 web: odd after 1s":      {id: "7", name: "web", status: "odd", duration: "1s"},
	} {
		if got := g.line(""); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestGuestLineWithReason(t *testing.T) {
	g := guest{id: "7", name: "web", status: "err", duration: "3s"}
	if got, want := g.line("the disk\nis gone"), "7 web: failed after 3s: the disk is gone"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	g.status, g.size = "ok", "1 B"
	if got, want := g.line("no matter"), "7 web: ok, 1 B in 3s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestParseLogLine(t *testing.T) {
	for line, want := range map[string]logLine{
		"7: 2026-09-21 02:00:00 WARN: odd":            {"7", "WARN", "odd"},
		"7: 2026-09-21 02:00:00 INFO: WARN: no":       {"7", "INFO", "WARN: no"},
		"7: 2026-09-21 02:00:00 ERROR: a: b":          {"7", "ERROR", "a: b"},
		"7: ERROR: without a time":                    {"7", "ERROR", "without a time"},
		"7: no log available":                         {"7", "", "no log available"},
		"HOOK: 2026-09-21 02:00:00 WARN: by a script": {},
		"7:": {},
		"":   {},
	} {
		got, ok := parseLogLine(line)
		if got != want || ok != (want != logLine{}) {
			t.Errorf("%q: got %+v, %t; want %+v", line, got, ok, want)
		}
	}
}

func TestCommand(t *testing.T) {
	for _, tt := range []struct {
		line, storage string
		guests        []string
	}{
		{"vzdump 7 8 --storage vault --quiet 1", "vault", []string{"7", "8"}},
		{"vzdump --all 1 --storage=vault", "vault", nil},
		{`vzdump 7 --notes-template 'it'\''s --storage fake' --storage 'my vault'`, "my vault", []string{"7"}},
		{"vzdump 7 --mode stop --storage", "", []string{"7"}},
		{"vzdump  7  --dumpdir /x", "", []string{"7"}},
		{"vzdump 7 --storage 'open", "open", []string{"7"}},
		{`vzdump 7 \`, "", []string{"7"}},
		{"", "", nil},
	} {
		c := shellWords(tt.line)
		if got := c.option("storage"); got != tt.storage {
			t.Errorf("%s: got storage %q, want %q", tt.line, got, tt.storage)
		}
		if diff := cmp.Diff(tt.guests, c.guests()); diff != "" {
			t.Errorf("%s: guests differ (-want +got):\n%s", tt.line, diff)
		}
	}
}
