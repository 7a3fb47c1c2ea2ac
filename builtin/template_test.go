package builtin_test

import (
	"slices"
	"strings"
	"testing"
	"text/template/parse"

	"tocsin/templates"
)

// sources returns the templates of a block by what they are for.
func (b *block) sources() map[string]string {
	out := map[string]string{"title": b.text("title"), "body": b.text("body")}
	for label, text := range b.texts("details") {
		out["detail "+label] = text
	}
	return out
}

func mustParse(t *testing.T, b *block, part, text string) *templates.Template {
	t.Helper()
	parsed, err := templates.Parse(text)
	if err != nil {
		t.Fatalf("%s: %s: %v", b.place, part, err)
	}
	return parsed
}

// TestTemplatesReadDeclaredFields: a field that nothing declares has no type,
// and an operator who looks for it in the catalogue does not find it.
func TestTemplatesReadDeclaredFields(t *testing.T) {
	blocks := load(t)
	events := ofKind(blocks, "event")
	for _, b := range blocks {
		var parents []*block
		switch b.kind {
		case "event":
			parents = []*block{b}
		case "burst":
			for _, name := range b.list("events") {
				parents = append(parents, events[name])
			}
		default:
			continue
		}
		for part, text := range b.sources() {
			for _, ref := range mustParse(t, b, part, text).Refs() {
				if fault := unreadable(ref.Path, parents, b.kind == "burst"); fault != "" {
					t.Errorf("%s: %s reads .%s: %s", b.place, part, strings.Join(ref.Path, "."), fault)
				}
			}
			for _, path := range sampleFields(t, text) {
				if fault := unreadable(path, parents, false); fault != "" {
					t.Errorf("%s: %s reads .%s of a sample: %s", b.place, part, strings.Join(path, "."), fault)
				}
			}
		}
	}
}

// unreadable tells what is wrong with a path, or nothing.
func unreadable(path []string, parents []*block, burst bool) string {
	declares := func(b *block) bool { _, ok := b.texts("fields")[path[1]]; return ok }
	differs := func(b *block) bool { return slices.Contains(b.list("fingerprint"), path[1]) }
	switch {
	case !slices.Contains(templates.Names(burst), path[0]):
		return "there is no such name"
	case len(path) == 1:
		return ""
	case path[0] == "guest" && !slices.Contains(templates.GuestNames(), path[1]):
		return "a guest has no such name"
	case path[0] == "data" && !slices.ContainsFunc(parents, declares):
		return "no event declares the field"
	case path[0] == "distinct" && !slices.ContainsFunc(parents, differs):
		return "the field is in no fingerprint"
	}
	return ""
}

// sampleFields returns what a template reads of the items that it ranges over
// as samples.
func sampleFields(t *testing.T, text string) [][]string {
	t.Helper()
	tree := parse.New("t")
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(text, "", "", map[string]*parse.Tree{}); err != nil {
		t.Fatal(err)
	}
	var paths [][]string
	for _, n := range tree.Root.Nodes {
		if loop, ok := n.(*parse.RangeNode); ok && strings.HasPrefix(loop.Pipe.String(), ".samples") {
			paths = append(paths, fieldsIn(loop.List)...)
		}
	}
	return paths
}

// fieldsIn returns the fields that nodes read, down to where the dot changes.
func fieldsIn(n parse.Node) [][]string {
	var paths [][]string
	switch n := n.(type) {
	case *parse.ListNode:
		for _, item := range n.Nodes {
			paths = append(paths, fieldsIn(item)...)
		}
	case *parse.ActionNode:
		paths = fieldsIn(n.Pipe)
	case *parse.WithNode:
		paths = fieldsIn(n.Pipe)
	case *parse.IfNode:
		paths = append(fieldsIn(n.Pipe), fieldsIn(n.List)...)
		if n.ElseList != nil {
			paths = append(paths, fieldsIn(n.ElseList)...)
		}
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, arg := range c.Args {
				paths = append(paths, fieldsIn(arg)...)
			}
		}
	case *parse.FieldNode:
		paths = [][]string{n.Ident}
	}
	return paths
}
