package rules

import (
	"fmt"
	"slices"
	"strings"

	"tocsin/templates"
)

// ownNames are what a template can name that renders no event: members by the names
// before them with dots between, of which the first is the root. Open roots have
// others besides, which a function knows.
type ownNames struct {
	members map[string][]string
	open    map[string]func(member string) bool
}

// checkOwnRef holds one name of a template against these.
func (r *reader) checkOwnRef(t *text, ref templates.Ref, own *ownNames) {
	root, member := ref.Path[0], ""
	if len(ref.Path) > 1 {
		member = ref.Path[1]
	}
	_, known := own.members[root]
	switch {
	case root == "local" && (member == "" || r.locals.known(member) && !r.locals.hidden(member)), root == "time":
		return
	case known && own.open[root] != nil && own.open[root](member):
		return
	case known:
		r.checkMembers(t, ref, own)
		return
	}
	dotted := "." + strings.Join(ref.Path, ".")
	f := finding{
		code: CodeTemplateName, at: t.between(ref.Offset, ref.Offset+len(dotted)), in: r.block.in(), summary: fmt.Sprintf("unknown name %q", dotted),
	}
	if root == "local" {
		r.unknownLocalRef(f, member)
		return
	}
	roots := slices.Collect(func(yield func(string) bool) {
		for name := range own.members {
			if !strings.Contains(name, ".") && !yield(name) {
				return
			}
		}
	})
	slices.Sort(roots)
	roots = append(roots, "time", "local")
	f.detail = "Templates have here: ." + strings.Join(roots, ", .") + "."
	r.fail(f.suggestWith(root, ".", slices.Values(roots)))
}

// checkMembers holds the words behind the root of a name against what there is.
func (r *reader) checkMembers(t *text, ref templates.Ref, own *ownNames) {
	prefix := ref.Path[0]
	for i, word := range ref.Path[1:] {
		members, known := own.members[prefix]
		if !known {
			return
		}
		if !slices.Contains(members, word) {
			dotted := "." + strings.Join(ref.Path[:i+2], ".")
			f := finding{
				code: CodeTemplateName, at: t.between(ref.Offset, ref.Offset+len(dotted)), in: r.block.in(), summary: fmt.Sprintf("unknown name %q", dotted),
				detail: fmt.Sprintf("There is: .%s.%s.", prefix, strings.Join(members, ", ."+prefix+".")),
			}
			r.fail(f.suggestWith(word, "."+prefix+".", slices.Values(members)))
			return
		}
		prefix += "." + word
	}
}
