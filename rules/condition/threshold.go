package condition

import (
	"github.com/expr-lang/expr/ast"
)

// measured is the name that stands for what a check measured.
const measured = "value"

// Threshold is the number that a condition compares the name value with.
type Threshold struct {
	Number float64
	Above  bool // the condition holds above it, else below
}

// Threshold returns the one number that the condition compares the name value with,
// or nil when there is none, or more than one.
func (c *Condition) Threshold() *Threshold { return c.threshold }

// threshold finds the threshold of a tree.
func threshold(n ast.Node) *Threshold {
	var found []Threshold
	collectThresholds(n, &found)
	if len(found) != 1 {
		return nil
	}
	return &found[0]
}

func collectThresholds(n ast.Node, found *[]Threshold) {
	if b, ok := n.(*ast.BinaryNode); ok {
		switch b.Operator {
		case "<", "<=", ">", ">=":
			above := b.Operator[0] == '>'
			compared(b.Left, b.Right, above, found)
			compared(b.Right, b.Left, !above, found)
		}
	}
	for _, child := range children(n) {
		collectThresholds(child, found)
	}
}

// compared adds a literal that value is compared with.
func compared(name, literal ast.Node, above bool, found *[]Threshold) {
	number, ok := numberOf(literal)
	if key, _ := keyOf(name); ok && key == measured {
		*found = append(*found, Threshold{number, above})
	}
}

// numberOf returns the number that a literal is.
func numberOf(n ast.Node) (float64, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return float64(n.Value), true
	case *ast.FloatNode:
		return n.Value, true
	case *ast.ConstantNode:
		v, ok := n.Value.(float64)
		return v, ok
	}
	return 0, false
}
