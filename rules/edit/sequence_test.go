package edit_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/rules/edit"
)

// TestSequences makes many edits of every kind, one upon the other: none breaks
// the file, none fails by a fault of ours, and blocks that nobody named keep
// every byte.
func TestSequences(t *testing.T) {
	done := map[edit.Op]int{}
	for seed := range uint64(trees()) {
		src, w := write(seed)
		src = append(src, "\n# The last one.\nrule \"kept\" { # as it is\n\tdrop=true\n}\n"...)
		if bytes.Contains(src, []byte("\r\n")) {
			src = bytes.ReplaceAll(bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
		}
		for range 8 {
			e := w.edit(src)
			r, err := edit.Apply(edit.Tree{Files: map[string][]byte{"a.hcl": src}, Edits: "a.hcl", Pack: map[string][]byte{"p.hcl": []byte(pack)}}, e)
			if err != nil {
				if strings.Contains(err.Error(), "by hand") || strings.Contains(err.Error(), "would") {
					t.Fatalf("seed %d: %v %s%s%s: %v\n%s", seed, e, e.Word, e.To, e.Before+e.After, err, src)
				}
				continue
			}
			done[e.Op]++
			out, changed := r.Changed["a.hcl"]
			if !changed {
				continue
			}
			sane(t, seed, e, src, out)
			if _, diags := hclsyntax.ParseConfig(out, "", hcl.InitialPos); diags.HasErrors() {
				t.Fatalf("seed %d: %v: %v\n%s", seed, e, diags, out)
			}
			kept := strings.ReplaceAll("rule \"kept\" { # as it is\n\tdrop=true\n}", "\n", map[bool]string{true: "\r\n", false: "\n"}[bytes.Contains(src, []byte("\r\n"))])
			if !bytes.Contains(out, []byte(kept)) {
				t.Fatalf("seed %d: %v: the rule beside it is\n%s", seed, e, out)
			}
			src = out
		}
	}
	for _, op := range []edit.Op{edit.Set, edit.Unset, edit.Add, edit.Remove, edit.Rename, edit.Move} {
		if done[op] < trees()/10 {
			t.Errorf("%s was made %d times", op, done[op])
		}
	}
}

// edit is a random edit of a file.
func (w *writer) edit(src []byte) edit.Edit {
	file, _ := hclsyntax.ParseConfig(src, "", hcl.InitialPos)
	var blocks, args []string
	for _, b := range file.Body.(*hclsyntax.Body).Blocks {
		at := edit.Address{{Name: b.Type}}
		for _, l := range b.Labels {
			at = append(at, edit.Step{Name: l})
		}
		if len(b.Labels) > 0 && b.Labels[0] == "kept" {
			continue
		}
		blocks = append(blocks, at.String())
		for name := range b.Body.Attributes {
			args = append(args, at.String()+"."+name)
		}
		for _, inner := range b.Body.Blocks {
			for name := range inner.Body.Attributes {
				args = append(args, at.String()+"."+inner.Type+"."+name)
			}
		}
	}
	blocks = append(blocks, "rule.fresh", "event.goat_escaped")
	args = append(args, "toggles.fresh", "event.goat_escaped.details.Fresh", "rule.fresh.data", "event.goat_escaped.fingerprint")
	block, arg := w.pick(blocks...), w.pick(args...)
	value := w.value("", 1, false)
	switch w.r.IntN(8) {
	case 0:
		return edit.Edit{Op: edit.Unset, Path: arg}
	case 1:
		return edit.Edit{Op: edit.Add, Path: arg, Value: value}
	case 2:
		return edit.Edit{Op: edit.Add, Path: block, Value: "{ a = " + value + ", b = \"x\" }"}
	case 3:
		return edit.Edit{Op: edit.Remove, Path: block}
	case 4:
		return edit.Edit{Op: edit.Rename, Path: block, To: "name " + w.pick("1", "2", "3", "4")}
	case 5:
		return edit.Edit{Op: edit.Move, Path: block, Before: w.pick(append(blocks, "rule.kept")...)}
	case 6:
		return edit.Edit{Op: edit.Move, Path: block, After: w.pick(append(blocks, "rule.kept")...)}
	}
	return edit.Edit{Op: edit.Set, Path: w.pick(arg, block+".fresh", block+".fresh.key"), Value: value}
}
