package condition

import (
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"

	"tocsin/rules/near"
)

// Compiler turns texts into conditions. Many goroutines may use it at once.
type Compiler struct {
	schema Schema
	types  map[string]bool
	groups map[string]bool
	bursts map[string]bool
	event  map[string]name
	guest  map[string]name
	own    map[string]function
	base   *conf.Config // of expr, with own and boundedList; copied, never changed
	runs   *pool
}

// NewCompiler returns a compiler for conditions over schema.
func NewCompiler(schema Schema) *Compiler {
	c := &Compiler{
		schema: schema,
		types:  set(schema.Types),
		groups: set(schema.Groups),
		bursts: set(schema.Bursts),
		event:  names(),
		guest:  guestNames(),
		own:    map[string]function{},
		base:   conf.CreateNew(),
		runs:   newPool(),
	}
	c.base.MaxNodes = maxNodes
	c.base.Functions[boundedList] = boundedFunction()
	for _, f := range functions(schema.Zone) {
		c.own[f.name], c.base.Functions[f.name] = f, f.expr()
	}
	return c
}

// set returns words as a set.
func set(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// Compile returns the condition that text describes, or nil when a problem is
// more than a warning.
func (c *Compiler) Compile(text string, subject Subject) (*Condition, []Problem) {
	p := &problems{text: text}
	var cond *Condition
	p.survive(func() { cond = c.condition(p, subject) })
	if p.failed() {
		cond = nil
	}
	return cond, p.sorted()
}

// survive does work over a text that may come from outside. The compiler is not
// ours: what it stumbles over must not end the daemon.
func (p *problems) survive(work func()) {
	defer func() {
		if recover() != nil {
			p.list = []Problem{{To: len(p.text), Code: CodeSyntax, Summary: "condition that does not compile", Detail: "Write it in a simpler way, and report it: this is a fault in tocsin."}}
		}
	}()
	work()
}

// sorted returns the problems in the order of their places.
func (p *problems) sorted() []Problem {
	slices.SortStableFunc(p.list, func(a, b Problem) int { return a.From - b.From })
	return p.list
}

// condition makes a condition.
func (c *Compiler) condition(p *problems, subject Subject) *Condition {
	r, tree := c.understand(p, subject, true)
	if tree == nil {
		return nil
	}
	cond := &Condition{pins: pinsOf(tree.Node), threshold: threshold(tree.Node)}
	reads := slices.Sorted(maps.Keys(r.used))
	r.prepareCalls(tree.Node)
	tree.Node = (&guard{resolver: r}).truth(r.rankSeverities(tree.Node))
	done := r.finish(tree, true)
	if done == nil {
		return nil
	}
	cond.compiled = *done
	cond.names = reads
	if always, ok := tree.Node.(*ast.BoolNode); ok {
		cond.constant = &always.Value
	}
	return cond
}

// understand takes the first steps of the package's documentation, up to the check of
// types, which comes before severities become ranks and operands are guarded, so
// that messages speak of what the author wrote. It returns no tree when a problem was
// found.
func (c *Compiler) understand(p *problems, subject Subject, answers bool) (*resolver, *parser.Tree) {
	tree := c.parse(p)
	if tree == nil || !c.limit(p, tree.Node) {
		return nil, nil
	}
	r := &resolver{Compiler: c, problems: p, subject: subject, used: map[string]name{}}
	tree.Node = r.resolve(tree.Node)
	if !r.checkLiterals(tree.Node) {
		return nil, nil
	}
	if !answers {
		fractions(tree.Node)
	}
	if _, err := checker.Check(tree, c.config(r.environment(false), answers)); err != nil {
		p.addError(err, CodeType)
		return nil, nil
	}
	return r, tree
}

// finish compiles the rewritten tree. What fails here is too large: every
// mistake of the author was found before.
func (r *resolver) finish(tree *parser.Tree, answers bool) *compiled {
	whole := file.Location{To: len([]rune(r.text))}
	if size(tree.Node, maxGrown) > maxGrown {
		r.at(whole, CodeRefused, "condition too large", "With its missing operands guarded it grows too large. Split it over several blocks.")
		return nil
	}
	config := r.config(r.environment(true), answers)
	_, err := checker.Check(tree, config)
	if err == nil {
		err = optimizer.Optimize(&tree.Node, config)
	}
	if err != nil {
		r.addError(err, CodeType)
		return nil
	}
	program, err := compiler.Compile(tree, config)
	if err != nil {
		r.addError(err, CodeSyntax)
		return nil
	}
	done := &compiled{text: r.text, program: program, runs: r.runs}
	dropTree(program.Node())
	for _, n := range r.used {
		done.reads = append(done.reads, n)
	}
	slices.SortFunc(done.reads, func(a, b name) int { return strings.Compare(a.key, b.key) })
	return done
}

// dropTree lets go of the syntax below the root that a program keeps: nothing at
// run time asks for it, and it is most of a program's memory.
func dropTree(n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryNode:
		n.Left, n.Right = nil, nil
	case *ast.UnaryNode:
		n.Node = nil
	case *ast.CallNode:
		n.Arguments = nil
	case *ast.BuiltinNode:
		n.Arguments = nil
	case *ast.ConditionalNode:
		n.Cond, n.Exp1, n.Exp2 = nil, nil, nil
	}
}

// parse returns the tree of the text, or nil.
func (c *Compiler) parse(p *problems) *parser.Tree {
	whole := file.Location{To: len([]rune(p.text))}
	switch {
	case strings.TrimSpace(p.text) == "":
		p.at(whole, CodeSyntax, "empty condition", `Write a comparison, or leave the argument out. "true" takes everything, "false" nothing.`)
		return nil
	case len(p.text) > maxText:
		p.at(whole, CodeRefused, "condition too long", "A condition has at most 4096 bytes. Split it over several blocks.")
		return nil
	case depth(p.text) > maxDepth:
		p.at(whole, CodeRefused, "condition nested too deep", "Brackets nest at most 64 deep.")
		return nil
	}
	tree, err := parser.ParseWithConfig(p.text, c.config(nil, false))
	if err != nil {
		p.addError(err, CodeSyntax)
		return nil
	}
	return tree
}

// config returns a configuration of expr for an environment of flat names, or
// for parsing alone. What answers comes to true or false.
func (c *Compiler) config(env types.Map, answers bool) *conf.Config {
	config := *c.base
	if env != nil {
		config.WithEnv(env)
	}
	if answers {
		config.Expect, config.ExpectAny = reflect.Bool, true
	}
	return &config
}

// environment returns the types of the names in use. At run time an event may
// lack some of them, so that nothing may be assumed about those.
func (r *resolver) environment(running bool) types.Map {
	env := make(types.Map, len(r.used))
	for key, n := range r.used {
		env[key] = n.typ
		if running && n.missing {
			env[key] = types.Any
		}
	}
	return env
}

// suggest adds a near name to a problem.
func suggest(p *Problem, given string, candidates iter.Seq[string], prefix string) {
	if name, ok := near.Name(given, candidates); ok {
		p.Label = `did you mean "` + prefix + name + `"?`
		p.Detail = `Write "` + prefix + name + `", if that is meant.`
	}
}

// like gives a new node the place of an old one.
func like[N ast.Node](n N, old ast.Node) N {
	n.SetLocation(old.Location())
	return n
}
