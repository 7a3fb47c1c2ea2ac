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
	switch n := n.(type) {
	case *ast.IdentifierNode:
		if field := r.used[n.Value].field; field != event.Sequence && field != "" {
			return field // a size stays one
		}
	case *ast.ConditionalNode:
		return r.either(n.Exp1, n.Exp2)
	case *ast.BinaryNode:
		if n.Operator == "??" {
			return r.either(n.Left, n.Right)
		}
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

// either returns the type of a choice between two parts of one type. The checker does
// not take a whole number and one with a fraction for that.
func (r *resolver) either(a, b ast.Node) event.FieldType {
	one, other := r.valueType(a), r.valueType(b)
	switch {
	case one == other:
		return one
	case isAmount(one) && isAmount(other):
		return event.Number
	}
	return ""
}

func isAmount(t event.FieldType) bool { return t == event.Number || t == event.Size }

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
