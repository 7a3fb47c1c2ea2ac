package edit

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Origin is the answer to an edit of a value that comes from elsewhere: from a
// local, a function, or a text that is put together. Nothing is overwritten
// until somebody says where.
type Origin struct {
	Path    string   `json:"path"`
	At      Place    `json:"at"`               // where the value stands
	Is      string   `json:"is"`               // what stands there, in words
	From    []Source `json:"from"`             // what it is made of
	Affects int      `json:"affects"`          // places that the first source reaches
	Secret  string   `json:"secret,omitempty"` // name of the secret that the value is
	Choices []Choice `json:"choices"`
}

// Source is a local that a value is made of.
type Source struct {
	Name string `json:"name"` // local.chat
	At   Place  `json:"at"`
}

// Choice is one way to go on. The edit may hold a secret, so that it is not for
// others to see; its path and whether it is made here say the same.
type Choice struct {
	Says string `json:"says"`
	Path string `json:"path"`
	Here bool   `json:"here"`
	Edit Edit   `json:"-"`
}

// Error says where the value comes from and what can be done.
func (o *Origin) Error() string {
	var says []string
	for _, c := range o.Choices {
		says = append(says, c.Says)
	}
	return fmt.Sprintf("%s, at %s, is %s: %s", o.Path, o.At, o.Is, strings.Join(says, ", or "))
}

// origin returns an Origin when a value is not written out where it stands.
func (w *work) origin(t *target, p *page, a *hclsyntax.Attribute, e Edit) error {
	expr, rest := descend(a.Expr, t.rest)
	if len(rest) > 0 && len(t.rest) > 0 {
		if _, isMap := expr.(*hclsyntax.ObjectConsExpr); isMap {
			return nil // a new key
		}
	}
	if wrap, ok := expr.(*hclsyntax.TemplateWrapExpr); ok { // "${local.x}" is local.x
		expr = wrap.Wrapped
	}
	if isLiteral(expr) {
		return nil
	}
	at := expr.Range().Start.Byte
	o := &Origin{Path: t.addr.String(), At: p.place(at), Is: "worked out"}
	for _, name := range localsOf(expr) {
		if place, ok := w.localAt(name); ok {
			o.From = append(o.From, Source{"local." + name, place})
		}
	}
	var steps Address
	switch x := expr.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		steps, _ = localSteps(x.Traversal)
		o.Is = "local." + strings.Join(names(steps), ".")
	case *hclsyntax.FunctionCallExpr:
		o.Is = "what " + x.Name + "() gives"
		if x.Name == "secret" && len(x.Args) == 1 {
			if name, ok := literalText(x.Args[0]); ok {
				o.Is, o.Secret = fmt.Sprintf("secret(%q)", name), name
				o.Affects = w.secretUses(name)
			}
		}
	case *hclsyntax.TemplateExpr:
		o.Is = "put together of parts"
	case *hclsyntax.TupleConsExpr:
		o.Is = "a list with elements from elsewhere"
	case *hclsyntax.ObjectConsExpr:
		o.Is = "a map with values from elsewhere"
	}
	if len(o.From) > 0 {
		o.Affects = w.affected(strings.TrimPrefix(o.From[0].Name, "local."))
		if o.Is != o.From[0].Name && len(steps) == 0 {
			o.Is += ", of " + o.From[0].Name
		}
		o.Is += ", set at " + o.From[0].At.String()
	}
	if len(steps) > 0 && len(o.From) > 0 {
		there := e
		there.Path, there.Here = Address{{Name: localsKind}}.with(names(append(steps, rest...))...).String(), false
		o.Choices = append(o.Choices, choice(fmt.Sprintf("change it there, which affects %s", places(o.Affects)), there))
	}
	here := e
	here.Here = true
	if len(rest) == 0 {
		o.Choices = append(o.Choices, choice("replace it here", here))
	} else {
		o.Choices = append(o.Choices, Choice{Says: "set " + t.upTo(rest).String() + " as a whole", Path: t.upTo(rest).String(), Here: true})
	}
	return o
}

func choice(says string, e Edit) Choice {
	return Choice{Says: says, Path: e.Path, Here: e.Here, Edit: e}
}

// isRead reports whether an expression reads its value from outside of the
// files: secret("x"), env("X"), file("x").
func isRead(expr hclsyntax.Expression) bool {
	call, ok := expr.(*hclsyntax.FunctionCallExpr)
	return ok && (call.Name == "secret" || call.Name == "env" || call.Name == "file") && len(expr.Variables()) == 0
}

// secretUses counts the places that read a secret.
func (w *work) secretUses(name string) int {
	total := 0
	for _, p := range w.pages {
		if p.body == nil {
			continue
		}
		_ = hclsyntax.VisitAll(p.body, func(n hclsyntax.Node) hcl.Diagnostics {
			if call, ok := n.(*hclsyntax.FunctionCallExpr); ok && call.Name == "secret" && len(call.Args) == 1 {
				if text, ok := literalText(call.Args[0]); ok && text == name {
					total++
				}
			}
			return nil
		})
	}
	return total
}

func places(n int) string {
	if n == 1 {
		return "1 place"
	}
	return fmt.Sprintf("%d places", n)
}

// localSteps returns NAME and the steps behind it of local.NAME….
func localSteps(t hcl.Traversal) (Address, bool) {
	if len(t) < 2 || t.RootName() != "local" {
		return nil, false
	}
	var out Address
	for _, s := range t[1:] {
		switch s := s.(type) {
		case hcl.TraverseAttr:
			out = append(out, Step{Name: s.Name})
		case hcl.TraverseIndex:
			if s.Key.Type().FriendlyName() != "string" {
				return out[:min(1, len(out))], false
			}
			out = append(out, Step{Name: s.Key.AsString()})
		default:
			return out[:min(1, len(out))], false
		}
	}
	return out, true
}

// localsOf lists the locals that an expression reads, each once.
func localsOf(expr hclsyntax.Expression) []string {
	var out []string
	for _, t := range expr.Variables() {
		if steps, _ := localSteps(t); len(steps) > 0 && !slices.Contains(out, steps[0].Name) {
			out = append(out, steps[0].Name)
		}
	}
	return out
}

// localAt returns where a local is set.
func (w *work) localAt(name string) (Place, bool) {
	for _, pages := range []map[string]*page{w.pages, w.pack.of(localsKind)} {
		for _, path := range slices.Sorted(maps.Keys(pages)) {
			if p := pages[path]; p.body != nil {
				if f, ok := localIn(p, name); ok {
					return p.place(f.block.Body.Attributes[name].NameRange.Start.Byte), true
				}
			}
		}
	}
	return Place{}, false
}

// use is a place that reads a local.
type use struct {
	local string    // the local that is set there; empty: another argument
	name  hcl.Range // of the name behind local., where HCL reads it; empty in a text
}

// usesOf lists the arguments of a file that read a local: in HCL, or in the text
// of a condition or template.
func (p *page) usesOf(name string) []use {
	if p.body == nil {
		return nil
	}
	inText := regexp.MustCompile(`\blocal\.` + regexp.QuoteMeta(name) + `\b`)
	var out []use
	var walk func(*hclsyntax.Body, string)
	walk = func(b *hclsyntax.Body, kind string) {
		for _, a := range attributesInOrder(b) {
			u := use{}
			if kind == localsKind {
				u.local = a.Name
			}
			reads := false
			for _, t := range a.Expr.Variables() {
				if steps, _ := localSteps(t); len(steps) > 0 && steps[0].Name == name {
					u.name = t[1].(interface{ SourceRange() hcl.Range }).SourceRange()
					u.name.Start.Byte = u.name.End.Byte - len(name)
					out = append(out, u)
					reads = true
				}
			}
			if !reads && inText.MatchString(p.text(a.Expr.Range())) {
				out = append(out, use{local: u.local})
			}
		}
		for _, inner := range b.Blocks {
			walk(inner.Body, inner.Type)
		}
	}
	walk(p.body, "")
	return out
}

// affected counts the places that a change of a local reaches, through other
// locals too.
func (w *work) affected(name string) int {
	seen := map[string]bool{name: true}
	total := 0
	for queue := []string{name}; len(queue) > 0; queue = queue[1:] {
		for _, pages := range []map[string]*page{w.pages, w.pack.reading(queue[0])} {
			for _, p := range pages {
				for _, u := range p.usesOf(queue[0]) {
					switch {
					case u.local == "":
						total++
					case !seen[u.local]:
						seen[u.local] = true
						queue = append(queue, u.local)
					}
				}
			}
		}
	}
	return total
}
