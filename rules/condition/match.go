package condition

import (
	"errors"
	"fmt"
	"sync"

	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"tocsin/engine/event"
)

// Condition is a compiled condition. Many goroutines may use it at once. It is
// an engine.Matcher.
type Condition struct {
	text    string
	program *vm.Program
	reads   []name
	runs    *pool
}

// String returns the condition as it was written.
func (c *Condition) String() string { return c.text }

// Match reports whether the event fits the condition. A condition that fails
// while it runs does not match; the error says why and holds no value of the
// event.
func (c *Condition) Match(e *event.Event) (bool, error) {
	r := c.runs.get()
	for _, n := range c.reads {
		r.env[n.key] = n.of(e)
	}
	out, err := r.vm.Run(c.program, r.env)
	for _, n := range c.reads {
		r.env[n.key] = nil // keeps no event alive
	}
	c.runs.put(r)
	if err != nil {
		if fe, ok := errors.AsType[*file.Error](err); ok {
			return false, fmt.Errorf("column %d: %s", fe.From+1, typeRemedy(fe.Message))
		}
		return false, err
	}
	match, _ := out.(bool)
	return match, nil
}

// run is what one evaluation needs. Its environment is filled with the few
// names that the condition reads, and reused.
type run struct {
	vm  vm.VM
	env map[string]any
}

// pool keeps runs for reuse.
type pool struct{ runs sync.Pool }

// newPool returns an empty pool.
func newPool() *pool {
	return &pool{sync.Pool{New: func() any { return &run{env: map[string]any{}} }}}
}

func (p *pool) get() *run  { return p.runs.Get().(*run) }
func (p *pool) put(r *run) { p.runs.Put(r) }
