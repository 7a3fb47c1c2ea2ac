package service

import (
	"strconv"
	"strings"
)

// Path leads to a value of an answer in JSON or XML: names and numbers of list items; "*"
// stands for every item. The empty path leads nowhere.
type Path []string

// ParsePath reads a path such as "data.0.id" or "messages.*.status".
func ParsePath(text string) Path {
	if text == "" {
		return nil
	}
	return strings.Split(text, ".")
}

// all returns every value that a path leads to.
func (p Path) all(v any) []any {
	if len(p) == 0 {
		return []any{v}
	}
	switch v := v.(type) {
	case map[string]any:
		if p[0] == "*" {
			var out []any
			for _, name := range sorted(v) {
				out = append(out, p[1:].all(v[name])...)
			}
			return out
		}
		if item, ok := v[p[0]]; ok {
			return p[1:].all(item)
		}
	case []any:
		if p[0] == "*" {
			var out []any
			for _, item := range v {
				out = append(out, p[1:].all(item)...)
			}
			return out
		}
		if i, err := strconv.Atoi(p[0]); err == nil && i >= 0 && i < len(v) {
			return p[1:].all(v[i])
		}
	}
	return nil
}

// first returns the first value that a path leads to and that is not null.
func (p Path) first(v any) (any, bool) {
	if len(p) == 0 {
		return nil, false
	}
	for _, found := range p.all(v) {
		if found != nil {
			return found, true
		}
	}
	return nil, false
}
