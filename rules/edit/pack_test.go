package edit_test

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/builtin"
	"tocsin/rules/edit"
)

// TestBuiltIn: every block of the built-in pack is found by its path, so that it
// can be changed by one that lies over it.
func TestBuiltIn(t *testing.T) {
	tree := edit.Tree{Pack: builtin.Files(), Cache: new(edit.Cache)}
	count := 0
	for name, src := range builtin.Files() {
		file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		for _, b := range file.Body.(*hclsyntax.Body).Blocks {
			at := edit.Address{{Name: b.Type}}
			for _, label := range b.Labels {
				at = append(at, edit.Step{Name: label})
			}
			for name := range b.Body.Attributes {
				if _, err := edit.Apply(tree, edit.Edit{Op: edit.Unset, Path: at.String() + "." + name}); err != nil {
					t.Errorf("%s.%s: %v", at, name, err)
				}
				count++
			}
		}
	}
	if count < 500 {
		t.Errorf("only %d arguments", count)
	}
}
