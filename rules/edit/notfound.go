package edit

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"tocsin/rules"
	"tocsin/rules/near"
)

// NotFound is the error for an address that leads to nothing.
type NotFound struct {
	What string // what is not there
	Do   string // the remedy
}

// Error says what is not there and what to do.
func (e *NotFound) Error() string {
	if e.Do == "" {
		return e.What
	}
	return e.What + ": " + e.Do
}

// unknownKind reports a first step that is no kind of block.
func (w *work) unknownKind(steps Address) error {
	name := steps[0].Name
	names := make([]string, len(w.shapes))
	for i, s := range w.shapes {
		names[i] = s.Kind
	}
	slices.Sort(names)
	e := &NotFound{What: fmt.Sprintf("there is no block %s", quote(name)), Do: "blocks are " + strings.Join(names, ", ")}
	if kind, ok := w.kindOfChannel(name); ok {
		e.Do = "write " + Address{{Name: "channel"}, {Name: kind}}.with(name).String()
	} else if meant, ok := near.Name(name, slices.Values(names)); ok {
		e.Do = fmt.Sprintf("did you mean %s?", append(Address{{Name: meant}}, steps[1:]...))
	}
	return e
}

// labelMissing reports an address that ends before the labels of its block.
func (w *work) labelMissing(shape *rules.Shape, have Address) error {
	begin := append(Address{{Name: shape.Kind}}, have...)
	e := &NotFound{What: fmt.Sprintf("%s lacks the %s", begin, shape.Labels[len(have)])}
	var known []string
	for b := range w.blocks(shape.Kind) {
		if len(b.Labels) > len(have) && slices.Equal(b.Labels[:len(have)], names(have)) {
			known = append(known, Address{{Name: shape.Kind}}.with(b.Labels...).String())
		}
	}
	switch slices.Sort(known); {
	case len(known) > 8:
		e.Do = fmt.Sprintf("there are %d, such as %s", len(known), known[0])
	case len(known) > 0:
		e.Do = "there is " + strings.Join(slices.Compact(known), ", ")
	case len(have) > 0:
		if _, ok := near.Name(have[0].Name, w.channelNames()); ok && shape.Kind == "channel" {
			return w.noBlock(&head{shape: shape, labels: []string{"", have[0].Name}})
		}
		e.Do = "none is there yet"
	}
	return e
}

func (w *work) channelNames() iter.Seq[string] {
	return func(yield func(string) bool) {
		for b := range w.blocks("channel") {
			if len(b.Labels) == 2 && !yield(b.Labels[1]) {
				return
			}
		}
	}
}

// noBlock reports a block that is not there, with the near name.
func (w *work) noBlock(h *head) error {
	addr := Address{{Name: h.shape.Kind}}.with(h.labels...)
	if len(h.labels) == 0 {
		return &NotFound{fmt.Sprintf("there is no block %s", addr), ""}
	}
	last := h.labels[len(h.labels)-1]
	e := &NotFound{What: fmt.Sprintf("there is no %s %s", h.shape.Kind, quote(last))}
	if w.op == Set {
		e.Do = fmt.Sprintf("tocsin add %s makes it", shell(addr.String()))
	}
	byName := map[string]Address{}
	for b := range w.blocks(h.shape.Kind) {
		if len(b.Labels) == len(h.shape.Labels) && len(b.Labels) > 0 {
			byName[b.Labels[len(b.Labels)-1]] = Address{{Name: h.shape.Kind}}.with(b.Labels...)
		}
	}
	if meant, ok := near.Name(last, maps.Keys(byName)); ok {
		e.Do = fmt.Sprintf("did you mean %s?", byName[meant])
	} else if meant, ok := near.Name(h.labels[0], maps.Keys(byName)); ok && len(h.labels) > 1 { // the kind was left out
		e.What = fmt.Sprintf("there is no %s %s", h.shape.Kind, quote(h.labels[0]))
		e.Do = fmt.Sprintf("did you mean %s?", byName[meant])
	} else if h.labels[0] == "" {
		e.Do = "its path begins with channel, its kind and its name"
	}
	return e
}

// shell writes a path as one word of a command line.
func shell(path string) string {
	if strings.ContainsAny(path, ` ["'$*?()&;|<>\`) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
