package service

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/templates"
)

// The pairs of a dictionary may join those of a form, under their own names or
// behind a prefix.
func TestMerge(t *testing.T) {
	value := func(text string) *Node {
		tmpl, err := templates.ParseValue(text)
		if err != nil {
			t.Fatal(err)
		}
		return &Node{Template: tmpl}
	}
	entries := []Entry{
		{"to", value("{{ .channel.to }}")},
		{"$merge", value("{{ .channel.extra }}")},
		{"h:$merge", value("{{ .channel.headers }}")},
		{"v:$merge", value("{{ .channel.missing }}")},
	}
	got, err := pairs(entries, map[string]any{"channel": map[string]any{
		"to": "ops", "extra": map[string]any{"tag": "disk"}, "headers": map[string]any{"X-Site": "home", "X-Rack": 3},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []Pair{{"to", "ops"}, {"tag", "disk"}, {"h:X-Rack", "3"}, {"h:X-Site", "home"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
