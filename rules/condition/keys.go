package condition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"tocsin/engine"
	"tocsin/engine/event"
)

// Keys returns what the condition pins down: one of the keys holds for every
// event that it matches. nil means that nothing is known, an empty list that no
// event matches.
func (c *Condition) Keys() []engine.Key {
	if _, never := c.Never(); never {
		return []engine.Key{}
	}
	return c.pins.best()
}

// Never reports whether the condition can hold for no event, and why.
func (c *Condition) Never() (reason string, ok bool) {
	if c.constant != nil && !*c.constant {
		return "it is always false", true
	}
	return c.pins.clash, c.pins.clash != ""
}

// Always reports whether the condition holds for every event.
func (c *Condition) Always() bool { return c.constant != nil && *c.constant }

// pins are what a part of a condition pins down: of each of the sets, one key
// holds for every event that it matches.
type pins struct {
	sets  [][]engine.Key
	clash string // why no event matches; empty: some may
}

func pinned(keys ...engine.Key) pins { return pins{sets: [][]engine.Key{keys}} }

// best returns the set that the fewest events have a key of, or nil.
func (p pins) best() []engine.Key {
	if len(p.sets) == 0 {
		return nil
	}
	return slices.MinFunc(p.sets, func(a, b []engine.Key) int { return cmp.Compare(cost(a), cost(b)) })
}

// pinsOf works out the keys of a resolved tree, before operands are guarded.
func pinsOf(n ast.Node) pins {
	switch n := n.(type) {
	case *ast.BoolNode:
		if !n.Value {
			return pins{clash: "it is false"}
		}
	case *ast.IdentifierNode:
		if key, ok := pin(n, true); ok {
			return pinned(key)
		}
	case *ast.BinaryNode:
		return pinsOfBinary(n)
	case *ast.CallNode:
		return pinsOfGlob(n)
	case *ast.BuiltinNode:
		if n.Name == "hasPrefix" && len(n.Arguments) == 2 {
			return pinsOfPrefix(n.Arguments[0], n.Arguments[1])
		}
	}
	return pins{}
}

func pinsOfBinary(n *ast.BinaryNode) pins {
	switch n.Operator {
	case "and", "&&":
		return pinsOf(n.Left).and(pinsOf(n.Right))
	case "or", "||":
		return pinsOf(n.Left).or(pinsOf(n.Right))
	case "in":
		return pinsOfList(n.Left, n.Right)
	case "startsWith":
		return pinsOfPrefix(n.Left, n.Right)
	case "==", "!=", "<", "<=", ">", ">=":
		if p := pinsOfSeverity(n); len(p.sets) > 0 || p.clash != "" {
			return p
		}
		if n.Operator == "==" {
			return pinsOfEqual(n.Left, n.Right)
		}
	}
	return pins{}
}

// and keeps what both sides pin down. Where both give the whole value of one
// attribute, only the values that they share are left.
func (p pins) and(q pins) pins {
	if p.clash != "" {
		return p
	}
	if q.clash != "" {
		return q
	}
	out := pins{sets: slices.Clone(p.sets)}
	for _, set := range q.sets {
		attr, whole := attribute(set)
		i := slices.IndexFunc(out.sets, func(other []engine.Key) bool {
			same, ok := attribute(other)
			return ok && whole && same == attr
		})
		if i < 0 {
			out.sets = append(out.sets, set)
			continue
		}
		shared := slices.DeleteFunc(slices.Clone(set), func(k engine.Key) bool { return !slices.Contains(out.sets[i], k) })
		if len(shared) == 0 {
			return pins{clash: fmt.Sprintf("event.%s cannot be %s and %s", attr, values(out.sets[i]), values(set))}
		}
		out.sets[i] = shared
	}
	return out
}

// or needs both sides to pin something down, unless one of them never holds.
func (p pins) or(q pins) pins {
	switch {
	case p.clash != "":
		return q
	case q.clash != "":
		return p
	}
	a, b := p.best(), q.best()
	if a == nil || b == nil {
		return pins{}
	}
	keys := slices.Clone(a)
	for _, k := range b {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return pinned(keys...)
}

// attribute returns the attribute that all keys of a set are about, if they all
// give its whole value.
func attribute(set []engine.Key) (string, bool) {
	for _, k := range set {
		if k.Prefix || k.Attr != set[0].Attr {
			return "", false
		}
	}
	return set[0].Attr, true
}

// cost estimates how many events have one of the keys.
func cost(set []engine.Key) (sum float64) {
	for _, k := range set {
		switch {
		case k.Prefix:
			sum += 6
		case k.Attr == "severity":
			sum += 30
		case k.Attr == "group", k.Attr == "source":
			sum += 8
		case k.Attr == "type":
			sum++
		default:
			sum += 0.5
		}
	}
	return sum
}

// values writes the values of keys as people read them.
func values(keys []engine.Key) string {
	words := make([]string, 0, len(keys))
	for _, k := range keys {
		if text, ok := k.Value.(string); ok {
			words = append(words, "'"+text+"'")
		} else {
			words = append(words, event.Text(k.Value))
		}
	}
	return strings.Join(words, " or ")
}

// pinsOfEqual looks at name == literal, in either order.
func pinsOfEqual(a, b ast.Node) pins {
	if _, isName := attrOf(b); isName {
		a, b = b, a
	}
	if v, ok := value(b); ok {
		if key, ok := pin(a, v); ok {
			return pinned(key)
		}
	}
	return pins{}
}

// pinsOfList looks at name in [literals].
func pinsOfList(name, list ast.Node) pins {
	array, ok := list.(*ast.ArrayNode)
	if !ok {
		return pins{}
	}
	if len(array.Nodes) == 0 {
		return pins{clash: "the list is empty"}
	}
	var keys []engine.Key
	for _, item := range array.Nodes {
		q := pinsOfEqual(name, item)
		if len(q.sets) == 0 {
			return pins{}
		}
		keys = append(keys, q.sets[0]...)
	}
	return pinned(keys...)
}

func pinsOfPrefix(name, prefix ast.Node) pins {
	text, ok := prefix.(*ast.StringNode)
	if !ok {
		return pins{}
	}
	key, ok := pin(name, text.Value)
	if !ok {
		return pins{}
	}
	key.Prefix = true
	return pinned(key)
}

// pinsOfGlob looks at glob(name, literal): what stands before its first star is
// a prefix.
func pinsOfGlob(n *ast.CallNode) pins {
	id, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || id.Value != "glob" || len(n.Arguments) != 2 {
		return pins{}
	}
	pattern, ok := n.Arguments[1].(*ast.StringNode)
	if !ok {
		return pins{}
	}
	end := strings.IndexAny(pattern.Value, `*?[\`)
	key, ok := pin(n.Arguments[0], pattern.Value)
	if !ok {
		return pins{}
	}
	if end >= 0 {
		key.Value, key.Prefix = pattern.Value[:end], true
	}
	return pinned(key)
}

// pinsOfSeverity turns a comparison of the severity with a literal into the list
// of those for which it holds.
func pinsOfSeverity(n *ast.BinaryNode) pins {
	side, other, flipped := n.Left, n.Right, false
	if _, isName := attrOf(n.Right); isName {
		side, other, flipped = n.Right, n.Left, true
	}
	text, ok := other.(*ast.StringNode)
	if key, _ := keyOf(side); !ok || key != "event.severity" {
		return pins{}
	}
	rank, ok := severityRank(text.Value)
	if !ok {
		return pins{}
	}
	var keys []engine.Key
	for _, s := range event.Severities() {
		a, b := int(s), rank
		if flipped {
			a, b = b, a
		}
		if compare(a, b, n.Operator) {
			keys = append(keys, engine.Key{Attr: "severity", Value: s.String()})
		}
	}
	if len(keys) == 0 {
		return pins{clash: fmt.Sprintf("no severity is %s %s", n.Operator, strings.ToUpper(text.Value))}
	}
	return pinned(keys...)
}

func compare(a, b int, operator string) bool {
	switch operator {
	case "==":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}

// pin returns the key for an attribute of the event, when an index can look it
// up.
func pin(n ast.Node, v any) (engine.Key, bool) {
	key, ok := keyOf(n)
	attr, isEvent := strings.CutPrefix(key, "event.")
	if !ok || !isEvent {
		return engine.Key{}, false
	}
	switch attr {
	case "type", "group", "source", "host", "cluster", "guest.id", "guest.name", "guest.node", "guest.pool":
		if _, isText := v.(string); !isText || v == "" && strings.HasPrefix(attr, "guest.") {
			return engine.Key{}, false
		}
	case "severity":
		word, _ := v.(string)
		rank, ok := severityRank(word)
		if !ok {
			return engine.Key{}, false
		}
		v = event.Severity(rank).String()
	default:
		if !strings.HasPrefix(attr, "data.") {
			return engine.Key{}, false
		}
	}
	return engine.Key{Attr: attr, Value: v}, true
}

// value returns what a literal stands for, as an index looks it up.
func value(n ast.Node) (any, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode:
		return float64(n.Value), true
	case *ast.FloatNode:
		return n.Value, true
	case *ast.BoolNode:
		return n.Value, true
	case *ast.ConstantNode:
		if f, ok := n.Value.(float64); ok {
			return f, true
		}
	}
	return nil, false
}
