package builtin_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// normal brings a request into the form in which two are compared. Names of
// headers have no case, and all else is held to the letter.
func normal(w wireRequest) wireRequest {
	headers := map[string]string{}
	for name, value := range w.Headers {
		if name = http.CanonicalHeaderKey(name); name != "Accept" { // the recordings leave it out
			headers[name] = value
		}
	}
	w.Headers = headers
	w.URL, _, _ = strings.Cut(w.URL, "?") // it stands in Query as well
	if len(w.Query) == 0 {
		w.Query = nil
	}
	if text, raw := w.Body.(string); raw && headers["Content-Type"] == "application/x-www-form-urlencoded" {
		w.BodyType, w.Body = unescaped(text)
	}
	if w.BodyType == "form" {
		w.Body = formOf(w.Body)
	}
	return w
}

// unescaped reads a form of one pair whose value was written without escapes,
// so that no server would read it as it was meant; JSON in it means what it says.
func unescaped(text string) (kind string, body any) {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return "text", text
	}
	return "form", [][2]string{{name, compactJSON(value)}}
}

func compactJSON(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.Encode(v)
	return strings.TrimSpace(out.String())
}

func formOf(body any) [][2]string {
	if pairs, ok := body.([][2]string); ok {
		return pairs
	}
	var out [][2]string
	list, _ := body.([]any)
	for _, item := range list {
		pair, _ := item.([]any)
		if len(pair) == 2 {
			out = append(out, [2]string{fmt.Sprint(pair[0]), fmt.Sprint(pair[1])})
		}
	}
	return out
}

// blank takes out of both what changes from run to run.
func blank(got, want []wireRequest, path string) {
	words := strings.Split(strings.Trim(path, "/"), "/")
	if len(words) < 2 {
		return
	}
	i, err := strconv.Atoi(words[0])
	if err != nil {
		return
	}
	for _, list := range [][]wireRequest{got, want} {
		if i < len(list) {
			blankIn(&list[i], words[1:])
		}
	}
}

const changing = "(changes)"

func blankIn(w *wireRequest, path []string) {
	switch path[0] {
	case "headers":
		if name := http.CanonicalHeaderKey(path[1]); w.Headers[name] != "" {
			w.Headers[name] = changing
		}
	case "url":
		w.URL = changing
	case "query":
		w.Query = blankPair(w.Query, path[1:])
	case "body":
		if pairs, ok := w.Body.([][2]string); ok {
			w.Body = blankPair(pairs, path[1:])
			return
		}
		w.Body = blankValue(w.Body, path[1:])
	}
}

// blankPair blanks the value of one pair, by its number.
func blankPair(pairs [][2]string, path []string) [][2]string {
	if i, err := strconv.Atoi(path[0]); err == nil && i < len(pairs) {
		pairs = slices.Clone(pairs)
		pairs[i][1] = changing
	}
	return pairs
}

func blankValue(v any, path []string) any {
	if len(path) == 0 {
		return changing
	}
	switch v := v.(type) {
	case map[string]any:
		if item, there := v[path[0]]; there {
			v = maps.Clone(v)
			v[path[0]] = blankValue(item, path[1:])
		}
		return v
	case []any:
		if i, err := strconv.Atoi(path[0]); err == nil && i < len(v) {
			v = slices.Clone(v)
			v[i] = blankValue(v[i], path[1:])
		}
		return v
	}
	return v
}

// drop takes a place out of all requests: a header, a pair of a query or form,
// or a value within JSON, by their names.
func drop(list []wireRequest, place string) {
	words := strings.Split(place, "/")
	for i := range list {
		switch w := &list[i]; {
		case place == "url":
			w.URL = ""
		case words[0] == "headers":
			delete(w.Headers, http.CanonicalHeaderKey(words[1]))
		case words[0] == "query":
			w.Query = withoutPair(w.Query, words[1])
		case words[0] == "body":
			if pairs, ok := w.Body.([][2]string); ok {
				w.Body = withoutPair(pairs, words[1])
				continue
			}
			w.Body = withoutValue(w.Body, words[1:])
		}
	}
}

func withoutPair(pairs [][2]string, name string) [][2]string {
	return slices.DeleteFunc(slices.Clone(pairs), func(p [2]string) bool { return p[0] == name })
}

func withoutValue(v any, path []string) any {
	switch v := v.(type) {
	case map[string]any:
		v = maps.Clone(v)
		if item, there := v[path[0]]; there && len(path) > 1 {
			v[path[0]] = withoutValue(item, path[1:])
		} else {
			delete(v, path[0])
		}
		return v
	case []any: // each of the list
		v = slices.Clone(v)
		for i := range v {
			v[i] = withoutValue(v[i], path)
		}
		return v
	}
	return v
}
