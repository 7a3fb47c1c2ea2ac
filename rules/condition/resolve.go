package condition

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"tocsin/engine/event"
)

// resolver replaces names by what they stand for: what an event has by flat
// keys of the environment, locals and the channel by literals.
type resolver struct {
	*Compiler
	*problems
	subject Subject
	used    map[string]name            // by flat key
	mine    map[string]event.FieldType // see ownTypes
}

// resolve returns n with every name in it replaced.
func (r *resolver) resolve(n ast.Node) ast.Node {
	if path, nodes, ok := pathOf(n); ok {
		return r.name(n, path, nodes)
	}
	switch n := n.(type) {
	case *ast.UnaryNode:
		n.Node = r.resolve(n.Node)
	case *ast.BinaryNode:
		r.binary(n)
	case *ast.ChainNode:
		n.Node = r.resolve(n.Node)
	case *ast.MemberNode:
		n.Node, n.Property = r.resolve(n.Node), r.resolve(n.Property)
	case *ast.SliceNode:
		n.Node = r.resolve(n.Node)
		if n.From != nil {
			n.From = r.resolve(n.From)
		}
		if n.To != nil {
			n.To = r.resolve(n.To)
		}
	case *ast.CallNode:
		r.all(n.Arguments)
		return r.constantCall(n)
	case *ast.BuiltinNode:
		r.all(n.Arguments)
	case *ast.PredicateNode:
		n.Node = r.resolve(n.Node)
	case *ast.ConditionalNode:
		n.Cond, n.Exp1, n.Exp2 = r.resolve(n.Cond), r.resolve(n.Exp1), r.resolve(n.Exp2)
	case *ast.ArrayNode:
		r.all(n.Nodes)
	}
	return n
}

// all resolves a list in place.
func (r *resolver) all(nodes []ast.Node) {
	for i := range nodes {
		nodes[i] = r.resolve(nodes[i])
	}
}

// binary also knows the two places where event.data and event.guest may stand
// by themselves: 'vmid' in event.data, and event.guest == nil.
func (r *resolver) binary(n *ast.BinaryNode) {
	whole := func(side ast.Node, word string) bool {
		path, _, ok := pathOf(side)
		return ok && len(path) == 2 && r.isEvent(path[0]) && path[1] == word
	}
	isNil := func(side ast.Node) bool { _, ok := side.(*ast.NilNode); return ok && isEquality(n.Operator) }
	switch {
	case n.Operator == "in" && whole(n.Right, "data"):
		n.Left, n.Right = r.resolve(n.Left), r.use(n.Right, root(n.Right)+".data", data())
	case isNil(n.Left) && whole(n.Right, "guest"):
		n.Right = r.use(n.Right, root(n.Right)+".guest", guest())
	case isNil(n.Right) && whole(n.Left, "guest"):
		n.Left = r.use(n.Left, root(n.Left)+".guest", guest())
	default:
		n.Left, n.Right = r.resolve(n.Left), r.resolve(n.Right)
	}
}

// isEvent reports whether a word stands for an event.
func (r *resolver) isEvent(word string) bool {
	return !r.subject.Names.given() && (word == "event" || word == "cause" && r.subject.Cause)
}

// root returns the first word of a name.
func root(n ast.Node) string {
	path, _, _ := pathOf(n)
	return path[0]
}

// isEquality reports whether an operator can ask for nil.
func isEquality(operator string) bool { return operator == "==" || operator == "!=" }

// pathOf returns the words of a name like event.data.vmid and the node of each
// word. It reports false when n is no name.
func pathOf(n ast.Node) (path []string, nodes []ast.Node, ok bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return []string{n.Value}, []ast.Node{n}, true
	case *ast.ChainNode:
		return pathOf(n.Node)
	case *ast.MemberNode:
		word, isWord := n.Property.(*ast.StringNode)
		path, nodes, ok = pathOf(n.Node)
		if !isWord || !ok {
			return nil, nil, false
		}
		return append(path, word.Value), append(nodes, n.Property), true
	}
	return nil, nil, false
}

// name replaces one name, or what begins with one.
func (r *resolver) name(n ast.Node, path []string, nodes []ast.Node) ast.Node {
	if r.isEvent(path[0]) {
		return r.eventName(n, path, nodes)
	}
	switch path[0] {
	case "local":
		return r.local(n, path, nodes)
	case "channel":
		if r.subject.ChannelName != "" {
			return r.channel(n, path, nodes)
		}
	}
	if r.subject.Names.given() {
		return r.ownName(n, path, nodes)
	}
	return r.unknown(n, path, nodes)
}

// use returns the flat key that stands for the whole of n.
func (r *resolver) use(n ast.Node, key string, what name) ast.Node {
	what.key, what.cause = key, strings.HasPrefix(key, "cause.")
	r.used[key] = what
	id := &ast.IdentifierNode{Value: key}
	id.SetLocation(span(n))
	return id
}

// span returns the place of a whole name, from its first word to its last.
func span(n ast.Node) file.Location {
	_, nodes, ok := pathOf(n)
	if !ok {
		return n.Location()
	}
	return file.Location{From: nodes[0].Location().From, To: nodes[len(nodes)-1].Location().To}
}

// eventName replaces event.NAME, which every event has.
func (r *resolver) eventName(n ast.Node, path []string, nodes []ast.Node) ast.Node {
	if len(path) == 1 {
		r.add(n, CodeName, path[0]+" is no value by itself", fmt.Sprintf("Name one of its parts: %[1]s.type, %[1]s.severity, %[1]s.data.NAME …", path[0]))
		return n
	}
	switch path[1] {
	case "data":
		return r.dataName(n, path, nodes)
	case "guest":
		return r.guestName(n, path, nodes)
	}
	what, ok := r.event[path[1]]
	if !ok {
		r.unknownMember(nodes[1], path[1], path[0]+".", keys(r.event, "data", "guest"))
		return n
	}
	return r.deeper(r.use(firstWords(n, len(path)-2), path[0]+"."+path[1], what), path[2:], nodes[2:])
}

// guestName replaces event.guest.NAME, which only events about a guest have.
func (r *resolver) guestName(n ast.Node, path []string, nodes []ast.Node) ast.Node {
	if len(path) == 2 {
		r.at(span(n), CodeName, path[0]+".guest is no value by itself", fmt.Sprintf("Name one of its parts, such as %[1]s.guest.name, or ask %[1]s.guest == nil.", path[0]))
		return n
	}
	what, ok := r.guest[path[2]]
	if !ok {
		r.unknownMember(nodes[2], path[2], path[0]+".guest.", keys(r.guest))
		return n
	}
	return r.deeper(r.use(firstWords(n, len(path)-3), path[0]+".guest."+path[2], what), path[3:], nodes[3:])
}

// dataName replaces event.data.NAME. A field that no event declares is still
// read: events of unknown types carry whatever their senders gave them.
func (r *resolver) dataName(n ast.Node, path []string, nodes []ast.Node) ast.Node {
	if len(path) == 2 {
		r.at(span(n), CodeName, path[0]+".data is no value by itself", fmt.Sprintf("Name one field: %[1]s.data.NAME. Whether an event has it: 'NAME' in %[1]s.data.", path[0]))
		return n
	}
	field := path[2]
	t, declared := r.schema.Fields[field]
	if !declared {
		p := r.add(nodes[2], CodeUndeclared, fmt.Sprintf("no event declares the data field %q", field),
			"It is missing in every event of the catalogue. Declare it in the fields of the event that carries it.")
		p.Warning = true
		suggest(p, field, keys(r.schema.Fields), path[0]+".data.")
	}
	return r.deeper(r.use(firstWords(n, len(path)-3), path[0]+".data."+field, dataName(field, t)), path[3:], nodes[3:])
}

// firstWords returns n without the last words of its name.
func firstWords(n ast.Node, without int) ast.Node {
	for {
		switch m := n.(type) {
		case *ast.ChainNode:
			n = m.Node
		case *ast.MemberNode:
			if without == 0 {
				return n
			}
			n, without = m.Node, without-1
		default:
			return n
		}
	}
}

// deeper goes on with the words behind a name that the event has: members of a
// map among its data.
func (r *resolver) deeper(base ast.Node, path []string, nodes []ast.Node) ast.Node {
	for i := range path {
		base = like(&ast.MemberNode{Node: base, Property: nodes[i]}, nodes[i])
	}
	return base
}

// channel replaces channel.NAME by the literal that it is.
func (r *resolver) channel(n ast.Node, path []string, nodes []ast.Node) ast.Node {
	if len(path) == 2 {
		switch path[1] {
		case "name":
			return literal(n, r.subject.ChannelName)
		case "kind":
			return literal(n, r.subject.ChannelKind)
		}
	}
	last := len(path) - 1
	r.unknownMember(nodes[last], path[last], "channel.", slices.Values([]string{"name", "kind"}))
	return n
}

// local replaces local.NAME by its value. What a local holds is known at load, so
// that a literal check sees through it.
func (r *resolver) local(n ast.Node, path []string, nodes []ast.Node) ast.Node {
	if len(path) == 1 {
		r.add(n, CodeName, "local is no value by itself", "Name one of the locals: local.NAME.")
		return n
	}
	if r.schema.Hidden[path[1]] {
		r.add(nodes[1], CodeRefused, fmt.Sprintf("local.%s is secret", path[1]), "A secret can stand only where a secret is expected, never in a condition.")
		return n
	}
	v, ok := r.schema.Locals[path[1]]
	if !ok {
		r.unknownMember(nodes[1], path[1], "local.", keys(r.schema.Locals))
		return n
	}
	for i, word := range path[2:] {
		m, isMap := v.(map[string]any)
		if v, ok = m[word]; !isMap || !ok {
			r.unknownMember(nodes[i+2], word, strings.Join(path[:i+2], ".")+".", keys(m))
			return n
		}
	}
	return literal(n, v)
}

// literal returns the node that stands for a value which is known at load.
func literal(n ast.Node, v any) ast.Node {
	var out ast.Node
	switch v := v.(type) {
	case nil:
		out = &ast.NilNode{}
	case string:
		out = &ast.StringNode{Value: v}
	case bool:
		out = &ast.BoolNode{Value: v}
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			out = &ast.IntegerNode{Value: int(v)}
		} else {
			out = &ast.FloatNode{Value: v}
		}
	case []any:
		list := &ast.ArrayNode{}
		for _, item := range v {
			list.Nodes = append(list.Nodes, literal(n, item))
		}
		out = list
	default:
		out = &ast.ConstantNode{Value: v}
	}
	out.SetLocation(span(n))
	return out
}

// unknownMember reports the one word of a name that does not exist.
func (r *resolver) unknownMember(n ast.Node, given, prefix string, candidates iter.Seq[string]) {
	p := r.add(n, CodeName, fmt.Sprintf("unknown name %q", prefix+given), "There is no such name.")
	suggest(p, given, candidates, prefix)
}

// unknown reports a name whose first word is none of ours, with what was most
// likely meant.
func (r *resolver) unknown(n ast.Node, path []string, nodes []ast.Node) ast.Node {
	word := path[0]
	p := r.add(nodes[0], CodeName, fmt.Sprintf("unknown name %q", word), "Names begin with event or local.")
	_, ofEvent := r.event[word]
	_, ofData := r.schema.Fields[word]
	switch {
	case ofEvent, word == "data", word == "guest":
		p.Label = `write "event.` + word + `"`
		p.Detail = `What belongs to the event begins with "event.".`
	case ofData && len(path) == 1:
		p.Label = `write "event.data.` + word + `"`
		p.Detail = `Data fields begin with "event.data.".`
	case r.types[word] || r.groups[word], strings.EqualFold(word, "info"), strings.EqualFold(word, "warning"), strings.EqualFold(word, "critical"):
		p.Label = "write '" + word + "'"
		p.Detail = "Text stands in single quotes."
	case word == "channel":
		p.Detail = "There is no channel at hand here: only the condition of a channel can name it."
	case word == "cause":
		p.Detail = "There is no cause at hand here: only the effect of an inhibition can name it."
	default:
		suggest(p, word, slices.Values([]string{"event", "local", "channel"}), "")
	}
	return n
}
