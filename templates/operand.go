package templates

import (
	"strconv"
	"strings"
	"text/template/parse"
)

// operand returns the node that stands for n as an argument.
func (c *compiler) operand(n parse.Node, dot scope) (parse.Node, error) {
	switch n := n.(type) {
	case *parse.DotNode:
		if dot.isRoot() {
			return c.group("_view", n.Pos), nil
		}
	case *parse.FieldNode:
		if dot.known {
			return c.read(n.Pos, dot.join(n.Ident), len(n.Ident)), nil
		}
		return c.group("_of", n.Pos, number(n.Pos, c.path(n.Ident)), &parse.DotNode{NodeType: parse.NodeDot, Pos: n.Pos}), nil
	case *parse.VariableNode:
		return c.variable(n), nil
	case *parse.ChainNode:
		inner, err := c.operand(n.Node, dot)
		return c.group("_of", n.Pos, number(n.Pos, c.path(n.Field)), inner), err
	case *parse.IdentifierNode:
		cmd := &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{n}}
		err := c.function(cmd, n, false, dot)
		return &parse.PipeNode{NodeType: parse.NodePipe, Pos: n.Pos, Cmds: []*parse.CommandNode{cmd}}, err
	case *parse.PipeNode:
		return n, c.pipe(n, dot)
	case *parse.NumberNode:
		if n.IsComplex || n.IsUint && !n.IsInt {
			return n, c.fault(n, "no number for templates", "whole numbers have at most 63 bits, and none is imaginary")
		}
	}
	return n, nil
}

// variable returns the node for a variable and the fields behind it. $ is the
// view, also where the dot is something else.
func (c *compiler) variable(n *parse.VariableNode) parse.Node {
	switch rest := n.Ident[1:]; {
	case n.Ident[0] == "$" && len(rest) == 0:
		return c.group("_view", n.Pos)
	case n.Ident[0] == "$":
		return c.read(n.Pos, rest, len(rest))
	case len(rest) > 0:
		v := &parse.VariableNode{NodeType: parse.NodeVariable, Pos: n.Pos, Ident: n.Ident[:1]}
		return c.group("_of", n.Pos, number(n.Pos, c.path(rest)), v)
	}
	return n
}

// read returns the node that reads a path of the view, the last words of which
// are written out, and notes the reference.
func (c *compiler) read(pos parse.Pos, path []string, written int) parse.Node {
	c.t.refs = append(c.t.refs, Ref{Path: path, Offset: c.start(int(pos), path[len(path)-written:])})
	return c.group("_field", pos, number(pos, c.path(path)))
}

// start returns where the field at pos begins: the parser points at the second
// word of a path that has several.
func (c *compiler) start(pos int, words []string) int {
	first := "." + words[0]
	if before := pos - len(first); len(words) > 1 && before >= 0 && c.text[before:pos] == first {
		return before
	}
	return pos
}

// path returns the number of a field path. One number is one argument, however
// long the path, and costs less than the words.
func (c *compiler) path(path []string) int {
	key := strings.Join(path, ".")
	n, known := c.numbers[key]
	if !known {
		n = len(c.t.paths)
		c.numbers[key] = n
		c.t.paths = append(c.t.paths, path)
	}
	return n
}

// fault returns an error about what stands where n does.
func (c *compiler) fault(n parse.Node, summary, detail string) error {
	return errorAt(c.text, int(n.Position()), summary, detail)
}

// group returns a call in parentheses.
func (c *compiler) group(name string, pos parse.Pos, args ...parse.Node) *parse.PipeNode {
	return &parse.PipeNode{NodeType: parse.NodePipe, Pos: pos, Cmds: []*parse.CommandNode{c.call(name, pos, args...)}}
}

// call returns a call of one of the functions that no author can name.
func (c *compiler) call(name string, pos parse.Pos, args ...parse.Node) *parse.CommandNode {
	c.funcs[name] = table().inner[name]
	head := []parse.Node{parse.NewIdentifier(name).SetPos(pos), runVariable(pos)}
	return &parse.CommandNode{NodeType: parse.NodeCommand, Pos: pos, Args: append(head, args...)}
}

// runVariable is the node for $, which the author cannot redefine.
func runVariable(pos parse.Pos) *parse.VariableNode {
	return &parse.VariableNode{NodeType: parse.NodeVariable, Pos: pos, Ident: []string{"$"}}
}

// number is the node for a whole number.
func number(pos parse.Pos, n int) *parse.NumberNode {
	return &parse.NumberNode{NodeType: parse.NodeNumber, Pos: pos, IsInt: true, Int64: int64(n), Text: strconv.Itoa(n)}
}
