package health

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"tocsin/engine/event"
)

// Every fact can be read in a condition, told to people and kept apart from the others.
func TestFacts(t *testing.T) {
	word := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	names := map[string]bool{}
	types := map[string]event.FieldType{}
	for _, f := range Facts() {
		if !word.MatchString(f.Name) || names[f.Name] {
			t.Errorf("name %q is no word or comes twice", f.Name)
		}
		names[f.Name] = true
		if !strings.HasSuffix(f.Doc, ".") {
			t.Errorf("%s: its doc is no sentence: %q", f.Name, f.Doc)
		}
		key, has := f.Fields[f.Key]
		if f.Each != has || has && key != event.String && key != event.Number {
			t.Errorf("%s: key %q of type %q", f.Name, f.Key, key)
		}
		for name, typ := range f.Fields {
			if !word.MatchString(name) || !slices.Contains(event.FieldTypes(), typ) {
				t.Errorf("%s: field %q of type %q", f.Name, name, typ)
			}
			if was := types[name]; was != "" && was != typ {
				t.Errorf("%s: field %s is %s here and %s elsewhere: as data of events it has one type", f.Name, name, typ, was)
			}
			types[name] = typ
		}
	}
}
