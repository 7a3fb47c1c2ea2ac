package templates

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"text/template"
	"time"
)

// run is the execution of templates over one view. It is the data of the tree
// and its writer, and it keeps the account of what the templates may still
// spend; one goroutine uses it.
type run struct {
	t     *Template // at work
	view  map[string]any
	zone  *time.Location
	steps int // left
	own   int // bytes of the view's texts; -1: not counted yet
	out   []byte
	kept  any   // what a lone action yielded
	err   error // the first thing that went wrong in t
}

// runs keeps the buffers of past executions.
var runs = sync.Pool{New: func() any { return new(run) }}

func newRun(view map[string]any) *run {
	r := runs.Get().(*run)
	out := r.out
	*r = run{view: view, zone: time.UTC, steps: maxSteps, own: -1, out: out[:0]}
	if t, ok := view["time"].(time.Time); ok {
		r.zone = t.Location()
	}
	return r
}

// release gives the buffer back; the run is not used again.
func (r *run) release() {
	r.t, r.view, r.kept = nil, nil, nil
	if cap(r.out) <= maxText {
		runs.Put(r)
	}
}

// execute renders one template. What it takes comes out of the run's steps.
func (r *run) execute(t *Template) (string, error) {
	r.t, r.out, r.kept, r.err = t, r.out[:0], nil, nil
	if t.tree == nil {
		r.assemble()
		return string(r.out), r.err
	}
	if err := t.tree.Execute(r, r); err != nil {
		return "", r.locate(err)
	}
	return string(r.out), r.err
}

// assemble prints a template that has no tree.
func (r *run) assemble() {
	for _, p := range r.t.pieces {
		text := p.text
		if p.path >= 0 {
			value := read(r.view, r.t.paths[p.path])
			if r.t.lone {
				r.kept = value
				return
			}
			text = r.text(value)
		}
		if !r.spend(1) || !r.print(text) {
			return
		}
	}
}

// Write takes what the tree prints.
func (r *run) Write(text []byte) (int, error) {
	if !r.fits(len(r.out) + len(text)) {
		return 0, r.err
	}
	r.out = append(r.out, text...)
	return len(text), nil
}

// print is Write for text that no one else holds.
func (r *run) print(text string) bool {
	if !r.fits(len(r.out) + len(text)) {
		return false
	}
	r.out = append(r.out, text...)
	return true
}

// fail notes what went wrong; the first note counts. A function that failed may
// return anything.
func (r *run) fail(format string, values ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, values...)
	}
}

// callError is the failure of a function that the author wrote.
type callError struct {
	name string
	err  error
}

func (e *callError) Error() string { return e.name + ": " + e.err.Error() }

func (e *callError) Unwrap() error { return e.err }

// locate turns an error of text/template, which shows the rewritten tree, into
// one that shows the place in the author's text.
func (r *run) locate(err error) error {
	failed, ok := errors.AsType[template.ExecError](err)
	if !ok { // the writer's: too much text
		return err
	}
	line, column := place(failed.Error())
	if call, ok := errors.AsType[*callError](err); ok {
		return fmt.Errorf("line %d, column %d: %w", line, column, call)
	}
	if r.err != nil {
		return fmt.Errorf("line %d, column %d: %w", line, column, r.err)
	}
	_, cause, found := strings.Cut(failed.Error(), ">: ")
	if !found {
		cause = "the template cannot be executed"
	}
	return fmt.Errorf("line %d, column %d: %s", line, column, cause)
}

// place reads the line and the column, both counted from 1, from the head of a
// message such as "template: t:1:5: executing ...".
func place(message string) (line, column int) {
	if _, err := fmt.Sscanf(message, "template: "+treeName+":%d:%d:", &line, &column); err != nil {
		return 1, 1
	}
	return line, column + 1
}
