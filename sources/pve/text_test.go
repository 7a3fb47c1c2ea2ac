package pve

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestShorten(t *testing.T) {
	long := "command '" + strings.Repeat("é", 400) + "' failed: the cause"
	got := shorten(long, 100)
	if len(got) > 110 || !utf8.ValidString(got) || !strings.HasPrefix(got, "command") || !strings.HasSuffix(got, "failed: the cause") {
		t.Errorf("got %q", got)
	}
	if got := shorten("short", 100); got != "short" {
		t.Errorf("got %q", got)
	}
	if got := oneLine(" a\n\tb  c ", 100); got != "a b c" {
		t.Errorf("got %q", got)
	}
	if got := oneLine(strings.Repeat("x \n", 1<<20), 100); len(got) > 110 {
		t.Errorf("got %d bytes", len(got))
	}
}

func TestJoinReason(t *testing.T) {
	for _, tt := range [][3]string{
		{"a", "b", "a: b"}, {"a", "", "a"}, {"", "b", "b"}, {"a", "a", "a"}, {"", "", ""}, {" a\nb ", "c", "a b: c"},
	} {
		if got := joinReason(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%q: got %q", tt, got)
		}
	}
}

func TestQuoted(t *testing.T) {
	for text, want := range map[string]string{"node 'a' and 'b'": "a", "no": "", "open 'a": "", "''": ""} {
		if got := quoted(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestLabels(t *testing.T) {
	got := labels("A: 1\nA: 2\nB:\n  C: 3\nno label\nhttp://x: y\n" + strings.Repeat("x", maxWord+1) + ": z")
	want := map[string]string{"A": "1", "  C": "3", "http": "//x: y"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("labels differ (-want +got):\n%s", diff)
	}
}

func TestMeaningfulLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"\n  \nfirst\nsecond":           "first",
		"/etc/cron.daily/x:\nit broke":  "it broke",
		"Dear root,\n\nthe disk":        "the disk",
		"only:\nheadings:":              "only:",
		"--------\n======\ntext":        "text",
		"This message was made by x\ny": "y",
	} {
		if got := meaningfulLine(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestFencingPhase(t *testing.T) {
	for _, tt := range []struct{ title, message, want string }{
		{"Trying to fence node 'a'", "", "start"},
		{"Successfully fenced node 'a'", "the HA manager will now fence", "success"},
		{"own title", "The manager successfully fenced 'a'.", "success"},
		{"own title", "The manager will now fence 'a'.", "start"},
		{"", "", ""},
	} {
		if got := fencingPhase(tt.title, tt.message); got != tt.want {
			t.Errorf("%q, %q: got %q, want %q", tt.title, tt.message, got, tt.want)
		}
	}
}

func TestParseUpgrades(t *testing.T) {
	got := parseUpgrades("intro  with  gaps\nPackage Name  Installed Version  Available Version  \na  1  2  \nb  null  3\n\nc  4  5\n  d: 6 -> 7\n  e:  -> 8\n")
	want := []string{"a 1 → 2", "b 3 (new)", "d 6 → 7", "e 8 (new)"}
	var lines []string
	for _, u := range got {
		lines = append(lines, u.String())
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("upgrades differ (-want +got):\n%s", diff)
	}
}

func TestShortHost(t *testing.T) {
	for name, want := range map[string]string{
		"alder": "alder", "alder.home.example": "alder", " alder ": "alder", "": "",
		"192.0.2.7": "192.0.2.7", "2001:db8::7": "2001:db8::7", ".x": "",
	} {
		if got := shortHost(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
