package condition

import (
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
	return c.pins.keys
}

// Never reports whether the condition can hold for no event, and why.
func (c *Condition) Never() (reason string, ok bool) {
	if c.constant != nil && !*c.constant {
		return "it is always false", true
	}
	if c.pins.known && len(c.pins.keys) == 0 {
		return c.pins.clash, true
	}
	return "", false
}

// Always reports whether the condition holds for every event.
func (c *Condition) Always() bool { return c.constant != nil && *c.constant }

// pins are the keys that a part of a condition pins down.
type pins struct {
	known bool // else nothing is known
	keys  []engine.Key
	clash string // why there are none
}

func pinned(keys ...engine.Key) pins { return pins{known: true, keys: keys} }

// pinsOf works out the keys of a resolved tree, before operands are guarded.
func pinsOf(n ast.Node) pins {
	switch n := n.(type) {
	case *ast.BoolNode:
		return pins{known: !n.Value, clash: "it is false"}
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
		if p := pinsOfSeverity(n); p.known {
			return p
		}
		if n.Operator == "==" {
			return pinsOfEqual(n.Left, n.Right)
		}
	}
	return pins{}
}

// and takes what both sides say of the same attribute, else the cheaper side.
func (p pins) and(q pins) pins {
	switch {
	case !p.known:
		return q
	case !q.known:
		return p
	case len(p.keys) == 0:
		return p
	case len(q.keys) == 0:
		return q
	}
	if attr, ok := p.oneAttribute(); ok {
		if other, ok := q.oneAttribute(); ok && attr == other {
			return p.meet(q, attr)
		}
	}
	if q.cost() < p.cost() {
		return q
	}
	return p
}

// meet returns the values of one attribute that both sides allow.
func (p pins) meet(q pins, attr string) pins {
	both := pins{known: true, clash: fmt.Sprintf("event.%s cannot be %s and %s", attr, values(p.keys), values(q.keys))}
	for _, k := range p.keys {
		if slices.Contains(q.keys, k) {
			both.keys = append(both.keys, k)
		}
	}
	return both
}

// or needs both sides to pin something down.
func (p pins) or(q pins) pins {
	if !p.known || !q.known {
		return pins{}
	}
	keys := slices.Clone(p.keys)
	for _, k := range q.keys {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return pins{known: true, keys: keys, clash: p.clash}
}

// oneAttribute returns the attribute that all keys are about, if they all give
// its whole value.
func (p pins) oneAttribute() (string, bool) {
	for _, k := range p.keys {
		if k.Prefix || k.Attr != p.keys[0].Attr {
			return "", false
		}
	}
	return p.keys[0].Attr, true
}

// cost estimates how many events have one of the keys.
func (p pins) cost() (sum float64) {
	for _, k := range p.keys {
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
	p := pins{known: true, clash: "the list is empty"}
	for _, item := range array.Nodes {
		q := pinsOfEqual(name, item)
		if !q.known {
			return pins{}
		}
		p.keys = append(p.keys, q.keys...)
	}
	return p
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
	p := pins{known: true, clash: fmt.Sprintf("no severity is %s %s", n.Operator, strings.ToUpper(text.Value))}
	for _, s := range event.Severities() {
		a, b := int(s), rank
		if flipped {
			a, b = b, a
		}
		if compare(a, b, n.Operator) {
			p.keys = append(p.keys, engine.Key{Attr: "severity", Value: s.String()})
		}
	}
	return p
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
