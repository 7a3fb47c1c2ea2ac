package rules

import (
	"crypto/sha256"
	"runtime"
	"sync"
	"sync/atomic"

	"tocsin/rules/condition"
	"tocsin/sources/pattern"
	"tocsin/templates"
)

// cache keeps what was parsed and compiled by content. What one load did not
// use is forgotten at its end.
type cache struct {
	files       kept[string, *file]
	templates   kept[string, parsedTemplate]
	values      kept[string, parsedTemplate] // templates of requests
	conditions  kept[conditionKey, compiledText[condition.Condition]]
	expressions kept[conditionKey, compiledText[condition.Expression]]
	patterns    kept[string, parsedPattern]
	compiler    *condition.Compiler // of the last load
	digest      [sha256.Size]byte   // of the schema that compiler has
}

// kept is a map of two generations: hits move from the old one to the new.
type kept[K comparable, V any] struct{ old, new map[K]V }

// get returns what is kept under a key and keeps it for the next load too.
func (k *kept[K, V]) get(key K) (V, bool) {
	v, ok := k.new[key]
	if !ok {
		if v, ok = k.old[key]; ok {
			k.put(key, v)
		}
	}
	return v, ok
}

// put keeps a value for this load and the next.
func (k *kept[K, V]) put(key K, v V) {
	if k.new == nil {
		k.new = map[K]V{}
	}
	k.new[key] = v
}

// turn forgets what this load did not use.
func (k *kept[K, V]) turn() { k.old, k.new = k.new, nil }

// turn ends a load.
func (c *cache) turn() {
	c.files.turn()
	c.templates.turn()
	c.values.turn()
	c.conditions.turn()
	c.expressions.turn()
	c.patterns.turn()
}

// source is one file before it is parsed.
type source struct {
	path string
	pack bool
	src  []byte
}

// parse parses sources, those that changed since the last load on all
// processors at once.
func (c *cache) parse(sources []source) []*file {
	files := make([]*file, len(sources))
	var changed []int
	for i, s := range sources {
		if f, ok := c.files.get(s.path); ok && f.pack == s.pack && f.sum == sha256.Sum256(s.src) {
			files[i] = f
			continue
		}
		changed = append(changed, i)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(changed)) {
		wg.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(changed)); n = next.Add(1) - 1 {
				i := changed[n]
				files[i] = parse(sources[i].path, sources[i].pack, sources[i].src)
			}
		})
	}
	wg.Wait()
	for _, i := range changed {
		c.files.put(sources[i].path, files[i])
	}
	return files
}

type parsedTemplate struct {
	tmpl *templates.Template
	err  error
}

// template parses a template, or returns what it was parsed to before.
func (c *cache) template(text string) (*templates.Template, error) {
	p, ok := c.templates.get(text)
	if !ok {
		p.tmpl, p.err = templates.Parse(text)
		c.templates.put(text, p)
	}
	return p.tmpl, p.err
}

// value parses a template of a request, or returns what it was parsed to before.
func (c *cache) value(text string) (*templates.Template, error) {
	p, ok := c.values.get(text)
	if !ok {
		p.tmpl, p.err = templates.ParseValue(text)
		c.values.put(text, p)
	}
	return p.tmpl, p.err
}

type parsedPattern struct {
	pattern *pattern.Pattern
	err     error
}

// pattern compiles a pattern, or returns what it was compiled to before.
func (c *cache) pattern(text string) (*pattern.Pattern, error) {
	p, ok := c.patterns.get(text)
	if !ok {
		p.pattern, p.err = pattern.Compile(text)
		c.patterns.put(text, p)
	}
	return p.pattern, p.err
}

// conditionKey is what a condition depends on besides the schema.
type conditionKey struct {
	text    string
	subject condition.Subject
	digest  [sha256.Size]byte // of the schema
}

// compiledText is what a text was compiled to.
type compiledText[T any] struct {
	out      *T // nil: it does not compile
	problems []condition.Problem
}

// condition compiles a condition, or returns what it was compiled to before.
func (c *cache) condition(text string, subject condition.Subject) (*condition.Condition, []condition.Problem) {
	return once(&c.conditions, conditionKey{text, subject, c.digest}, c.compiler.Compile)
}

// expression compiles an expression, or returns what it was compiled to before.
func (c *cache) expression(text string, subject condition.Subject) (*condition.Expression, []condition.Problem) {
	return once(&c.expressions, conditionKey{text, subject, c.digest}, c.compiler.CompileValue)
}

// once compiles a text that is not known yet.
func once[T any](known *kept[conditionKey, compiledText[T]], key conditionKey, compile func(string, condition.Subject) (*T, []condition.Problem)) (*T, []condition.Problem) {
	c, ok := known.get(key)
	if !ok {
		c.out, c.problems = compile(key.text, key.subject)
		known.put(key, c)
	}
	return c.out, c.problems
}
