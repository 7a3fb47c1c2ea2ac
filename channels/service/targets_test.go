package service

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// urlsOf returns the addresses that a request over rooms and what the step
// "members" found calls.
func urlsOf(t *testing.T, each []Targets, rooms, members []any) ([]string, error) {
	t.Helper()
	r := &Request{URL: tmpl(t, "https://bell.example/{{ .kind }}/{{ .target }}"), Each: each}
	calls, err := r.calls(map[string]any{
		"channel": map[string]any{"rooms": rooms},
		"step":    map[string]any{"members": map[string]any{"names": members}},
	}, time.Now())
	var out []string
	for _, c := range calls {
		out = append(out, c.URL)
	}
	return out, err
}

// What a step found is called like a field, each once, and nothing that is
// called already.
func TestTargetsOfSteps(t *testing.T) {
	each := []Targets{{Name: "rooms"}, {Name: "names", Step: "members"}}
	for name, c := range map[string]struct {
		rooms, members []any
		want           []string
	}{
		"both":       {[]any{"hall"}, []any{"attic"}, []string{"rooms/hall", "names/attic"}},
		"known":      {[]any{"hall"}, []any{"hall", "attic", "attic", ""}, []string{"rooms/hall", "names/attic"}},
		"numbers":    {nil, []any{7.0, "7", nil}, []string{"names/7"}},
		"only given": {[]any{"hall", "hall"}, nil, []string{"rooms/hall", "rooms/hall"}},
	} {
		got, err := urlsOf(t, each, c.rooms, c.members)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i := range c.want {
			c.want[i] = "https://bell.example/" + c.want[i]
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A service that lists without end makes no channel call without end.
func TestTooManyTargets(t *testing.T) {
	var members []any
	for i := range maxTargets {
		members = append(members, fmt.Sprint("m", i))
	}
	each := []Targets{{Name: "rooms"}, {Name: "names", Step: "members"}}
	if got, err := urlsOf(t, each, nil, members); err != nil || len(got) != maxTargets {
		t.Errorf("%d of %d called: %v", len(got), maxTargets, err)
	}
	if _, err := urlsOf(t, each, []any{"hall"}, members); err == nil {
		t.Error("one more than the limit is called")
	}
}

func TestTargetsInOrder(t *testing.T) {
	for order, want := range map[string][]string{
		"":      {"hall", "attic", "Cellar", "attic"},
		Rising:  {"Cellar", "attic", "hall"},
		Falling: {"hall", "attic", "Cellar"},
	} {
		rooms := []any{"hall", "attic", "Cellar", "attic"}
		got, err := urlsOf(t, []Targets{{Name: "rooms", Order: order}}, rooms, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			want[i] = "https://bell.example/rooms/" + want[i]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("order %q: %s", order, diff)
		}
		if rooms[0] != "hall" || rooms[1] != "attic" {
			t.Errorf("order %q changes the channel's own list", order)
		}
	}
}

// A batch may be of another size for each list.
func TestBatchOfAKind(t *testing.T) {
	r := &Request{
		URL:  tmpl(t, "https://bell.example/{{ .kind }}/{{ join `,` .targets }}"),
		Each: []Targets{{Name: "rooms"}, {Name: "users"}}, Batch: tmpl(t, "{{ if eq .kind `rooms` }}2{{ else }}1{{ end }}"),
	}
	calls, err := r.calls(map[string]any{"channel": map[string]any{"rooms": []any{"a", "b"}, "users": []any{"c", "d"}}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range calls {
		got = append(got, c.URL)
	}
	want := []string{"https://bell.example/rooms/a,b", "https://bell.example/users/c", "https://bell.example/users/d"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Lists of several answers join; of a value there is one.
func TestJoin(t *testing.T) {
	saved := map[string]any{}
	Join(saved, map[string]any{"names": []any{"a"}, "key": "k1"})
	Join(saved, map[string]any{"names": []any{"b"}, "key": "k2"})
	if diff := cmp.Diff(map[string]any{"names": []any{"a", "b"}, "key": "k1"}, saved); diff != "" {
		t.Error(diff)
	}
}
