package service

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"tocsin/engine/event"
	"tocsin/templates"
)

// plain turns what a template yields into what JSON knows: the types of tocsin
// become texts as people write them.
func plain(v any) any {
	switch v := v.(type) {
	case nil, bool, string, int, int64, float64:
		return v
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plain(item)
		}
		return out
	case []string:
		return anyList(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[name] = plain(item)
		}
		return out
	case templates.Null:
		return nil
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return event.Text(v)
}

// textOf returns a value as a header, a query or a form has it.
func textOf(v any) string {
	switch v := v.(type) {
	case map[string]any, []any:
		text, err := encodeJSON(v)
		if err != nil {
			return ""
		}
		return string(text)
	case nil:
		return ""
	}
	return event.Text(v)
}

// truthy reports whether a value is more than nothing: as templates take it.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case int:
		return v != 0
	case int64:
		return v != 0
	case float64:
		return v != 0
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return event.Text(v) != ""
}

// asList returns a list as it is, a single value as a list of one.
func asList(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case []string:
		return anyList(v)
	}
	if !truthy(v) {
		return nil
	}
	return []any{v}
}

func anyList(texts []string) []any {
	out := make([]any, len(texts))
	for i, text := range texts {
		out[i] = text
	}
	return out
}

func sorted(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// with returns a view with one more name.
func with(view map[string]any, name string, v any) map[string]any {
	out := maps.Clone(view)
	out[name] = v
	return out
}

// number reads a number out of JSON, or of what a template yields.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case string:
		var n float64
		err := json.Unmarshal([]byte(v), &n)
		return n, err == nil
	}
	return 0, false
}
