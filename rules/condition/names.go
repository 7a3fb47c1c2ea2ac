package condition

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"tocsin/engine/event"
)

// Names are what a condition reads when it looks at something other than an
// event: at an entry of a log, a measured value. The zero Names mean an event.
// Equal Names are equal by ==, so that conditions can be told apart by them.
type Names struct{ text string }

// allCapitals stands for every name in capitals below a word.
const allCapitals = "A-Z"

// NewNames returns Names of these types. A name may have several words with dots
// between them. Below the roots, every name in capitals is a text.
func NewNames(types map[string]event.FieldType, roots ...string) Names {
	var b strings.Builder
	add := func(name string, typ event.FieldType) { b.WriteString(name + " " + string(typ) + "\n") }
	for _, name := range slices.Sorted(maps.Keys(types)) {
		add(name, types[name])
	}
	for _, root := range roots {
		add(root+"."+allCapitals, event.String)
	}
	return Names{b.String()}
}

func (n Names) given() bool { return n.text != "" }

// types is the reverse of NewNames.
func (n Names) types() map[string]event.FieldType {
	out := map[string]event.FieldType{}
	for line := range strings.Lines(n.text) {
		name, typ, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		out[name] = event.FieldType(typ)
	}
	return out
}

// ownTypes are the names of the subject and their types, which are read once.
func (r *resolver) ownTypes() map[string]event.FieldType {
	if r.mine == nil {
		r.mine = r.subject.Names.types()
	}
	return r.mine
}

// ownName replaces a name of the subject's own, the longest there is.
func (r *resolver) ownName(n ast.Node, path []string, nodes []ast.Node) ast.Node {
	types := r.ownTypes()
	for words := len(path); words > 0; words-- {
		key := strings.Join(path[:words], ".")
		typ, ok := types[key]
		if _, capitals := types[path[0]+"."+allCapitals]; !ok && capitals && words == 2 && isCapital(path[1]) {
			typ, ok = event.String, true
		}
		if ok {
			return r.deeper(r.use(firstWords(n, len(path)-words), key, dataName(key, typ)), path[words:], nodes[words:])
		}
	}
	return r.unknownOwn(n, path, nodes)
}

// unknownOwn reports the first word of a name that leads nowhere.
func (r *resolver) unknownOwn(n ast.Node, path []string, nodes []ast.Node) ast.Node {
	prefix, members := "", r.members("")
	if !slices.Contains(members, path[0]) {
		roots := append(members, "local")
		p := r.add(nodes[0], CodeName, fmt.Sprintf("unknown name %q", path[0]), "Names begin with "+strings.Join(roots, ", ")+".")
		suggest(p, path[0], slices.Values(roots), "")
		return n
	}
	for i, word := range path {
		below := r.members(prefix + word + ".")
		if len(below) == 0 {
			r.unknownMember(nodes[i], word, prefix, slices.Values(members))
			return n
		}
		prefix, members = prefix+word+".", below
	}
	name := strings.TrimSuffix(prefix, ".")
	r.at(span(n), CodeName, name+" is no value by itself", fmt.Sprintf("Name one of its parts: %s.", prefix+strings.Join(members, ", "+prefix)))
	return n
}

// members are the words that may stand behind the first ones of a name, in byte
// order.
func (r *resolver) members(prefix string) []string {
	var out []string
	for name := range r.ownTypes() {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok || rest == allCapitals {
			continue
		}
		word, _, _ := strings.Cut(rest, ".")
		out = append(out, word)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// isCapital reports whether a word has no small letters.
func isCapital(word string) bool { return strings.ToUpper(word) == word }
