package condition

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// The limits of a condition. The machine that runs it has neither a time-out
// nor a memory bound that holds for text, so whatever could run long or grow
// is refused here.
const (
	maxText  = 4 << 10 // bytes
	maxNodes = 500     // as written
	maxDepth = 64      // brackets
	maxGrown = 8_000   // nodes after the operands that may be missing are guarded
	maxRange = 1_000   // numbers in a..b
	maxList  = 1_000   // elements of a list that a predicate goes through
)

// depth returns how deep the brackets of text nest. Brackets inside quotes
// count too: nobody writes 64 of them.
func depth(text string) int {
	deep, deepest := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(', '[', '{':
			deep++
			deepest = max(deepest, deep)
		case ')', ']', '}':
			deep--
		}
	}
	return deepest
}

// limit refuses what conditions do not have. It goes first and counts its own
// steps: expr's parser shares nodes (a ?: b, a < b < c), so a small tree can
// unfold into a huge one.
func (c *Compiler) limit(p *problems, root ast.Node) bool {
	l := &limiter{Compiler: c, problems: p}
	l.walk(root)
	if l.steps > 2*maxNodes {
		p.list = nil
		p.add(root, CodeRefused, "condition too large", "It unfolds into too many parts. Write it without chains of ?: and comparisons.")
	}
	return !p.failed()
}

type limiter struct {
	*Compiler
	*problems
	steps     int
	predicate bool // inside { … } of any, all, filter …
}

// walk looks at a node and what is below it. It gives up, and so refuses, when a
// small text unfolds into too many steps.
func (l *limiter) walk(n ast.Node) {
	if l.steps++; l.steps > 2*maxNodes || n == nil {
		return
	}
	switch n := n.(type) {
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		l.refuse(n, "variables", "Write the value where it is used, or put it into a locals block.")
		return
	case *ast.MapNode:
		l.refuse(n, "maps", "Compare the fields one by one.")
		return
	case *ast.BytesNode:
		l.refuse(n, "byte strings", "Write plain text in single quotes.")
		return
	case *ast.BinaryNode:
		l.binary(n)
	case *ast.PredicateNode:
		l.predicateNode(n)
		return
	case *ast.BuiltinNode:
		l.builtin(n)
	case *ast.CallNode:
		l.call(n)
		for _, arg := range n.Arguments {
			l.walk(arg)
		}
		return
	}
	for _, child := range children(n) {
		l.walk(child)
	}
}

// refuse reports a construct that expr has and conditions do not.
func (l *limiter) refuse(n ast.Node, what, remedy string) {
	l.add(n, CodeRefused, "conditions have no "+what, remedy)
}

// binary bounds a..b, which makes a list.
func (l *limiter) binary(n *ast.BinaryNode) {
	if n.Operator != ".." {
		return
	}
	from, ok1 := n.Left.(*ast.IntegerNode)
	to, ok2 := n.Right.(*ast.IntegerNode)
	if !ok1 || !ok2 || to.Value-from.Value >= maxRange || to.Value < from.Value {
		l.add(n, CodeRefused, "range too large", fmt.Sprintf("Both ends of a range are written numbers, at most %d apart. Compare with < and > instead.", maxRange))
	}
}

// predicateNode refuses a predicate inside another: its cost is the product.
func (l *limiter) predicateNode(n *ast.PredicateNode) {
	if l.predicate {
		l.add(n, CodeRefused, "predicate inside a predicate", "Going through a list inside another one is not possible in a condition.")
		return
	}
	l.predicate = true
	l.walk(n.Node)
	l.predicate = false
}

// builtin lets through what the allow-list has.
func (l *limiter) builtin(n *ast.BuiltinNode) {
	if _, ok := builtins()[n.Name]; ok {
		return
	}
	l.unknownFunction(n, n.Name)
}

// call lets through the functions of ours; everything else that is called is a
// method.
func (l *limiter) call(n *ast.CallNode) {
	if id, ok := n.Callee.(*ast.IdentifierNode); ok {
		if _, ok := l.own[id.Value]; !ok {
			l.unknownFunction(n, id.Value)
		}
		return
	}
	l.refuse(n, "methods", "Use the functions: hour(event.time), lower(event.host) …")
}

// unknownFunction reports a function, with the reason when expr has it and
// conditions do not.
func (l *limiter) unknownFunction(n ast.Node, name string) {
	summary := fmt.Sprintf("unknown function %q", name)
	if why, ok := refusedFunctions()[name]; ok {
		l.add(n, CodeRefused, fmt.Sprintf("conditions have no %s()", name), why)
		return
	}
	detail := "Functions are: " + strings.Join(functionNames(l.own), ", ") + "."
	suggest(l.add(n, CodeName, summary, detail), name, keys(builtins(), functionNames(l.own)...), "")
}

// children returns the nodes below n, without the names of functions.
func children(n ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return []ast.Node{n.Node}
	case *ast.BinaryNode:
		return []ast.Node{n.Left, n.Right}
	case *ast.ChainNode:
		return []ast.Node{n.Node}
	case *ast.MemberNode:
		return []ast.Node{n.Node, n.Property}
	case *ast.SliceNode:
		return nonNil(n.Node, n.From, n.To)
	case *ast.CallNode:
		return n.Arguments
	case *ast.BuiltinNode:
		return n.Arguments
	case *ast.PredicateNode:
		return []ast.Node{n.Node}
	case *ast.ConditionalNode:
		return []ast.Node{n.Cond, n.Exp1, n.Exp2}
	case *ast.ArrayNode:
		return n.Nodes
	}
	return nil
}

// nonNil drops the parts that a node does not have.
func nonNil(nodes ...ast.Node) []ast.Node {
	out := nodes[:0]
	for _, n := range nodes {
		if n != nil {
			out = append(out, n)
		}
	}
	return out
}

// size counts the nodes of a tree, up to a little over most.
func size(n ast.Node, most int) int {
	total := 1
	for _, child := range children(n) {
		if total > most {
			break
		}
		total += size(child, most-total)
	}
	return total
}
