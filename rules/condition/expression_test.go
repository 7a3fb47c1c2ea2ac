package condition

import (
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

func tankNames() Names {
	return NewNames(map[string]event.FieldType{
		"item.level": event.Number, "item.free": event.Size, "item.name": event.String, "item.open": event.Bool, "item.age": event.Span,
		"item.filled": event.Instant, "item.pipes": event.Sequence, "value": event.Number,
	})
}

func TestExpressions(t *testing.T) {
	c := NewCompiler(Schema{Zone: time.UTC, Locals: map[string]any{"whole": 50.0}})
	values := map[string]any{
		"item.level": 20.0, "item.free": event.Bytes(2048), "item.name": "north", "item.open": true, "item.age": event.Duration(time.Hour),
		"item.filled": time.Unix(9, 0), "item.pipes": []any{"a", "b"},
	}
	for _, x := range []struct {
		text    string
		typ     event.FieldType
		want    any
		missing bool // without values it is nil
	}{
		{"item.level", event.Number, 20.0, true},
		{"item.level * 100 / local.whole", event.Number, 40.0, true},
		{"item.free", event.Size, event.Bytes(2048), true},
		{"item.free / 1024", event.Number, 2.0, true},
		{"item.name", event.String, "north", true},
		{"item.open", event.Bool, true, true},
		{"item.level > 10", event.Bool, true, false},
		{"item.age", event.Span, event.Duration(time.Hour), true},
		{"item.filled", event.Instant, time.Unix(9, 0), true},
		{"len(item.pipes)", event.Number, 2.0, true},
		{"item.open ? item.level : 0", event.Number, 20.0, false},
		{"item.level ?? 7", event.Number, 20.0, false},
		{"max(item.level, 30)", event.Number, 30.0, true},
		{"item.free ?? 7", event.Number, 2048.0, false},
		{"(item.level ?? 0) + (item.free ?? 0)", event.Number, 2068.0, false},
		{"min(1, 2)", event.Number, 1.0, false},
	} {
		e, problems := c.CompileValue(x.text, Subject{Names: tankNames()})
		if e == nil {
			t.Errorf("%s: %+v", x.text, problems)
			continue
		}
		if got, err := e.Value(values); err != nil || got != x.want || e.Type() != x.typ || e.String() != x.text {
			t.Errorf("%s is %v %T (%s), %v, want %v (%s)", x.text, got, got, e.Type(), err, x.want, x.typ)
		}
		if got, err := e.Value(nil); err != nil || (got == nil) != x.missing {
			t.Errorf("%s of nothing is %v, %v", x.text, got, err)
		}
	}
}

func TestProblemsOfExpressions(t *testing.T) {
	c := NewCompiler(Schema{Zone: time.UTC})
	for text, want := range map[string]string{
		"item.pipes":          "no single value",
		"[1, 2]":              "no single value",
		"nil":                 "no single value",
		"item.open ? 1 : 'x'": "no single value",
		"item.levl":           `did you mean "item.level"?`,
		"item.name + 1":       "+ does not take",
		"":                    "empty condition",
		"now()":               "no wall clock",
		"find(item.pipes, #)": "",
	} {
		e, problems := c.CompileValue(text, Subject{Names: tankNames()})
		var words strings.Builder
		for _, p := range problems {
			words.WriteString(p.Summary + " " + p.Detail + " " + p.Label)
		}
		if e != nil || !strings.Contains(words.String(), want) {
			t.Errorf("%q: %s, want %s", text, words.String(), want)
		}
	}
}

func TestThreshold(t *testing.T) {
	c := NewCompiler(Schema{Zone: time.UTC, Locals: map[string]any{"full": 90.0}})
	for text, want := range map[string]*Threshold{
		"value >= 85":                            {85, true},
		"90.5 > value":                           {90.5, false},
		"value > local.full and item.level != 3": {90, true},
		"value < bytes('1KiB')":                  {1024, false},
		"value > 80 or value < 10":               nil,
		"value == 80":                            nil,
		"item.level > 80":                        nil,
		"value > item.level":                     nil,
	} {
		cond, problems := c.Compile(text, Subject{Names: tankNames()})
		if cond == nil {
			t.Errorf("%s: %+v", text, problems)
			continue
		}
		got := cond.Threshold()
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// FuzzExpression: whatever is written, compiling and working it out end, and what comes
// out is of the type that it was said to be.
func FuzzExpression(f *testing.F) {
	for _, text := range []string{"item.level ?? 1", "item.open ? item.free : 0", "len(item.pipes) ** 9", "1 / 0", "item.name[0:2]", "max()", "item.age * 2"} {
		f.Add(text)
	}
	c := NewCompiler(Schema{Zone: time.UTC})
	values := map[string]any{
		"item.level": 20.0, "item.free": event.Bytes(2048), "item.name": "north", "item.open": true, "item.age": event.Duration(time.Hour),
		"item.filled": time.Unix(9, 0), "item.pipes": []any{"a", 1.0, nil},
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, problems := c.CompileValue(text, Subject{Names: tankNames()})
		if e == nil {
			if len(problems) == 0 {
				t.Errorf("%q is refused without a reason", text)
			}
			return
		}
		for _, values := range []map[string]any{values, nil} {
			if v, err := e.Value(values); err == nil && v != nil {
				if _, ok := event.Coerce(v, e.Type()); !ok {
					t.Errorf("%q comes to %v, which is no %s", text, v, e.Type())
				}
			}
		}
	})
}
