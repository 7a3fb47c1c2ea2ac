package api

import (
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bunrouter"
)

const openAPIPath = "/api/openapi.json"

// openAPI answers with the OpenAPI document.
func (s *Server) openAPI(w http.ResponseWriter, req bunrouter.Request) error {
	return writeText(w, jsonType, s.document)
}

// either is a body that is an object of JSON, or of another media type.
type either struct{ other text }

// tree is a part of the document.
type tree = map[string]any

// newOpenAPI makes the OpenAPI 3.1 document of operations.
func newOpenAPI(ops map[string]operation) tree {
	g := &schemas{components: tree{}}
	paths := tree{}
	for _, route := range slices.Sorted(maps.Keys(ops)) {
		method, path, _ := strings.Cut(route, " ")
		o := ops[route]
		shown, parameters := pathOf(path)
		methods, ok := paths[shown].(tree)
		if !ok {
			methods = tree{}
			paths[shown] = methods
		}
		methods[strings.ToLower(method)] = g.operation(&o, method, shown, parameters)
	}
	return tree{
		"openapi": "3.1.0",
		"info": tree{
			"title": "tocsin", "version": "1",
			"description": "The notification engine for Proxmox VE and Linux hosts. Errors have one shape; their code is stable, why and do are for people. Members may be added to answers. Beside what is listed, every endpoint may answer 400 needs_tls (without TLS where it is wanted), 405, 415 not_json (a body of a page that is none) and 500.",
		},
		"paths": paths,
		"components": tree{
			"schemas": g.components,
			"securitySchemes": tree{
				"token":   tree{"type": "http", "scheme": "bearer", "description": "tocsin token new makes one; roles are the scopes read, send and admin, which allows all"},
				"session": tree{"type": "apiKey", "in": "cookie", "name": plainCookie, "description": "of POST auth/login; " + secureCookie + " with TLS. What changes something also needs the header " + csrfHeader + "."},
			},
		},
	}
}

var pathParameter = regexp.MustCompile(`[:*](\w+)`)

// pathOf writes a path of the router as OpenAPI does, with its parameters.
func pathOf(path string) (shown string, parameters []any) {
	for _, m := range pathParameter.FindAllStringSubmatch(path, -1) {
		parameters = append(parameters, tree{"name": m[1], "in": "path", "required": true, "schema": tree{"type": "string"}})
	}
	return pathParameter.ReplaceAllString(path, "{$1}"), parameters
}

func (g *schemas) operation(o *operation, method, path string, parameters []any) tree {
	for in, list := range map[string][]parameter{"query": o.query, "header": o.headers} {
		for _, p := range list {
			schema := tree{"type": "string"}
			if len(p.choices) > 0 {
				schema["enum"] = p.choices
			}
			parameters = append(parameters, tree{"name": p.name, "in": in, "description": p.doc, "schema": schema})
		}
	}
	slices.SortStableFunc(parameters, func(a, b any) int {
		return strings.Compare(a.(tree)["in"].(string), b.(tree)["in"].(string))
	})
	answers := tree{}
	if o.status < 400 {
		answers[strconv.Itoa(o.status)] = tree{"description": "done", "content": g.content(o.answer, answerOf)}
	}
	for _, status := range o.failures() {
		content := g.content(failure{}, answerOf)
		if path == Prefix+"/reload" && status == unfit {
			content = g.content(ReloadResult{}, answerOf)
		}
		answers[strconv.Itoa(status)] = tree{"description": http.StatusText(status), "content": content}
	}
	out := tree{"operationId": operationID(method, path), "summary": o.summary, "responses": answers}
	if len(parameters) > 0 {
		out["parameters"] = parameters
	}
	switch {
	case o.scope != "":
		out["security"] = []any{tree{"token": []Scope{o.scope}}, tree{"session": []Scope{o.scope}}}
	case o.known:
		out["security"] = []any{tree{"token": []Scope{}}, tree{"session": []Scope{}}}
	}
	if o.body != nil {
		out["requestBody"] = tree{"required": true, "content": g.body(o)}
	}
	return out
}

// failures lists the statuses of an operation that are no success.
func (o *operation) failures() []int {
	list := append([]int{http.StatusMisdirectedRequest}, o.fails...)
	if o.status >= 400 {
		list = append(list, o.status)
	}
	if o.scope != "" {
		list = append(list, http.StatusForbidden)
	}
	if o.scope != "" || o.known {
		list = append(list, http.StatusUnauthorized, http.StatusServiceUnavailable)
	}
	if len(o.query) > 0 {
		list = append(list, http.StatusBadRequest)
	}
	switch o.body.(type) {
	case nil:
	case text:
		list = append(list, http.StatusRequestEntityTooLarge)
	case either:
		list = append(list, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	default:
		list = append(list, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (g *schemas) body(o *operation) tree {
	object := tree{"schema": tree{"type": "object"}}
	switch body := o.body.(type) {
	case text:
		return tree{string(body): tree{"schema": tree{"type": "string"}, "example": o.example}}
	case either:
		object["example"] = json.RawMessage(o.example)
		return tree{"application/json": object, string(body.other): tree{"schema": tree{"type": "string"}}}
	}
	content := g.content(o.body, requestOf)
	media := content["application/json"].(tree)
	if _, isSend := o.body.(sendBody); isSend {
		media["schema"] = tree{"oneOf": []any{media["schema"], tree{"type": "array", "items": media["schema"]}}}
	}
	media["example"] = json.RawMessage(o.example)
	return content
}

func (g *schemas) content(v any, use use) tree {
	if kind, ok := v.(text); ok {
		return tree{string(kind): tree{"schema": tree{"type": "string"}}}
	}
	schema := g.of(reflect.TypeOf(v), use)
	if _, isSent := v.(sent); isSent {
		schema = tree{"oneOf": []any{schema, tree{"type": "array", "items": schema}}}
	}
	return tree{"application/json": tree{"schema": schema}}
}

func operationID(method, path string) string {
	words := strings.FieldsFunc(strings.TrimPrefix(path, Prefix), func(r rune) bool { return !('a' <= r && r <= 'z') && !('A' <= r && r <= 'Z') })
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.ToLower(method) + strings.Join(words, "")
}

// use tells how a type is used: of a request no member must be there, and none
// besides may be.
type use int

const (
	answerOf use = iota
	requestOf
)

// schemas makes JSON schemas of Go types, as encoding/json writes and reads them.
type schemas struct{ components tree }

var (
	timeType = reflect.TypeFor[time.Time]()
	rawType  = reflect.TypeFor[json.RawMessage]()
	textType = reflect.TypeFor[encoding.TextMarshaler]()
)

func (g *schemas) of(t reflect.Type, use use) tree {
	switch {
	case t == timeType:
		return tree{"type": "string", "format": "date-time"}
	case t == rawType:
		return tree{}
	case t.Implements(textType):
		return tree{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return g.of(t.Elem(), use)
	case reflect.Bool:
		return tree{"type": "boolean"}
	case reflect.String:
		return tree{"type": "string"}
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return tree{"type": "integer"}
	case reflect.Float64:
		return tree{"type": "number"}
	case reflect.Interface:
		return tree{}
	case reflect.Slice:
		return tree{"type": "array", "items": g.of(t.Elem(), use)}
	case reflect.Map:
		return tree{"type": "object", "additionalProperties": g.of(t.Elem(), use)}
	case reflect.Struct:
		return g.object(t, use)
	}
	panic(fmt.Sprintf("api: no schema for %v", t)) // of an answer that is new
}

// object returns a reference to the schema of a struct.
func (g *schemas) object(t reflect.Type, use use) tree {
	name := strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
	ref := tree{"$ref": "#/components/schemas/" + name}
	if _, known := g.components[name]; known {
		return ref
	}
	properties, required := tree{}, []string{}
	schema := tree{"type": "object", "properties": properties}
	g.components[name] = schema // before its fields, which may hold it
	g.fields(t, use, properties, &required)
	switch {
	case use == requestOf:
		schema["additionalProperties"] = t == reflect.TypeFor[sendBody]() // what means nothing is told, not refused
	case len(required) > 0:
		schema["required"] = required
	}
	return ref
}

func (g *schemas) fields(t reflect.Type, use use, properties tree, required *[]string) {
	for field := range t.Fields() {
		tag := field.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case field.Anonymous && tag == "":
			g.fields(field.Type, use, properties, required)
		case tag == "" || tag == "-":
		default:
			properties[name] = g.of(field.Type, use)
			if options == "" {
				*required = append(*required, name)
			}
		}
	}
}
