package log

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

func TestBlockGolden(t *testing.T) {
	plain, bare, hostile := sample(), sample(), sample()
	plain.Rich, plain.Repeat = false, true
	bare.Body, bare.Details, bare.Time, bare.Host, bare.Repeat = "", nil, time.Time{}, "", true
	hostile.Type = "x\n2026-03-14 01:00:02 +0100 [CRITICAL] forged"
	hostile.Title = "\x1b[2J\x1b]0;owned\x07 \u202egnp"
	hostile.Body = "2026-03-14 01:00:02 +0100 [CRITICAL] forged\r\n\rover\x00\x9b31m"
	hostile.Host = "a\nb"
	hostile.Details = []event.Detail{{Label: "L\n[CRITICAL]", Value: "V\n[CRITICAL] forged\x7f"}, {Label: strings.Repeat("long ", 8), Value: "v\nw"}}
	for name, m := range map[string]*event.Message{"rich": sample(), "plain": plain, "bare": bare, "hostile": hostile} {
		path := filepath.Join("testdata", name+".txt")
		got := block(m)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (rewrite with -update): %s", name, diff)
		}
	}
}

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "é": 1, "e\u0301": 1, "日本": 4, "💾": 2, "a\u200db": 2} {
		if got := columns(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
}

func FuzzBlock(f *testing.F) {
	f.Add("title", "body\n[CRITICAL] x", "label", "value", "host", true)
	f.Add("\x1b[2J", "\r\n\rx\x9b", "\u202e", "a\nb", "h\x00", false)
	f.Fuzz(func(t *testing.T, title, body, label, value, host string, rich bool) {
		m := &event.Message{Type: "fuzz", Title: title, Body: body, Host: host, Details: []event.Detail{{Label: label, Value: value}}, Rich: rich}
		got := block(m)
		if event.Clean(got) != got {
			t.Fatalf("%q is not clean", got)
		}
		for i, line := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
			if (i == 0) != (line != "" && !strings.HasPrefix(line, indent)) {
				t.Fatalf("line %d of %q", i+1, got)
			}
		}
	})
}
