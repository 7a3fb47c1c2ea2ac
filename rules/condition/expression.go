package condition

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"tocsin/engine/event"
)

// Expression is a compiled text that comes to a value: a number, a text, true or
// false, a duration or a time. Many goroutines may use it at once.
type Expression struct {
	compiled
	typ event.FieldType
}

// Type returns the type of the value.
func (x *Expression) Type() event.FieldType { return x.typ }

// Value works the value out. It is nil when something that it needs is missing among
// the values, which are as for Condition.MatchValues.
func (x *Expression) Value(values map[string]any) (any, error) {
	out, err := x.run(&event.Event{Data: values}, nil)
	if err != nil || out == nil {
		return nil, err
	}
	v, ok := event.Coerce(out, x.typ)
	if !ok {
		return nil, fmt.Errorf("it comes to %q, which is not %s", event.Clip(event.OneLine(event.Text(v)), maxWitness/2), kindOf(x.typ))
	}
	return v, nil
}

// CompileValue returns the expression that text describes, or nil when a problem is
// more than a warning. Its type is known by what it reads.
func (c *Compiler) CompileValue(text string, subject Subject) (*Expression, []Problem) {
	p := &problems{text: text}
	var x *Expression
	p.survive(func() { x = c.expression(p, subject) })
	if p.failed() {
		x = nil
	}
	return x, p.sorted()
}

// expression makes an expression.
func (c *Compiler) expression(p *problems, subject Subject) *Expression {
	r, tree := c.understand(p, subject, false)
	if tree == nil {
		return nil
	}
	x := &Expression{typ: r.valueType(tree.Node)}
	if x.typ == "" {
		p.at(file.Location{To: len([]rune(p.text))}, CodeType, "no single value", "It comes to one number, text, duration or time, or to true or false.")
		return nil
	}
	reads := slices.Sorted(maps.Keys(r.used))
	r.prepareCalls(tree.Node)
	tree.Node, _ = (&guard{resolver: r}).safe(tree.Node)
	done := r.finish(tree, false)
	if done == nil {
		return nil
	}
	x.compiled = *done
	x.names = reads
	return x
}

// valueType returns the type of what a checked tree comes to; empty: it is no single
// value.
func (r *resolver) valueType(n ast.Node) event.FieldType {
	if key, ok := keyOf(n); ok && r.used[key].field != event.Sequence && r.used[key].field != "" {
		return r.used[key].field // a size stays one
	}
	switch typ := n.Type(); typ {
	case reflect.TypeFor[time.Duration]():
		return event.Span
	case reflect.TypeFor[time.Time]():
		return event.Instant
	default:
		return plainType(typ.Kind())
	}
}

// plainType returns the type of data that a kind of Go's stands for.
func plainType(kind reflect.Kind) event.FieldType {
	switch kind {
	case reflect.Int, reflect.Float64:
		return event.Number
	case reflect.String:
		return event.String
	case reflect.Bool:
		return event.Bool
	}
	return ""
}

// fractions makes whole numbers that are one side of a choice such as x ?? 0 numbers like
// those that are measured: else the choice has no type.
func fractions(n ast.Node) {
	switch n := n.(type) {
	case *ast.ConditionalNode:
		n.Exp1, n.Exp2 = fraction(n.Exp1), fraction(n.Exp2)
	case *ast.BinaryNode:
		if n.Operator == "??" {
			n.Left, n.Right = fraction(n.Left), fraction(n.Right)
		}
	}
	for _, child := range children(n) {
		fractions(child)
	}
}

func fraction(n ast.Node) ast.Node {
	if whole, ok := n.(*ast.IntegerNode); ok {
		return like(&ast.FloatNode{Value: float64(whole.Value)}, n)
	}
	return n
}
