package probe

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tocsin/engine/event"
)

// Path leads to the items in a result. In a file it is written with dots:
// result.json.nodes. A star stands for every member: result.json.*.disks.
type Path struct {
	Words []string // behind "result."
}

// ParsePath reads a path. The error fits behind the text.
func ParsePath(text string) (*Path, error) {
	words := strings.Split(text, ".")
	if len(words) < 2 || words[0] != "result" || slices.Contains(words, "") {
		return nil, fmt.Errorf("does not lead to items of the result")
	}
	return &Path{words[1:]}, nil
}

// String returns the path as it is written.
func (p *Path) String() string { return "result." + strings.Join(p.Words, ".") }

// MarshalText writes the path.
func (p *Path) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// maxItems bounds the items of a look.
const maxItems = 1000

// Item is one of the things that a look found.
type Item struct {
	// Keys are the names under which it stands in objects of JSON, and of a file its
	// path: by them it is known when the rule has no Key. In a list it has none, so
	// that there it is known by all that it holds.
	Keys   []string
	Values map[string]any
}

// items returns those that the path leads to, in their order. The error tells why
// there are none to speak of.
func (p *Path) items(values map[string]any) ([]Item, error) {
	walk := walk{path: p}
	walk.step(values, p.Words, nil)
	switch {
	case walk.full:
		return nil, fmt.Errorf("%s has more than %d items", p, maxItems)
	case walk.lost != "":
		return nil, fmt.Errorf("%s leads nowhere: %s", p, walk.lost)
	}
	return walk.items, nil
}

type walk struct {
	path  *Path
	items []Item
	lost  string
	full  bool
}

// step follows the words from a value. Below a star, what lacks the rest of the
// path has no items; without one, that says that the result is another one.
func (w *walk) step(v any, words, keys []string) {
	if len(words) == 0 {
		w.members(v, keys, func(item any, keys []string) { w.add(item, keys) })
		return
	}
	if words[0] == All {
		w.members(v, keys, func(item any, keys []string) { w.step(item, words[1:], keys) })
		return
	}
	object, ok := v.(map[string]any)
	if next, there := object[words[0]]; ok && there {
		w.step(next, words[1:], keys)
		return
	}
	w.lose("there is no " + words[0])
}

// members calls f for the members of a list or object, in order.
func (w *walk) members(v any, keys []string, f func(item any, keys []string)) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			f(item, keys)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			f(v[name], append(slices.Clip(keys), name))
		}
	default:
		w.lose("no list or object stands there")
	}
}

func (w *walk) lose(why string) {
	if slices.Contains(w.path.Words, All) {
		return
	}
	if w.lost == "" {
		w.lost = event.Clip(why, 100)
	}
}

func (w *walk) add(v any, keys []string) {
	if len(w.items) == maxItems {
		w.full = true
		return
	}
	values, ok := v.(map[string]any)
	if !ok {
		values = map[string]any{"value": v}
	}
	if file, ok := values["path"].(string); ok && w.path.Words[0] == "files" {
		keys = []string{file}
	}
	w.items = append(w.items, Item{keys, values})
}
