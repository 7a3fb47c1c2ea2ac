package edit

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"tocsin/rules"
)

// Op is what an edit does.
type Op string

// The operations.
const (
	Set     Op = "set"     // give a value; of a block: to each argument named
	Unset   Op = "unset"   // take a value away, back to what holds without it
	Add     Op = "add"     // a block, or an element of a list
	Replace Op = "replace" // what stands in a block; one that is not there is added
	Remove  Op = "remove"  // a block, or an element of a list
	Rename  Op = "rename"  // a block, and what refers to it
	Move    Op = "move"    // a block, before or behind another one
)

// Edit is one change of one thing.
type Edit struct {
	Op   Op     `json:"op"`
	Path string `json:"path"`
	// At most one of these says the value: an expression of HCL, JSON, what a
	// person typed (HCL if it is that, a text otherwise), or the inside of a
	// block.
	Value string          `json:"value,omitempty"`
	JSON  json.RawMessage `json:"json,omitempty"`
	Word  string          `json:"word,omitempty"`
	Body  string          `json:"body,omitempty"`

	To     string `json:"to,omitempty"`     // the new name
	Before string `json:"before,omitempty"` // path of the block that it is moved before
	After  string `json:"after,omitempty"`  // or behind
	File   string `json:"file,omitempty"`   // for a block that is new; empty: where it belongs
	Here   bool   `json:"here,omitempty"`   // replace a value although it comes from elsewhere
	Text   bool   `json:"text,omitempty"`   // the word is a text whatever it looks like
}

// Tree is what edits are made on.
type Tree struct {
	Pack  map[string][]byte // the built-in files, which stay as they are
	Files map[string][]byte // the files of the user
	Edits string            // the file for blocks that are nowhere yet
	Cache *Cache            // of what was parsed before; nil: none
}

// Result is what became of the files.
type Result struct {
	Changed map[string][]byte // the files that differ; nil: the file goes
	Places  []Place           // one an edit: where the value stands now, or stood
	Added   []Span            // the parts that were written
}

// Span is a part of a file that an edit wrote.
type Span struct {
	File     string
	From, To int // bytes
}

// Apply carries edits out, one after the other. The tree stays as it is. The
// error is an *Origin when a value comes from elsewhere, so that somebody must
// say where to change it.
func Apply(t Tree, edits ...Edit) (r *Result, err error) {
	defer func() {
		// Whatever trips us up must end neither a daemon nor a file.
		if recover() != nil {
			r, err = nil, fmt.Errorf("%v is beyond what tocsin can edit, so it is not made: change it by hand, and report it as a fault", edits)
		}
	}()
	w := newWork(t)
	r = &Result{Changed: map[string][]byte{}}
	for _, e := range edits {
		place, err := w.do(e)
		if err != nil {
			return nil, err
		}
		r.Places = append(r.Places, place)
	}
	for path, src := range w.files {
		if old, was := t.Files[path]; !was || string(old) != string(src) {
			r.Changed[path] = src
		}
	}
	for path := range t.Files {
		if _, is := w.files[path]; !is {
			r.Changed[path] = nil
		}
	}
	r.Added = written(t.Files, r.Changed)
	return r, nil
}

// written returns the part of each changed file that differs from what it was.
func written(old, changed map[string][]byte) []Span {
	var out []Span
	for _, path := range slices.Sorted(maps.Keys(changed)) {
		a, b := old[path], changed[path]
		from := 0
		for from < len(a) && from < len(b) && a[from] == b[from] {
			from++
		}
		endA, endB := len(a), len(b)
		for endA > from && endB > from && a[endA-1] == b[endB-1] {
			endA, endB = endA-1, endB-1
		}
		if endB > from {
			out = append(out, Span{path, from, endB})
		}
	}
	return out
}

// work is a tree while edits are made on it.
type work struct {
	files  map[string][]byte
	edits  string
	op     Op               // that is being carried out
	pages  map[string]*page // of the user
	pack   *builtIn
	shapes []rules.Shape
}

func newWork(t Tree) *work {
	w := &work{files: maps.Clone(t.Files), edits: t.Edits, pages: map[string]*page{}, shapes: rules.Shapes()}
	w.pack = &builtIn{files: t.Pack, cache: t.Cache, pages: map[string]*page{}}
	if w.files == nil {
		w.files = map[string][]byte{}
	}
	if w.edits == "" {
		w.edits = "panel.hcl"
	}
	for path, src := range t.Files {
		w.pages[path] = t.Cache.page(path, false, src)
	}
	return w
}

// write puts splices into a page, after having looked at what they do. Only
// what is at the target may change.
func (w *work) write(p *page, may scope, splices ...splice) error {
	src := p.apply(splices...)
	fresh := newPage(p.path, false, src)
	if err := verify(p, fresh, may); err != nil {
		return err
	}
	w.keep(fresh)
	return nil
}

// keep takes a page that was looked at. A file with nothing left in it goes.
func (w *work) keep(p *page) {
	if len(p.src) == bom(p.src) {
		delete(w.files, p.path)
		delete(w.pages, p.path)
		return
	}
	w.files[p.path], w.pages[p.path] = p.src, p
}

// do carries out one edit. What is not found may stand in a file that does not
// parse.
func (w *work) do(e Edit) (Place, error) {
	at, err := w.carryOut(e)
	if _, missing := errors.AsType[*NotFound](err); missing {
		for _, path := range slices.Sorted(maps.Keys(w.pages)) {
			if w.pages[path].body == nil {
				return at, fmt.Errorf("%s does not parse, so that nothing in it is found: mend it first, tocsin check tells what is wrong", path)
			}
		}
	}
	return at, err
}

func (w *work) carryOut(e Edit) (Place, error) {
	w.op = e.Op
	addr, err := ParseAddress(e.Path)
	if err != nil {
		return Place{}, err
	}
	t, err := w.resolve(addr)
	if err != nil {
		return Place{}, err
	}
	switch e.Op {
	case Set:
		return w.set(t, e)
	case Unset:
		return w.unset(t)
	case Add:
		return w.add(t, e)
	case Replace:
		return w.replaceBlock(t, e)
	case Remove:
		return w.remove(t, e)
	case Rename:
		return w.rename(t, e.To)
	case Move:
		return w.move(t, e)
	}
	return Place{}, fmt.Errorf("unknown operation %q: use set, unset, add, replace, remove, rename or move", e.Op)
}
