package rules_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tocsin/rules"
	"tocsin/rules/diag"
)

// TestShapes holds the shapes against the decoders: each block that a shape
// names is known where it stands, and takes that many labels.
func TestShapes(t *testing.T) {
	for _, s := range rules.Shapes() {
		checkShape(t, s, "", "")
	}
}

func checkShape(t *testing.T, s rules.Shape, before, behind string) {
	t.Helper()
	head := s.Kind
	for _, label := range s.Labels {
		if label == "kind" {
			label = "note"
		}
		head += " \"" + label + "\""
	}
	before, behind = before+head+" {\n", "}\n"+behind
	_, diags := rules.Load(testInput(t, map[string]string{"a.hcl": before + behind}))
	for _, d := range diags {
		if code := diag.ExtraOf(d).Code; code == rules.CodeUnknownBlock || code == rules.CodeLabels {
			t.Errorf("%s: %s: %s", strings.ReplaceAll(before, "\n", " "), d.Summary, d.Detail)
		}
	}
	for _, inner := range s.Blocks {
		checkShape(t, inner, before, behind)
	}
}

// TestShapesAreAll: every block that a decoder asks for is in some shape.
func TestShapesAreAll(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	words, asked := map[string]string{}, map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, v := range n.Values {
					if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						words[n.Names[i].Name], _ = strconv.Unquote(lit.Value)
					}
				}
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); !ok || sel.Sel.Name != "all" || len(n.Args) != 1 {
					break
				}
				switch arg := n.Args[0].(type) {
				case *ast.Ident:
					asked["$"+arg.Name] = file
				case *ast.BasicLit:
					word, _ := strconv.Unquote(arg.Value)
					asked[word] = file
				}
			}
			return true
		})
	}
	known := map[string]bool{}
	var gather func([]rules.Shape)
	gather = func(shapes []rules.Shape) {
		for _, s := range shapes {
			known[s.Kind] = true
			gather(s.Blocks)
		}
	}
	for _, s := range rules.Shapes() {
		gather(s.Blocks)
	}
	for word, file := range asked {
		if name, ok := strings.CutPrefix(word, "$"); ok {
			word = words[name]
		}
		if !known[word] {
			t.Errorf("%s reads blocks %q, which no shape has", file, word)
		}
	}
	if len(asked) < 8 {
		t.Errorf("only %d blocks were found", len(asked))
	}
}
