package channeltest

import (
	"errors"
	"slices"
	"strings"

	"tocsin/channels"
)

// describes checks that people learn from the kind how to use it.
func (x *exam) describes() {
	k := x.Kind
	if k.Name == "" || strings.ToLower(k.Name) != k.Name {
		x.faultf("Kind.Name is %q: want a lower-case word", k.Name)
	}
	if k.Doc == "" {
		x.faultf("Kind.Doc is empty")
	}
	if k.New == nil {
		x.faultf("Kind.New is nil")
	}
	// The configuration language, its reference and the panel's forms are all
	// made from the fields, so that each must say what it is.
	types := []channels.FieldType{channels.String, channels.Number, channels.Bool, channels.List, channels.Secret, channels.Address, channels.Map, channels.Template}
	seen := map[string]bool{}
	for _, f := range k.Fields {
		if f.Name == "" || seen[f.Name] {
			x.faultf("field %q has no name or comes twice", f.Name)
		}
		seen[f.Name] = true
		if f.Doc == "" || f.Example == "" {
			x.faultf("field %q lacks a Doc or an Example", f.Name)
		}
		if !slices.Contains(types, f.Type) {
			x.faultf("field %q has the unknown type %q", f.Name, f.Type)
		}
		if f.Required && f.Default != "" {
			x.faultf("field %q is required and has a default", f.Name)
		}
	}
}

// requires checks that a channel without its required fields is refused by the
// name of one of them.
func (x *exam) requires() {
	var required []string
	for _, f := range x.Kind.Fields {
		if f.Required {
			required = append(required, f.Name)
		}
	}
	if len(required) == 0 {
		return
	}
	_, err := x.Kind.New(channels.Values{})
	field, ok := errors.AsType[*channels.FieldError](err)
	switch {
	case !ok:
		x.faultf("New without %v: got %v, want a *channels.FieldError", required, err)
	case !slices.Contains(required, field.Field):
		x.faultf("New without %v: the error names the field %q", required, field.Field)
	case field.Summary == "" || field.Detail == "":
		x.faultf("New without %v: the error lacks a summary or a detail: %#v", required, field)
	}
}
