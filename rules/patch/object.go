package patch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"

	"tocsin/rules"
)

// object is a JSON object whose members stay in their order, so that what is
// written into a file reads as its author wrote it.
type object struct {
	names  []string
	values map[string]any // *object, []any, string, json.Number, bool or nil
}

func newObject() *object { return &object{values: map[string]any{}} }

func (o *object) put(name string, v any) {
	if _, there := o.values[name]; !there {
		o.names = append(o.names, name)
	}
	o.values[name] = v
}

// at puts a value at a path of names, making the objects on the way.
func (o *object) at(v any, path ...string) {
	for _, name := range path[:len(path)-1] {
		inner, ok := o.values[name].(*object)
		if !ok {
			inner = newObject()
			o.put(name, inner)
		}
		o = inner
	}
	o.put(path[len(path)-1], v)
}

// MarshalJSON writes the members in their order.
func (o *object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range o.names {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(o.values[name])
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// The bounds of a patch.
const (
	maxDepth  = 32
	maxValues = 50_000
)

// read reads a JSON object. Its errors quote nothing, as a value may be a secret.
func read(text []byte) (*object, error) {
	r := &reader{Decoder: json.NewDecoder(bytes.NewReader(text))}
	r.UseNumber()
	v, err := r.value(0)
	if err == nil {
		if _, err = r.Token(); errors.Is(err, io.EOF) {
			if o, ok := v.(*object); ok {
				return o, nil
			}
			return nil, errors.New("it is no JSON object")
		}
	}
	if r.beyond {
		return nil, errors.New("it is nested too deeply, or holds too much")
	}
	return nil, errors.New("it is no JSON")
}

// reader reads values.
type reader struct {
	*json.Decoder
	values int
	beyond bool // of the bounds
}

func (r *reader) value(depth int) (any, error) {
	token, err := r.Token()
	delim, opens := token.(json.Delim)
	if r.values++; depth > maxDepth || r.values > maxValues {
		r.beyond = true
		return nil, errors.New("too much")
	}
	if err != nil || !opens {
		return token, err
	}
	if delim == '[' {
		list := []any{}
		for r.More() {
			v, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = r.Token()
		return list, err
	}
	o := newObject()
	for r.More() {
		name, err := r.Token()
		if err != nil {
			return nil, err
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		o.put(name.(string), v)
	}
	_, err = r.Token()
	return o, err
}

// same reports whether a value of a patch is what the document shows.
func same(shown, v any) bool {
	switch shown := shown.(type) {
	case json.Number:
		n, ok := v.(json.Number)
		if !ok {
			return false
		}
		a, errA := shown.Float64()
		b, errB := n.Float64()
		return shown == n || errA == nil && errB == nil && a == b
	case rules.Hidden:
		return isMask(v)
	case []any:
		list, ok := v.([]any)
		return ok && slices.EqualFunc(shown, list, same)
	case map[string]any:
		o, ok := v.(*object)
		if !ok || len(o.names) != len(shown) {
			return false
		}
		for _, name := range o.names {
			if inner, there := shown[name]; !there || !same(inner, o.values[name]) {
				return false
			}
		}
		return true
	}
	return shown == v
}

var asterisks = regexp.MustCompile(`^\*{8,}$`)

// isMask reports whether a value is what stands in place of a secret, here or in
// ProxMenux.
func isMask(v any) bool {
	switch v := v.(type) {
	case *object:
		_, ok := v.values["set"].(bool)
		return ok && len(v.names) == 1
	case string:
		return v == maskedText || asterisks.MatchString(v)
	}
	return false
}

// maskedText is what diffs and records have in place of a secret.
var maskedText = rules.Masked[1 : len(rules.Masked)-1]

// holdsMask reports whether any part of a value is a mask.
func holdsMask(v any) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, holdsMask)
	case *object:
		for _, inner := range v.values {
			if holdsMask(inner) {
				return true
			}
		}
	}
	return isMask(v)
}
