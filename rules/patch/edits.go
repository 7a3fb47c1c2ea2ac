package patch

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"tocsin/rules"
	"tocsin/rules/edit"
	"tocsin/rules/near"
)

// Error is a patch that cannot be taken as it is.
type Error struct {
	Why, Do string
}

// Error says why.
func (e *Error) Error() string { return e.Why }

// maxEdits bounds what one patch changes.
const maxEdits = 500

// Edits returns the edits that a merge patch stands for. What is in the patch as
// the document has it makes none.
func Edits(blocks []rules.Block, text []byte) ([]edit.Edit, error) {
	patch, err := read(text)
	if err != nil {
		return nil, &Error{"the patch is not understood: " + err.Error(), `send an object such as {"tocsin": {"enabled": true}}`}
	}
	if patch, err = spread(blocks, patch); err != nil {
		return nil, err
	}
	w := &walk{}
	shapes := rules.Shapes()
	for _, name := range patch.names {
		i := slices.IndexFunc(shapes, func(s rules.Shape) bool { return s.Kind == name })
		if i < 0 {
			return nil, unknown(name, shapes)
		}
		if err := w.kind(edit.Address{{Name: name}}, &shapes[i], ofShape(&shapes[i], blocks), 0, patch.values[name]); err != nil {
			return nil, err
		}
	}
	if len(w.edits) > maxEdits {
		return nil, &Error{fmt.Sprintf("the patch makes %d changes", len(w.edits)), fmt.Sprintf("make at most %d at once", maxEdits)}
	}
	return w.edits, nil
}

// maxName is how long the name of a setting is that is repeated in an error.
const maxName = 80

// likeName finds what looks like the name of a setting.
var likeName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_-]+)*$`)

func unknown(name string, shapes []rules.Shape) error {
	kinds := make([]string, len(shapes))
	for i := range shapes {
		kinds[i] = shapes[i].Kind
	}
	slices.Sort(kinds)
	e := &Error{"there is a name of no setting", "kinds of blocks are " + strings.Join(kinds, ", ")}
	if len(name) > maxName || !likeName.MatchString(name) { // it may be a value at the wrong place
		return e
	}
	e.Why = fmt.Sprintf("there is no setting %q", name)
	if meant, ok := near.Name(name, slices.Values(kinds)); ok {
		e.Do = fmt.Sprintf("did you mean %s?", meant)
	}
	return e
}

// Block returns the edits after which the user's block at a kind and labels says
// just what a JSON object says: what it sets besides is taken away.
func Block(blocks []rules.Block, kind string, labels []string, text []byte) ([]edit.Edit, error) {
	o, err := read(text)
	if err != nil {
		return nil, &Error{"the block is not understood: " + err.Error(), "send an object with its arguments"}
	}
	shapes := rules.Shapes()
	i := slices.IndexFunc(shapes, func(s rules.Shape) bool { return s.Kind == kind })
	if i < 0 {
		return nil, unknown(kind, shapes)
	}
	if len(labels) != len(shapes[i].Labels) {
		return nil, &Error{fmt.Sprintf("%s has %d labels", kind, len(shapes[i].Labels)), "name them behind the kind, one a step of the path"}
	}
	at := edit.Address{{Name: kind}}
	for _, l := range labels {
		at = with(at, l)
	}
	found := ofShape(&shapes[i], blocks)
	found = slices.DeleteFunc(found, func(b *rules.Block) bool { return kind != localsKind && !slices.Equal(b.Labels, labels) })
	for _, b := range found {
		exact(&shapes[i], b, o)
	}
	w := &walk{whole: true}
	err = w.block(at, &shapes[i], found, o)
	return w.edits, err
}

// Without returns the edit that takes a block away.
func Without(kind string, labels []string) edit.Edit {
	at := edit.Address{{Name: kind}}
	for _, l := range labels {
		at = with(at, l)
	}
	return edit.Edit{Op: edit.Remove, Path: at.String()}
}

// exact puts a null into the object for whatever the user's block has besides.
func exact(shape *rules.Shape, b *rules.Block, o *object) {
	miss := func(name string, there bool) {
		if _, said := o.values[name]; there && !said {
			o.put(name, nil)
		}
	}
	for _, a := range b.Arguments {
		miss(a.Name, !a.Pack)
	}
	for kind := range byKind(shape.Blocks, b.Blocks) {
		inner, said := o.values[kind.shape.Kind].(*object)
		if len(kind.shape.Labels) > 0 || !said {
			miss(kind.shape.Kind, !kind.blocks[0].Pack)
			continue
		}
		exact(kind.shape, kind.blocks[0], inner)
	}
}

// walk gathers edits.
type walk struct {
	edits []edit.Edit
	whole bool // a map is given as a whole, and not merged
}

func (w *walk) add(e edit.Edit) { w.edits = append(w.edits, e) }

// kind takes what is said of the blocks of a kind, from the label with number n
// on.
func (w *walk) kind(at edit.Address, shape *rules.Shape, blocks []*rules.Block, n int, v any) error {
	if shape.Repeats && shape.Kind != localsKind {
		return w.list(at, shape, blocks, v)
	}
	if n == len(shape.Labels) {
		return w.block(at, shape, blocks, v)
	}
	o, ok := v.(*object)
	if v != nil && !ok {
		return &Error{fmt.Sprintf("%s is no object", at), fmt.Sprintf("write the block under its %s", shape.Labels[n])}
	}
	if v == nil { // all of them
		for _, b := range blocks {
			path := at
			for _, l := range b.Labels[n:] {
				path = with(path, l)
			}
			w.add(edit.Edit{Op: edit.Remove, Path: path.String()})
		}
		return nil
	}
	for _, name := range o.names {
		var named []*rules.Block
		for _, b := range blocks {
			if len(b.Labels) > n && b.Labels[n] == name {
				named = append(named, b)
			}
		}
		if err := w.kind(with(at, name), shape, named, n+1, o.values[name]); err != nil {
			return err
		}
	}
	return nil
}

// block takes what is said of one block.
func (w *walk) block(at edit.Address, shape *rules.Shape, blocks []*rules.Block, v any) error {
	o, ok := v.(*object)
	switch {
	case v == nil:
		if len(blocks) > 0 {
			w.add(edit.Edit{Op: edit.Remove, Path: at.String()})
		}
		return nil
	case !ok:
		return &Error{fmt.Sprintf("%s is no object", at), "send its arguments as an object, or null to take the block away"}
	case len(blocks) == 0 && shape.Kind != localsKind:
		return w.fresh(at, shape, o)
	}
	for _, name := range o.names {
		var err error
		if i := slices.IndexFunc(shape.Blocks, func(s rules.Shape) bool { return s.Kind == name }); i >= 0 {
			var inner []*rules.Block
			for _, b := range blocks {
				inner = append(inner, ofShape(&shape.Blocks[i], b.Blocks)...)
			}
			err = w.kind(with(at, name), &shape.Blocks[i], inner, 0, o.values[name])
		} else {
			err = w.argument(with(at, name), argumentOf(blocks, name), o.values[name])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func argumentOf(blocks []*rules.Block, name string) *rules.Argument {
	for _, b := range blocks {
		for i := range b.Arguments {
			if b.Arguments[i].Name == name {
				return &b.Arguments[i]
			}
		}
	}
	return nil
}

// fresh makes a block that is not there. Blocks in it that have labels follow.
func (w *walk) fresh(at edit.Address, shape *rules.Shape, o *object) error {
	body, later := newObject(), newObject()
	for _, name := range o.names {
		v := withoutNulls(o.values[name])
		i := slices.IndexFunc(shape.Blocks, func(s rules.Shape) bool { return s.Kind == name })
		switch {
		case v == nil:
		case holdsMask(v):
			return noSecret(with(at, name))
		case i >= 0 && len(shape.Blocks[i].Labels) > 0:
			later.put(name, v)
		default:
			body.put(name, v)
		}
	}
	if len(body.names)+len(later.names) == 0 && len(o.names) > 0 {
		return nil // only what should not be there
	}
	e := edit.Edit{Op: edit.Add, Path: at.String()}
	if len(body.names) > 0 {
		e.JSON = text(body)
	}
	w.add(e)
	for _, name := range later.names {
		i := slices.IndexFunc(shape.Blocks, func(s rules.Shape) bool { return s.Kind == name })
		if err := w.kind(with(at, name), &shape.Blocks[i], nil, 0, later.values[name]); err != nil {
			return err
		}
	}
	return nil
}

// list takes blocks that may be there many times. They are added to a block that
// is new; those of one that is there are changed as HCL.
func (w *walk) list(at edit.Address, shape *rules.Shape, blocks []*rules.Block, v any) error {
	list, ok := v.([]any)
	if !ok {
		return &Error{fmt.Sprintf("%s is no list", at), "send the blocks as a list of objects"}
	}
	if len(blocks) > 0 {
		doc := map[string]any{}
		put(doc, shape, blocks)
		if same(doc[shape.Kind], v) {
			return nil
		}
		return &Error{fmt.Sprintf("%s are blocks in an order, which a patch cannot change", at), "send the block that they stand in as HCL, with PUT blocks"}
	}
	for _, item := range list {
		o, ok := item.(*object)
		if !ok {
			return &Error{fmt.Sprintf("%s is no list of objects", at), ""}
		}
		path, body := at, newObject()
		for _, label := range shape.Labels {
			name, ok := o.values[label].(string)
			if !ok {
				return &Error{fmt.Sprintf("a block of %s lacks its %s", at, label), fmt.Sprintf("send it as the text %q", label)}
			}
			path = with(path, name)
		}
		for _, name := range o.names {
			if !slices.Contains(shape.Labels, name) {
				body.put(name, o.values[name])
			}
		}
		w.add(edit.Edit{Op: edit.Add, Path: path.String(), JSON: text(body)})
	}
	return nil
}

// argument takes what is said of an argument, or of a key of a map.
func (w *walk) argument(at edit.Address, a *rules.Argument, v any) error {
	if a == nil {
		return w.value(at, nil, false, v)
	}
	return w.value(at, a.Value, true, v)
}

func (w *walk) value(at edit.Address, shown any, there bool, v any) error {
	entries, isMap := shown.(map[string]any)
	o, merges := v.(*object)
	switch {
	case v == nil:
		if there {
			w.add(edit.Edit{Op: edit.Unset, Path: at.String()})
		}
	case there && same(shown, v):
	case isMask(v):
		if !there || !holdsHidden(shown) {
			return noSecret(at)
		}
	case isMap && merges && (!w.whole || holdsMask(v)):
		for _, name := range o.names {
			inner, there := entries[name]
			if err := w.value(with(at, name), inner, there, o.values[name]); err != nil {
				return err
			}
		}
	case holdsMask(v):
		return noSecret(at)
	default:
		w.add(edit.Edit{Op: edit.Set, Path: at.String(), JSON: text(withoutNulls(v))})
	}
	return nil
}

func holdsHidden(shown any) bool {
	_, is := shown.(rules.Hidden)
	return is
}

func noSecret(at edit.Address) error {
	return &Error{fmt.Sprintf("%s is sent as a mask, and no secret is there that could be kept", at), "send the secret itself"}
}

// withoutNulls returns a value without the members that are null, as they mean
// that there is nothing.
func withoutNulls(v any) any {
	o, ok := v.(*object)
	if !ok {
		return v
	}
	out := newObject()
	for _, name := range o.names {
		if inner := withoutNulls(o.values[name]); inner != nil {
			out.put(name, inner)
		}
	}
	return out
}

// text writes a value of a patch as JSON.
func text(v any) json.RawMessage {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err) // it came out of JSON
	}
	return out
}
