package edit_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/rules"
	"tocsin/rules/edit"
)

// localsFile writes a block of locals the odd way that the writer has.
func localsFile(seed uint64) (src []byte, w *writer) {
	w = &writer{r: rand.New(rand.NewPCG(seed, 11)), single: map[string]bool{}}
	w.unit = w.pick("  ", "\t", "    ")
	w.block("", "locals", "locals", false)
	w.block("", "locals", "locals", false)
	text := w.b.String()
	if w.chance(30) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(text), w
}

// readBack returns the locals as the configuration has them.
func readBack(t *testing.T, seed uint64, src []byte) map[string]any {
	t.Helper()
	c, diags := rules.Load(rules.Input{Files: map[string][]byte{"a.hcl": src, "t.hcl": []byte("tocsin {\n  enabled = true\n}\n")}})
	if c == nil {
		t.Fatalf("seed %d: %v\n%s", seed, diags, src)
	}
	return c.Templates.Local
}

// plain is a random value as JSON has it.
func (w *writer) plain(depth int) any {
	w.n++
	switch n := w.r.IntN(8); {
	case n < 2:
		return float64(w.r.IntN(2000) - 1000)
	case n < 3:
		return w.chance(50)
	case n < 5 || depth > 2:
		return w.pick("", "text", "two\nlines", "${x} %{ y }", "say \"it\" \\ back", "ä€ # no comment", "<<EOT", "tab\t")
	case n < 6:
		list := make([]any, w.r.IntN(4))
		for i := range list {
			list[i] = w.plain(depth + 1)
		}
		return list
	}
	m := map[string]any{}
	for range w.r.IntN(4) {
		m[w.pick("a", "b c", "for", "x-y", "\"", "1")] = w.plain(depth + 1)
	}
	return m
}

// mutated is a value with one thing in it changed, as people change values.
func (w *writer) mutated(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := maps.Clone(v)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			switch w.r.IntN(3) {
			case 0:
				out[key] = w.mutated(v[key])
				return out
			case 1:
				delete(out, key)
				return out
			}
		}
		out["fresh key"] = w.plain(2)
		return out
	case []any:
		out := slices.Clone(v)
		at := w.r.IntN(len(v) + 1)
		switch {
		case at < len(v) && w.chance(40):
			out[at] = w.mutated(v[at])
		case at < len(v) && w.chance(50):
			out = slices.Delete(out, at, at+1)
		default:
			out = slices.Insert(out, at, w.plain(2))
		}
		return out
	}
	return w.plain(1)
}

// TestValuesReadBack: what is set is what the configuration has then, whatever
// the file looks like, and all other values are what they were.
func TestValuesReadBack(t *testing.T) {
	for seed := range uint64(trees() / 2) {
		src, w := localsFile(seed)
		want := readBack(t, seed, src)
		for range 3 {
			path, name := "locals.fresh", "fresh"
			if len(w.targets) > 0 && w.chance(80) {
				path = w.targets[w.r.IntN(len(w.targets))]
				name = strings.TrimPrefix(path, "locals.")
			}
			value := w.plain(0)
			if old, there := want[name]; there && w.chance(60) {
				value = w.mutated(old)
			}
			want[name] = value
			raw, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			out := apply(t, seed, src, edit.Edit{Op: edit.Set, Path: path, JSON: raw})
			if diff := cmp.Diff(want, readBack(t, seed, out)); diff != "" {
				t.Fatalf("seed %d: %s = %s (-want +got):\n%s\n%s\nbecomes\n%s", seed, path, raw, diff, src, out)
			}
			src = out
		}
	}
}

// TestPartsReadBack does so for elements of lists and keys of maps.
func TestPartsReadBack(t *testing.T) {
	count := 0
	for seed := range uint64(trees() / 2) {
		src, w := localsFile(seed)
		for _, path := range w.targets {
			name := strings.TrimPrefix(path, "locals.")
			want := readBack(t, seed, src)
			value := w.plain(1)
			raw, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			switch old := want[name].(type) {
			case map[string]any:
				key := w.pick("fresh", "b c")
				for k := range old {
					if w.chance(50) {
						key = k
					}
				}
				path = fmt.Sprintf("%s[%q]", path, key)
				old[key] = value
			case []any:
				if len(old) == 0 {
					continue
				}
				i := w.r.IntN(len(old))
				path = fmt.Sprintf("%s[%d]", path, i)
				old[i] = value
			default:
				continue
			}
			count++
			out := apply(t, seed, src, edit.Edit{Op: edit.Set, Path: path, JSON: raw})
			if diff := cmp.Diff(want, readBack(t, seed, out)); diff != "" {
				t.Fatalf("seed %d: %s = %s (-want +got):\n%s\n%s\nbecomes\n%s", seed, path, raw, diff, src, out)
			}
			src = out
		}
	}
	if count < trees()/8 {
		t.Errorf("only %d parts", count)
	}
}
