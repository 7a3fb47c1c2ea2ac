package templates

import (
	"fmt"
	"slices"
	"text/template"
	"text/template/parse"
)

// Bounds that keep the cost of one step small: looking up a variable, or
// calling a function, takes the longer the more there are.
const (
	maxVariables = 100
	maxArguments = 200
)

// compiler rewrites one parse tree in place:
//
//	{{ .data.size }}           {{ _put $ 0 }}
//	{{ upper .host }}          {{ upper $ (_field $ 1) | _show $ }}
//	{{ $x.vmid }}              {{ _of $ 2 $x | _show $ }}
//	{{ range .samples }}       {{ range (_field $ 3) | _items $ }}{{ _step $ 7 }}
//
// The view stands in a *run, which is the data of the execution: $ hands it to
// every function. Field paths are kept in the template and named by number.
type compiler struct {
	t       *Template
	text    string
	funcs   template.FuncMap // the functions that the tree uses
	numbers map[string]int   // of the paths in t.paths
	vars    int
	wire    bool // the functions for requests may be called
	weight  int  // nodes of the body at hand, for the price of one pass through it
}

// scope tells what the dot is: the value at a path of the view, or unknown.
type scope struct {
	path  []string
	known bool
}

// rootScope is the scope outside of every range and with.
func rootScope() scope { return scope{known: true} }

func (s scope) isRoot() bool { return s.known && len(s.path) == 0 }

// join returns the path of the view at which path leads on from the dot.
func (s scope) join(path []string) []string { return append(slices.Clip(s.path), path...) }

// pieces returns what a template prints when it holds nothing but text and
// fields of the view, and false when it holds more.
func (c *compiler) pieces(root *parse.ListNode) ([]piece, bool) {
	pieces := []piece{}
	for _, n := range root.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			pieces = append(pieces, piece{text: string(n.Text), path: -1})
		case *parse.ActionNode:
			at := pathOf(n.Pipe, rootScope())
			if !at.known || at.isRoot() || len(n.Pipe.Decl) > 0 {
				return nil, false
			}
			pieces = append(pieces, piece{path: c.path(at.path)})
		default:
			return nil, false
		}
	}
	return pieces, true
}

// pathOf returns what a pipeline yields when it is a plain field, $ or the dot.
func pathOf(pipe *parse.PipeNode, dot scope) scope {
	if len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 1 {
		return scope{}
	}
	switch n := pipe.Cmds[0].Args[0].(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		if dot.known {
			return scope{path: dot.join(n.Ident), known: true}
		}
	case *parse.VariableNode:
		if n.Ident[0] == "$" {
			return scope{path: n.Ident[1:], known: true}
		}
	}
	return scope{}
}

// list rewrites the nodes between two actions. The list of a missing else is
// nil.
func (c *compiler) list(l *parse.ListNode, dot scope) error {
	if l == nil {
		return nil
	}
	for _, n := range l.Nodes {
		if err := c.node(n, dot); err != nil {
			return err
		}
	}
	return nil
}

// node rewrites one action. What the gate refuses does not come here; the
// default guards against actions that a later Go may bring.
func (c *compiler) node(n parse.Node, dot scope) error {
	c.weight++
	switch n := n.(type) {
	case *parse.ActionNode:
		return c.action(n, dot)
	case *parse.IfNode:
		return c.branch(&n.BranchNode, dot, dot)
	case *parse.WithNode:
		return c.branch(&n.BranchNode, dot, pathOf(n.Pipe, dot))
	case *parse.RangeNode:
		return c.loop(n, dot)
	case *parse.TextNode, *parse.CommentNode, *parse.BreakNode, *parse.ContinueNode:
	default:
		return c.fault(n, "unknown action", fmt.Sprintf("%s is not available", n))
	}
	return nil
}

// action rewrites what prints or sets a variable.
func (c *compiler) action(n *parse.ActionNode, dot scope) error {
	field := pathOf(n.Pipe, dot)
	if err := c.pipe(n.Pipe, dot); err != nil {
		return err
	}
	switch {
	case len(n.Pipe.Decl) > 0:
	case c.t.lone:
		n.Pipe.Cmds = append(n.Pipe.Cmds, c.call("_keep", n.Pos))
	case field.known && !field.isRoot(): // a shorter way for the most frequent case
		n.Pipe.Cmds[0] = c.call("_put", n.Pos, number(n.Pos, c.path(field.path)))
	default:
		n.Pipe.Cmds = append(n.Pipe.Cmds, c.call("_show", n.Pos))
	}
	return nil
}

// branch rewrites an if or with; inner is the dot between it and its else.
func (c *compiler) branch(n *parse.BranchNode, dot, inner scope) error {
	if err := c.pipe(n.Pipe, dot); err != nil {
		return err
	}
	if err := c.list(n.List, inner); err != nil {
		return err
	}
	return c.list(n.ElseList, dot)
}

// loop rewrites a range, and puts the price of one pass at the head of its
// body.
func (c *compiler) loop(n *parse.RangeNode, dot scope) error {
	if err := c.pipe(n.Pipe, dot); err != nil {
		return err
	}
	n.Pipe.Cmds = append(n.Pipe.Cmds, c.call("_items", n.Pos))
	outer := c.weight
	c.weight = 1
	if err := c.list(n.List, scope{}); err != nil {
		return err
	}
	price := &parse.PipeNode{NodeType: parse.NodePipe, Pos: n.Pos, Cmds: []*parse.CommandNode{
		c.call("_step", n.Pos, number(n.Pos, c.weight)),
	}}
	step := &parse.ActionNode{NodeType: parse.NodeAction, Pos: n.Pos, Pipe: price}
	n.List.Nodes = slices.Insert(n.List.Nodes, 0, parse.Node(step))
	c.weight += outer
	return c.list(n.ElseList, dot)
}

// pipe rewrites a pipeline. $ must stay the run: every call in the tree takes
// it from there, so that no variable of that name may hide it.
func (c *compiler) pipe(p *parse.PipeNode, dot scope) error {
	for _, v := range p.Decl {
		if v.Ident[0] == "$" {
			return c.fault(v, "$ is taken", "$ is the event itself: give the variable a name, such as $x")
		}
	}
	if !p.IsAssign {
		c.vars += len(p.Decl)
	}
	if c.vars > maxVariables {
		return c.fault(p, "too many variables", fmt.Sprintf("a template has at most %d", maxVariables))
	}
	for i, cmd := range p.Cmds {
		if err := c.command(cmd, i > 0, dot); err != nil {
			return err
		}
	}
	return nil
}

// command rewrites one part of a pipeline; piped tells that it takes the value
// of the part before it.
func (c *compiler) command(cmd *parse.CommandNode, piped bool, dot scope) error {
	c.weight += len(cmd.Args)
	name, isCall := cmd.Args[0].(*parse.IdentifierNode)
	if isCall {
		return c.function(cmd, name, piped, dot)
	}
	if len(cmd.Args) > 1 || piped {
		return c.fault(cmd.Args[0], "not a function",
			fmt.Sprintf("%s takes no arguments: a function such as upper must stand here", cmd.Args[0]))
	}
	if _, isNil := cmd.Args[0].(*parse.NilNode); isNil {
		return c.fault(cmd, "nothing to print", "nil is no value of its own: remove it")
	}
	var err error
	cmd.Args[0], err = c.operand(cmd.Args[0], dot)
	return err
}

// function rewrites a call: $ becomes its first argument, before those that the
// author wrote and the one that comes through the bar. The two that evaluate
// only as many arguments as they must, and and or, stay text/template's own.
func (c *compiler) function(cmd *parse.CommandNode, name *parse.IdentifierNode, piped bool, dot scope) error {
	f, ok := table().byName[name.Ident]
	if !ok && c.wire {
		f, ok = table().wire[name.Ident]
	}
	if !ok {
		return c.fault(name, "unknown function", unknown(name.Ident))
	}
	args := cmd.Args[1:]
	given := len(args)
	if piped {
		given++
	}
	if given < f.least || f.most >= 0 && given > f.most || given > maxArguments {
		return c.fault(name, "wrong number of arguments", fmt.Sprintf("%s got %d: write %s", f.Name, given, f.Use))
	}
	if f.check != nil {
		if at, detail := f.check(c.t, args); detail != "" {
			return c.fault(args[min(at, len(args)-1)], "invalid argument", detail)
		}
	}
	for i, arg := range args {
		var err error
		if args[i], err = c.operand(arg, dot); err != nil {
			return err
		}
	}
	if f.call != nil {
		c.funcs[f.Name] = f.invoke
		cmd.Args = slices.Insert(cmd.Args, 1, parse.Node(runVariable(name.Pos)))
	}
	return nil
}
