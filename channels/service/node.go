package service

import (
	"fmt"
	"slices"
	"strings"

	"tocsin/templates"
)

// Node is a part of a body: a value, a list or a dictionary of nodes. Exactly
// one of its fields is set.
type Node struct {
	Const    any
	Template *templates.Template
	List     []*Node
	Dict     *Dict
}

// Dict is a dictionary of nodes, in the order of the file.
type Dict struct {
	Entries []Entry
	If      *templates.Template // whose value must not be empty for the dictionary to be there
	Each    *templates.Template // a list, for each item of which there is one dictionary
}

// missing stands for a part that is left out: a template yielded nothing.
type missing struct{}

// value works a node out. What is missing is left out of lists and
// dictionaries, and so is a list of which nothing is left.
func (n *Node) value(view map[string]any) (any, error) {
	switch {
	case n.Template != nil:
		v, err := n.Template.Value(view)
		if v == nil {
			return missing{}, err
		}
		return plain(v), err
	case n.Dict != nil:
		return n.Dict.value(view)
	case n.List != nil:
		return listOf(n.List, view)
	}
	return n.Const, nil
}

func listOf(nodes []*Node, view map[string]any) (any, error) {
	out := make([]any, 0, len(nodes))
	for _, n := range nodes {
		v, err := n.value(view)
		if err != nil {
			return nil, err
		}
		if several, ok := v.(spread); ok {
			out = append(out, several...)
		} else if v != (any)(missing{}) {
			out = append(out, v)
		}
	}
	if len(nodes) > 0 && len(out) == 0 {
		return missing{}, nil
	}
	return out, nil
}

// spread is the dictionaries of a Dict with Each: a list of its own, or a part
// of the list that it stands in.
type spread []any

func (d *Dict) value(view map[string]any) (any, error) {
	if d.If != nil {
		v, err := d.If.Value(view)
		if err != nil || !truthy(v) {
			return missing{}, err
		}
	}
	if d.Each == nil {
		return d.once(view)
	}
	items, err := d.Each.Value(view)
	if err != nil {
		return nil, err
	}
	out := spread{}
	for _, item := range asList(items) {
		v, err := d.once(with(view, "item", item))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (d *Dict) once(view map[string]any) (any, error) {
	out := make(map[string]any, len(d.Entries))
	err := each(d.Entries, view, func(name string, v any) { out[name] = v })
	return out, err
}

// each works entries out, in their order, without those that are missing.
func each(entries []Entry, view map[string]any, add func(name string, v any)) error {
	for _, e := range entries {
		v, err := e.Value.value(view)
		if err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
		prefix, merged := strings.CutSuffix(e.Name, "$merge")
		switch v := v.(type) {
		case missing:
		case spread:
			add(e.Name, []any(v))
		case map[string]any, []any:
			if !merged {
				add(e.Name, v)
				continue
			}
			addAll(prefix, v, add)
		default:
			add(e.Name, v)
		}
	}
	return nil
}

// addAll adds what is in a dictionary, with prefix before each name, or in
// several: a list of them has an order, which a dictionary has not.
func addAll(prefix string, v any, add func(name string, v any)) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range sorted(v) {
			add(prefix+name, v[name])
		}
	case []any:
		for _, item := range v {
			addAll(prefix, item, add)
		}
	}
}

// pairs works entries out as texts: a list becomes several pairs of one name,
// or where {n} stands in the name, of names with numbers from 1. Any other value
// takes the place of an earlier one of its name.
func pairs(entries []Entry, view map[string]any) ([]Pair, error) {
	var out []Pair
	err := each(entries, view, func(name string, v any) {
		list, isList := v.([]any)
		if !isList {
			p := Pair{name, textOf(v)}
			if i := slices.IndexFunc(out, func(o Pair) bool { return o.Name == name }); i >= 0 {
				out[i] = p
			} else {
				out = append(out, p)
			}
			return
		}
		for i, item := range list {
			out = append(out, Pair{strings.ReplaceAll(name, "{n}", fmt.Sprint(i+1)), textOf(item)})
		}
	})
	return out, err
}
