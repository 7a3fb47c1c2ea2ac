package condition

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"tocsin/engine/event"
)

// compiled is a text that can be run. Many goroutines may run it at once.
type compiled struct {
	text    string
	program *vm.Program
	reads   []name
	names   []string // in byte order, as they are written
	runs    *pool
}

// String returns the text as it was written.
func (c *compiled) String() string { return c.text }

// Reads lists the names that the text reads, such as event.data.vmid, in byte order.
func (c *compiled) Reads() []string { return c.names }

// run returns what the text comes to for an event and a cause.
func (c *compiled) run(e, cause *event.Event) (any, error) {
	r := c.runs.get()
	for _, n := range c.reads {
		if n.cause {
			r.env[n.key] = n.of(cause)
		} else {
			r.env[n.key] = n.of(e)
		}
	}
	out, err := r.vm.Run(c.program, r.env)
	for _, n := range c.reads {
		r.env[n.key] = nil // keeps no event alive
	}
	c.runs.put(r)
	if fe, ok := errors.AsType[*file.Error](err); ok {
		err = fmt.Errorf("column %d: %s", fe.From+1, typeRemedy(fe.Message))
	}
	return out, err
}

// Condition is a compiled condition. Many goroutines may use it at once. It is
// an engine.Matcher.
type Condition struct {
	compiled
	pins      pins
	threshold *Threshold
	// constant is what the condition always says, or nil.
	constant *bool
}

// Match reports whether the event fits the condition. A condition that fails
// while it runs does not match; the error says why and holds no value of the
// event.
func (c *Condition) Match(e *event.Event) (bool, error) { return c.MatchCause(e, nil) }

// MatchCause is Match for a condition that also reads a cause. It makes a
// Condition an engine.EffectMatcher.
func (c *Condition) MatchCause(e, cause *event.Event) (bool, error) {
	out, err := c.run(e, cause)
	if err != nil {
		return false, err
	}
	match, _ := out.(bool)
	return match, nil
}

// MatchValues is Match for a condition over Names: values holds what there is, by
// full names.
func (c *Condition) MatchValues(values map[string]any) (bool, error) {
	return c.MatchCause(&event.Event{Data: values}, nil)
}

// maxWitness bounds what Witness tells, in bytes.
const maxWitness = 200

// Witness tells what the condition sees of an event: the values of the names
// that it reads.
func (c *Condition) Witness(e *event.Event) string {
	var parts []string
	for _, n := range c.reads {
		if n.cause || strings.HasSuffix(n.key, " (rank)") && slices.Contains(c.names, "event.severity") && len(parts) > 0 && strings.HasPrefix(parts[len(parts)-1], "event.severity ") {
			continue
		}
		key := strings.TrimSuffix(n.key, " (rank)")
		parts = append(parts, key+" is "+shown(n, e))
	}
	return event.Clip(strings.Join(parts, ", "), maxWitness)
}

// shown is a value as people write it.
func shown(n name, e *event.Event) string {
	if strings.HasSuffix(n.key, " (rank)") {
		return e.Severity.String()
	}
	if field, ok := strings.CutPrefix(n.key, "event.data."); ok {
		if v, ok := e.Data[field]; ok {
			return event.Clip(event.OneLine(event.Text(v)), maxWitness/2)
		}
		return "missing"
	}
	v := n.of(e)
	if tags, ok := v.([]string); ok {
		return strings.Join(tags, ", ")
	}
	if v == nil {
		return "missing"
	}
	return event.Clip(event.OneLine(event.Text(v)), maxWitness/2)
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
