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

// Dictionaries in a list join in its order, and the later word holds, where the
// earlier one stood.
func TestMergeInOrder(t *testing.T) {
	dicts := &Node{List: []*Node{leaf(t, "{{ dict `title` .title }}"), leaf(t, "{{ dict `body` `b` }}"), leaf(t, "{{ dict `title` `own` `added` 1 }}")}}
	got, err := pairs([]Entry{{"z", leaf(t, "first")}, {"$merge", dicts}}, map[string]any{"title": "t"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Pair{{"z", "first"}, {"title", "own"}, {"body", "b"}, {"added", "1"}}, got); diff != "" {
		t.Error(diff)
	}
}

// A list of which nothing is left is left out; one that is written as empty is
// not.
func TestEmptyList(t *testing.T) {
	tmpl, err := templates.ParseValue("{{ .channel.click }}")
	if err != nil {
		t.Fatal(err)
	}
	link := &Node{Dict: &Dict{If: tmpl, Entries: []Entry{{"href", &Node{Template: tmpl}}}}}
	body := &Node{Dict: &Dict{Entries: []Entry{
		{"links", &Node{List: []*Node{link}}},
		{"tags", &Node{List: []*Node{}}},
	}}}
	for click, want := range map[string]any{
		"":                    map[string]any{"tags": []any{}},
		"https://example.org": map[string]any{"tags": []any{}, "links": []any{map[string]any{"href": "https://example.org"}}},
	} {
		got, err := body.value(map[string]any{"channel": map[string]any{"click": click}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", click, diff)
		}
	}
}
