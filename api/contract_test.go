package api

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract holds answers against the OpenAPI document.
type contract struct {
	compiler *jsonschema.Compiler
	document tree
	mu       sync.Mutex
	schemas  map[string]*jsonschema.Schema
}

// theContract is made once: it is the same for every test.
var theContract = sync.OnceValue(func() *contract {
	text, err := json.Marshal(newOpenAPI(operations()))
	if err != nil {
		panic(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		panic(err)
	}
	document := parsed.(tree)
	for name, schema := range document["components"].(tree)["schemas"].(tree) {
		if s := schema.(tree); name != "SettingsAnswer" && s["additionalProperties"] == nil {
			s["additionalProperties"] = false // the document lets members be added; here none may be forgotten
		}
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("openapi.json", document); err != nil {
		panic(err)
	}
	return &contract{compiler: c, document: document, schemas: map[string]*jsonschema.Schema{}}
})

// routeOf finds the path of the document that a path is one of.
func (c *contract) routeOf(method, path string) (route string, op tree) {
	for shown, methods := range c.document["paths"].(tree) {
		op, ok := methods.(tree)[strings.ToLower(method)].(tree)
		rest := strings.HasSuffix(shown, "/{path}") || strings.HasSuffix(shown, "/{labels}")
		if ok && matches(strings.Split(shown, "/"), strings.Split(path, "/"), rest) {
			return shown, op
		}
	}
	return "", nil
}

func matches(pattern, path []string, rest bool) bool {
	if len(path) < len(pattern) || len(path) > len(pattern) && !rest {
		return false
	}
	for i, part := range pattern {
		if part != path[i] && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}

// hold fails the test unless an answer is one that the document has.
func (c *contract) hold(tb testing.TB, method, target string, a reply) (route string) {
	tb.Helper()
	u, err := url.Parse(target)
	if err != nil || method == "HEAD" {
		return ""
	}
	route, op := c.routeOf(method, u.EscapedPath())
	if op == nil {
		return ""
	}
	answer, ok := op["responses"].(tree)[fmt.Sprint(a.status)].(tree)
	if !ok {
		everywhere := []string{errMethod.Code, errInternal.Code, errMedia.Code, errPlain.Code}
		if !slices.Contains(everywhere, a.fault.Code) {
			tb.Errorf("%s %s: the status %d is not in the document", method, route, a.status)
		}
		return ""
	}
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	if _, ok := answer["content"].(tree)[kind]; !ok {
		tb.Errorf("%s %s: %d is answered as %q, which is not in the document", method, route, a.status, kind)
		return ""
	}
	if kind == "application/json" {
		at := strings.NewReplacer("~", "~0", "/", "~1")
		c.validate(tb, fmt.Sprintf("openapi.json#/paths/%s/%s/responses/%d/content/application~1json/schema", at.Replace(route), strings.ToLower(method), a.status), a.body)
	}
	return method + " " + route
}

func (c *contract) validate(tb testing.TB, pointer, text string) {
	tb.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	schema, ok := c.schemas[pointer]
	if !ok {
		var err error
		if schema, err = c.compiler.Compile(strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer)); err != nil {
			tb.Fatalf("%s: %v", pointer, err)
		}
		c.schemas[pointer] = schema
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err == nil {
		err = schema.Validate(v)
	}
	if err != nil {
		tb.Errorf("%s: %v\n%s", pointer, err, text)
	}
}
