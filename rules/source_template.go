package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tocsin/templates"
)

// ownNames are what a template can name that renders no event: members by the name
// at the root. Open roots have others besides, which a function knows.
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
	members, known := own.members[root]
	switch {
	case root == "local" && (member == "" || r.locals.known(member) && !r.locals.hidden(member)), root == "time":
		return
	case known && (member == "" || slices.Contains(members, member)):
		return
	case known && own.open[root] != nil && own.open[root](member):
		return
	}
	dotted := "." + strings.Join(ref.Path, ".")
	f := finding{
		code: CodeTemplateName, at: t.between(ref.Offset, ref.Offset+len(dotted)), in: r.block.in(), summary: fmt.Sprintf("unknown name %q", dotted),
	}
	roots := append(slices.Sorted(maps.Keys(own.members)), "time", "local")
	switch {
	case root == "local":
		r.unknownLocalRef(f, member)
	case known:
		f.detail = fmt.Sprintf("There is: .%s.%s.", root, strings.Join(members, ", ."+root+"."))
		r.fail(f.suggestWith(member, "."+root+".", slices.Values(members)))
	default:
		f.detail = "Templates have here: ." + strings.Join(roots, ", .") + "."
		r.fail(f.suggestWith(root, ".", slices.Values(roots)))
	}
}
