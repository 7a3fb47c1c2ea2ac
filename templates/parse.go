package templates

import (
	"text/template"
	"text/template/parse"
	"time"
)

// treeName is the name of every tree; the messages of text/template begin with
// it.
const treeName = "t"

// Template is a parsed template. It is immutable: many goroutines may execute
// it at once.
type Template struct {
	refs     []Ref
	paths    [][]string // the field paths that the tree reads, by number
	pieces   []piece    // of a template that only prints text and fields
	lone     bool       // one action and no text: it has a value of its own
	tree     *template.Template
	patterns map[string]*pattern       // regular expressions written out in it
	zones    map[string]*time.Location // time zones written out in it
}

// Ref is one field that a template reads from the view itself: not from the
// items of a list that range goes through, nor from a variable.
type Ref struct {
	Path   []string // {"data", "vmid"}
	Offset int      // of its first dot, in bytes into the text
}

// piece is a part of a template that needs no tree: text, or a field.
type piece struct {
	text string
	path int // into Template.paths; -1: text
}

// Parse compiles one template. The error is a *ParseError.
func Parse(text string) (*Template, error) { return parseTemplate(text, false) }

// ParseValue compiles a template that makes a part of a request: it may also
// call the functions of Wire, and where it is one action and nothing else,
// Value keeps the type of what that yields. The error is a *ParseError.
func ParseValue(text string) (*Template, error) { return parseTemplate(text, true) }

func parseTemplate(text string, wire bool) (*Template, error) {
	if err := admit(text); err != nil {
		return nil, err
	}
	tree := parse.New(treeName)
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(text, "", "", map[string]*parse.Tree{}); err != nil {
		return nil, fromParser(err)
	}
	t := &Template{lone: wire && isLone(tree.Root)}
	c := compiler{t: t, text: text, wire: wire, funcs: template.FuncMap{}, numbers: map[string]int{}}
	pieces, simple := c.pieces(tree.Root)
	if err := c.list(tree.Root, rootScope()); err != nil {
		return nil, err
	}
	if simple && (!t.lone || pieces[0].path >= 0) {
		t.pieces = pieces
		return t, nil
	}
	compiled, err := template.New(treeName).Funcs(c.funcs).AddParseTree(treeName, tree)
	if err != nil {
		return nil, fromParser(err)
	}
	t.tree = compiled
	return t, nil
}

// isLone reports whether a template is one action that yields a value.
func isLone(root *parse.ListNode) bool {
	if len(root.Nodes) != 1 {
		return false
	}
	action, ok := root.Nodes[0].(*parse.ActionNode)
	return ok && len(action.Pipe.Decl) == 0
}

// Refs returns every field that the template reads from the view, in the order
// of the text.
func (t *Template) Refs() []Ref { return t.refs }

// Execute renders the template over a view (see Set.View; any map of the same
// kinds of values will do). Times print in the zone of the view's "time". The
// error names the place in the template and the cause.
func (t *Template) Execute(view map[string]any) (string, error) {
	r := newRun(view)
	defer r.release()
	text, err := r.execute(t)
	if t.lone && err == nil {
		text = r.text(r.kept)
	}
	return text, err
}

// Value executes a template of ParseValue. One that is a single action yields
// the value of that, nil where it is missing; any other yields its text.
func (t *Template) Value(view map[string]any) (any, error) {
	r := newRun(view)
	defer r.release()
	text, err := r.execute(t)
	if t.lone && err == nil {
		return r.kept, nil
	}
	return text, err
}
