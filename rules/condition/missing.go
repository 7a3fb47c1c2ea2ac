package condition

import (
	"fmt"
	"reflect"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
)

// guard rewrites a tree so that operands which an event lacks have a defined
// meaning: with one of them, comparisons, in, string operators and functions
// that answer yes or no are false; != and not in are true; arithmetic and
// other functions are missing themselves.
//
// Each node becomes an expression and its needs: the operands that must not be
// nil when the expression is evaluated. Who can give the answer for a missing
// operand, such as a comparison, asks for all needs below it first.
type guard struct{ *resolver }

// value returns the rewritten node and its needs. When the only need is the
// node itself, it can always be evaluated, and may come out as nil.
func (g *guard) value(n ast.Node) (out ast.Node, needs []ast.Node) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		if g.used[n.Value].missing {
			return n, []ast.Node{n}
		}
	case *ast.NilNode:
		return n, []ast.Node{n}
	case *ast.PointerNode:
		return n, []ast.Node{n} // an element of a list from outside
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			return like(&ast.UnaryNode{Operator: "not", Node: g.truth(n.Node)}, n), nil
		}
		v, needs := g.value(n.Node)
		return like(&ast.UnaryNode{Operator: n.Operator, Node: v}, n), needs
	case *ast.BinaryNode:
		return g.binary(n)
	case *ast.ConditionalNode:
		yes, mayMiss1 := g.safe(n.Exp1)
		no, mayMiss2 := g.safe(n.Exp2)
		c := like(&ast.ConditionalNode{Ternary: true, Cond: g.truth(n.Cond), Exp1: yes, Exp2: no}, n)
		return c, needIf(mayMiss1 || mayMiss2, c)
	case *ast.ChainNode:
		return g.value(n.Node)
	case *ast.MemberNode:
		return g.member(n)
	case *ast.SliceNode:
		return g.slice(n)
	case *ast.ArrayNode:
		list := &ast.ArrayNode{}
		for _, item := range n.Nodes {
			v, _ := g.safe(item)
			list.Nodes = append(list.Nodes, v)
		}
		return like(list, n), nil
	case *ast.CallNode:
		args, needs := g.arguments(n.Arguments)
		call := like(&ast.CallNode{Callee: n.Callee, Arguments: args}, n)
		return g.answer(call, needs, g.own[n.Callee.(*ast.IdentifierNode).Value].answers)
	case *ast.BuiltinNode:
		return g.builtin(n)
	case *ast.PredicateNode:
		return like(&ast.PredicateNode{Node: g.truth(n.Node)}, n), nil
	}
	return n, nil
}

// safe returns the rewritten node as one that can always be evaluated, and
// whether it may come out as nil, which is what is missing.
func (g *guard) safe(n ast.Node) (out ast.Node, mayMiss bool) {
	v, needs := g.value(n)
	if len(needs) == 1 && needs[0] == v {
		return v, true
	}
	return orNil(needs, v), len(needs) > 0
}

// truth returns the rewritten node as one that is true or false; what is
// missing is false.
func (g *guard) truth(n ast.Node) ast.Node {
	v, needs := g.value(n)
	if len(needs) == 1 && needs[0] == v {
		return like(&ast.BinaryNode{Operator: "==", Left: v, Right: like(&ast.BoolNode{Value: true}, n)}, n)
	}
	return when(needs, v)
}

// needIf returns out as a need of itself when it may come out as nil.
func needIf(mayMiss bool, out ast.Node) []ast.Node {
	if mayMiss {
		return []ast.Node{out}
	}
	return nil
}

// binary guards an operator. Those that answer true or false need both sides;
// arithmetic hands the needs of both on.
func (g *guard) binary(n *ast.BinaryNode) (ast.Node, []ast.Node) {
	switch n.Operator {
	case "and", "or", "&&", "||":
		return like(&ast.BinaryNode{Operator: n.Operator, Left: g.truth(n.Left), Right: g.truth(n.Right)}, n), nil
	case "??":
		left, _ := g.safe(n.Left)
		right, mayMiss := g.safe(n.Right)
		out := like(&ast.BinaryNode{Operator: "??", Left: left, Right: right}, n)
		return out, needIf(mayMiss, out)
	case "==", "!=":
		return g.equal(n), nil
	}
	left, needs := g.value(n.Left)
	right, more := g.value(n.Right)
	needs = union(needs, more)
	if n.Operator == "in" {
		right = looseList(g.resolver, n.Left, right)
	}
	out := like(&ast.BinaryNode{Operator: n.Operator, Left: left, Right: right}, n)
	switch n.Operator {
	case "+", "-", "*", "/", "%", "**", "^", "..":
		return out, needs
	}
	return when(needs, out), nil
}

// equal asks for the needs of both sides, except that x == nil asks whether x
// is there. Two missing operands are not equal.
func (g *guard) equal(n *ast.BinaryNode) ast.Node {
	same := like(&ast.BinaryNode{Operator: "=="}, n)
	var needs []ast.Node
	if isNil(n.Left) || isNil(n.Right) {
		same.Left, _ = g.safe(n.Left)
		same.Right, _ = g.safe(n.Right)
	} else {
		var more []ast.Node
		same.Left, needs = g.value(n.Left)
		same.Right, more = g.value(n.Right)
		needs = union(needs, more)
	}
	out := when(needs, same)
	if n.Operator == "!=" {
		return like(&ast.UnaryNode{Operator: "not", Node: out}, n)
	}
	return out
}

// isNil reports whether a node is the literal nil.
func isNil(n ast.Node) bool { _, ok := n.(*ast.NilNode); return ok }

// looseList keeps expr from turning a list of texts into a set, which fails
// for an operand that is no text; only what is known to be text may stay.
func looseList(r *resolver, needle, list ast.Node) ast.Node {
	if key, ok := keyOf(needle); ok && r.used[key].typ != nil && r.used[key].field != "" {
		return list
	}
	array, ok := list.(*ast.ArrayNode)
	if !ok || len(array.Nodes) == 0 {
		return list
	}
	texts := make([]string, 0, len(array.Nodes))
	for _, item := range array.Nodes {
		text, ok := item.(*ast.StringNode)
		if !ok {
			return list
		}
		texts = append(texts, text.Value)
	}
	out := &ast.ConstantNode{Value: texts}
	out.SetType(reflect.TypeFor[[]string]())
	return like(out, list)
}

// member reads a member of a map among the data, which may be missing.
func (g *guard) member(n *ast.MemberNode) (ast.Node, []ast.Node) {
	property, needs := g.value(n.Property)
	base, _ := g.safe(n.Node)
	inner := like(&ast.MemberNode{Node: base, Property: property, Optional: true}, n)
	out := orNil(needs, like(&ast.ChainNode{Node: inner}, n))
	return out, []ast.Node{out}
}

// slice guards text[from:to], which is missing when any part of it is.
func (g *guard) slice(n *ast.SliceNode) (ast.Node, []ast.Node) {
	out := like(&ast.SliceNode{}, n)
	var needs []ast.Node
	part := func(n ast.Node) ast.Node {
		if n == nil {
			return nil
		}
		v, more := g.value(n)
		needs = union(needs, more)
		return v
	}
	out.Node, out.From, out.To = part(n.Node), part(n.From), part(n.To)
	return out, needs
}

// arguments guards what a function is given, one by one.
func (g *guard) arguments(args []ast.Node) (out, needs []ast.Node) {
	for _, arg := range args {
		v, more := g.value(arg)
		out, needs = append(out, v), union(needs, more)
	}
	return out, needs
}

// builtin guards a function of expr. Those that pick one element of a list have
// none to give when the list is empty.
func (g *guard) builtin(n *ast.BuiltinNode) (ast.Node, []ast.Node) {
	args, needs := g.arguments(n.Arguments)
	if len(args) > 1 {
		if _, ok := args[1].(*ast.PredicateNode); ok {
			args[0] = bounded(args[0])
		}
	}
	call := like(&ast.BuiltinNode{Name: n.Name, Arguments: args, Throws: n.Throws}, n)
	switch n.Name {
	case "find", "first", "last", "min", "max":
		out := orNil(needs, call)
		return out, []ast.Node{out} // of an empty list there is none
	}
	return g.answer(call, needs, builtins()[n.Name])
}

// answer returns a call with its needs, or with false for a missing one when
// the function answers yes or no.
func (g *guard) answer(call ast.Node, needs []ast.Node, answers bool) (ast.Node, []ast.Node) {
	if answers {
		return when(needs, call), nil
	}
	return call, needs
}

// when returns n guarded: false as long as one of the needs is missing.
func when(needs []ast.Node, n ast.Node) ast.Node {
	if len(needs) == 0 {
		return n
	}
	return like(&ast.BinaryNode{Operator: "and", Left: present(needs), Right: n}, n)
}

// orNil returns n guarded: nil as long as one of the needs is missing.
func orNil(needs []ast.Node, n ast.Node) ast.Node {
	if len(needs) == 0 {
		return n
	}
	return like(&ast.ConditionalNode{Ternary: true, Cond: present(needs), Exp1: n, Exp2: like(&ast.NilNode{}, n)}, n)
}

// present asks whether all needs are there.
func present(needs []ast.Node) ast.Node {
	var all ast.Node
	for _, need := range needs {
		isNil := like(&ast.BinaryNode{Operator: "==", Left: need, Right: like(&ast.NilNode{}, need)}, need)
		there := like(&ast.UnaryNode{Operator: "not", Node: isNil}, need)
		if all == nil {
			all = there
		} else {
			all = like(&ast.BinaryNode{Operator: "and", Left: all, Right: there}, need)
		}
	}
	return all
}

// union joins needs without asking twice for the same name.
func union(a, b []ast.Node) []ast.Node {
	out := a
	for _, n := range b {
		key, isName := keyOf(n)
		known := false
		for _, old := range a {
			oldKey, ok := keyOf(old)
			known = known || old == n || ok && isName && oldKey == key
		}
		if !known {
			out = append(out[:len(out):len(out)], n)
		}
	}
	return out
}

// boundedList is the name of a function that no text can name.
const boundedList = "(bounded list)"

// bounded refuses a list that is too long to go through.
func bounded(list ast.Node) ast.Node {
	return like(&ast.CallNode{Callee: like(&ast.IdentifierNode{Value: boundedList}, list), Arguments: []ast.Node{list}}, list)
}

// boundedFunction is the function behind bounded.
func boundedFunction() *builtin.Function {
	return function{name: boundedList, types: []any{new(func(any) any)}, call: func(args ...any) (any, error) {
		if v := reflect.ValueOf(args[0]); v.Kind() == reflect.Slice && v.Len() > maxList {
			return nil, fmt.Errorf("the list has %d elements, a condition goes through at most %d", v.Len(), maxList)
		}
		return args[0], nil
	}}.expr()
}
