package patch

import (
	"cmp"
	"slices"

	"tocsin/rules"
	"tocsin/rules/edit"
)

// Document is a configuration as JSON: blocks by kind and labels, arguments by
// name. Blocks that may be there many times are a list in which the labels stand
// under their names.
type Document map[string]any

// NewDocument makes the document of blocks.
func NewDocument(blocks []rules.Block) Document {
	doc := Document{}
	for kind := range byKind(rules.Shapes(), blocks) {
		put(doc, kind.shape, kind.blocks)
	}
	return doc
}

// Places tells where each block stands, and each argument that a file of the user
// sets, by their paths.
func Places(blocks []rules.Block) map[string]rules.Place {
	out := map[string]rules.Place{}
	for i := range blocks {
		b := &blocks[i]
		at := edit.Address{{Name: b.Kind}}
		for _, label := range b.Labels {
			at = append(at, edit.Step{Name: label})
		}
		out[at.String()] = b.Place
		for _, a := range b.Arguments {
			if !a.Pack {
				out[with(at, a.Name).String()] = a.Place
			}
		}
	}
	return out
}

// ofKind are the blocks of one kind.
type ofKind struct {
	shape  *rules.Shape
	blocks []*rules.Block
}

// byKind yields the blocks kind by kind, those that are there.
func byKind(shapes []rules.Shape, blocks []rules.Block) func(yield func(ofKind) bool) {
	return func(yield func(ofKind) bool) {
		for i := range shapes {
			k := ofKind{shape: &shapes[i], blocks: ofShape(&shapes[i], blocks)}
			if len(k.blocks) > 0 && !yield(k) {
				return
			}
		}
	}
}

func ofShape(shape *rules.Shape, blocks []rules.Block) []*rules.Block {
	var out []*rules.Block
	for i := range blocks {
		if blocks[i].Kind == shape.Kind {
			out = append(out, &blocks[i])
		}
	}
	return out
}

func put(doc map[string]any, shape *rules.Shape, blocks []*rules.Block) {
	switch {
	case shape.Kind == localsKind:
		all := map[string]any{}
		for _, b := range blocks {
			for _, a := range b.Arguments {
				all[a.Name] = a.Value
			}
		}
		doc[shape.Kind] = all
	case shape.Repeats:
		list := make([]any, 0, len(blocks))
		for _, b := range blocks {
			one := show(shape, b)
			for i, name := range shape.Labels {
				one[name] = b.Labels[i]
			}
			list = append(list, one)
		}
		doc[shape.Kind] = list
	default:
		for _, b := range blocks {
			at := doc
			for _, name := range append([]string{shape.Kind}, b.Labels...)[:len(b.Labels)] {
				inner, ok := at[name].(map[string]any)
				if !ok {
					inner = map[string]any{}
					at[name] = inner
				}
				at = inner
			}
			at[cmp.Or(last(b.Labels), shape.Kind)] = show(shape, b)
		}
	}
}

// localsKind is the kind of block of which many make one.
const localsKind = "locals"

func last(labels []string) string {
	if len(labels) == 0 {
		return ""
	}
	return labels[len(labels)-1]
}

func show(shape *rules.Shape, b *rules.Block) map[string]any {
	out := map[string]any{}
	for _, a := range b.Arguments {
		out[a.Name] = a.Value
	}
	for kind := range byKind(shape.Blocks, b.Blocks) {
		put(out, kind.shape, kind.blocks)
	}
	return out
}

func with(at edit.Address, name string) edit.Address {
	return append(slices.Clip(at), edit.Step{Name: name})
}
