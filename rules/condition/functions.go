package condition

import (
	"fmt"
	"maps"
	"net/netip"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"

	"tocsin/engine/event"
	"tocsin/engine/window"
)

// function is one function of ours.
type function struct {
	name  string
	types []any // its signatures, as pointers to functions
	call  func(args ...any) (any, error)
	// answers says that it returns true or false: with a missing argument it
	// is false. Others are missing then.
	answers bool
	// constant gives the position of an argument that is checked at load when
	// it is a literal, by calling the function with samples for the others.
	constant int
	sample   any
	// prepare works a constant argument out once, at load; the call is given
	// the result in its place.
	prepare func(string) (any, error)
}

// functions lists the functions of ours.
func functions(zone *time.Location) []function {
	if zone == nil {
		zone = time.UTC
	}
	return []function{
		{name: "bytes", types: []any{new(func(string) float64)}, call: bytesOf},
		{name: "duration", types: []any{new(func(string) time.Duration)}, call: durationOf},
		{
			name: "glob", types: []any{new(func(string, string) bool), new(func(string, globPattern) bool)},
			call: glob, answers: true, constant: 1, sample: "", prepare: func(text string) (any, error) { return newGlob(text) },
		},
		{
			name: "cidr", types: []any{new(func(string, string) bool), new(func(string, netip.Prefix) bool)},
			call: cidr, answers: true, constant: 1, sample: "::1", prepare: func(text string) (any, error) { return newPrefix(text) },
		},
		{
			name: "during", types: []any{new(func(time.Time, string) bool), new(func(time.Time, window.Window) bool)},
			call: func(args ...any) (any, error) { return during(zone, args) }, answers: true, constant: 1, sample: time.Time{},
			prepare: func(text string) (any, error) { return newWindow(text, zone) },
		},
		{name: "hour", types: []any{new(func(time.Time) int)}, call: func(args ...any) (any, error) {
			return args[0].(time.Time).In(zone).Hour(), nil
		}, constant: -1},
		{name: "weekday", types: []any{new(func(time.Time) string)}, call: func(args ...any) (any, error) {
			return strings.ToLower(args[0].(time.Time).In(zone).Weekday().String()[:3]), nil
		}, constant: -1},
	}
}

// expr returns the function as expr takes it.
func (f function) expr() *builtin.Function {
	config := conf.Config{Functions: map[string]*builtin.Function{}}
	expr.Function(f.name, f.call, f.types...)(&config)
	return config.Functions[f.name]
}

// bytesOf reads a size in the words of the catalogue.
func bytesOf(args ...any) (any, error) {
	b, ok := event.ParseBytes(args[0].(string))
	if !ok {
		return nil, fmt.Errorf(`%q is no size: write "50MiB", "2 GB" or "1.5TiB"`, args[0])
	}
	return float64(b), nil
}

// durationOf reads a duration as everywhere in the language, days and weeks
// included.
func durationOf(args ...any) (any, error) {
	d, ok := event.ParseDuration(args[0].(string))
	if !ok {
		return nil, fmt.Errorf(`%q is no duration: write "90s", "15m" or "7d"`, args[0])
	}
	return d, nil
}

// globPattern is a pattern in which a slash is a character like others.
type globPattern string

func newGlob(text string) (globPattern, error) {
	if _, err := path.Match(text, ""); err != nil {
		return "", fmt.Errorf("%q is no glob: * stands for any text, ? for one character, [a-z] for one of them", text)
	}
	return globPattern(hideSlashes(text)), nil
}

func hideSlashes(text string) string { return strings.ReplaceAll(text, "/", "\x00") }

// Glob returns a function that matches the whole of a text against a glob, as glob()
// does.
func Glob(pattern string) (func(text string) bool, error) {
	p, err := newGlob(pattern)
	if err != nil {
		return nil, err
	}
	return func(text string) bool {
		ok, _ := path.Match(string(p), hideSlashes(text))
		return ok
	}, nil
}

// glob matches * and ? and [a-z] over the whole text.
func glob(args ...any) (any, error) {
	pattern, ok := args[1].(globPattern)
	if !ok {
		var err error
		if pattern, err = newGlob(args[1].(string)); err != nil {
			return false, err
		}
	}
	return path.Match(string(pattern), hideSlashes(args[0].(string)))
}

func newPrefix(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return prefix, fmt.Errorf(`%q is no network: write "10.0.0.0/8" or "fd00::/8"`, text)
	}
	return prefix, nil
}

// cidr reports whether an address is in a network. An IPv4 address in IPv6 form
// is the IPv4 address.
func cidr(args ...any) (any, error) {
	prefix, ok := args[1].(netip.Prefix)
	if !ok {
		var err error
		if prefix, err = newPrefix(args[1].(string)); err != nil {
			return false, err
		}
	}
	ip, err := netip.ParseAddr(args[0].(string))
	if err != nil {
		return false, nil // no address is in no network
	}
	return prefix.Contains(ip.Unmap()), nil
}

func newWindow(text string, zone *time.Location) (window.Window, error) {
	w, err := window.Parse(text, zone)
	if err != nil {
		return w, fmt.Errorf("%w: write 'mon-fri 09:00-18:00' or '22:00-07:00 Europe/Madrid'", err)
	}
	return w, nil
}

// during reports whether a time is in a window of the week.
func during(zone *time.Location, args []any) (any, error) {
	w, ok := args[1].(window.Window)
	if !ok {
		var err error
		if w, err = newWindow(args[1].(string), zone); err != nil {
			return false, err
		}
	}
	return w.Contains(args[0].(time.Time)), nil
}

// constantCall checks the constant argument of a call at load, and replaces a
// call whose value is known by it.
func (r *resolver) constantCall(n *ast.CallNode) ast.Node {
	f := r.own[n.Callee.(*ast.IdentifierNode).Value]
	if f.constant < 0 || f.constant >= len(n.Arguments) {
		return n
	}
	arg, ok := n.Arguments[f.constant].(*ast.StringNode)
	if !ok {
		return n
	}
	args := make([]any, len(n.Arguments))
	for i := range args {
		args[i] = f.sample
	}
	args[f.constant] = arg.Value
	v, err := f.call(args...)
	if err != nil {
		r.add(arg, CodeLiteral, "invalid argument of "+f.name+"()", sentence(err.Error()))
		return n
	}
	if len(n.Arguments) > 1 {
		return n
	}
	out := &ast.ConstantNode{Value: v}
	return like(out, n)
}

// prepareCalls works out the constant arguments of calls, so that no pattern and
// no window is read again for each event.
func (r *resolver) prepareCalls(n ast.Node) {
	for _, child := range children(n) {
		r.prepareCalls(child)
	}
	call, ok := n.(*ast.CallNode)
	if !ok {
		return
	}
	f := r.own[call.Callee.(*ast.IdentifierNode).Value]
	if f.prepare == nil {
		return
	}
	arg, ok := call.Arguments[f.constant].(*ast.StringNode)
	if !ok {
		return
	}
	if v, err := f.prepare(arg.Value); err == nil { // else it was reported
		constant := &ast.ConstantNode{Value: v}
		constant.SetType(reflect.TypeOf(v))
		call.Arguments[f.constant] = like(constant, arg)
	}
}

// builtins lists the functions of expr that conditions have, and whether each
// answers true or false, like function.answers. It is an allow-list: what it
// leaves out grows text, copies lists, reads the clock or has no use here.
func builtins() map[string]bool {
	return map[string]bool{
		"all": true, "any": true, "none": true, "one": true, "hasPrefix": true, "hasSuffix": true,
		"count": false, "filter": false, "find": false, "first": false, "last": false, "join": false,
		"len": false, "lower": false, "upper": false, "trim": false, "trimPrefix": false, "trimSuffix": false, "indexOf": false,
		"abs": false, "ceil": false, "floor": false, "round": false, "min": false, "max": false,
		"int": false, "float": false, "string": false,
	}
}

// refusedFunctions says why some functions that users of expr know are not
// there, and what to use instead.
func refusedFunctions() map[string]string {
	clock := "There is no wall clock, so that the same event always gets the same answer. Use event.time."
	grow := "It can grow without bound. Use contains, matches or startsWith."
	list := "Use any(list, …), all(list, …) or count(list, …)."
	return map[string]string{
		"now": clock, "date": clock, "timezone": "Times are in the configured zone.",
		"repeat": grow, "replace": grow, "split": grow, "splitAfter": grow,
		"reduce": list, "map": list, "sortBy": list, "groupBy": list, "flatten": list, "concat": list, "sort": list,
		"fromJSON": "Only the event's own fields can be read.", "toJSON": "Compare the fields one by one.",
	}
}

// functionNames lists every function in byte order.
func functionNames(own map[string]function) []string {
	return slices.Sorted(func(yield func(string) bool) {
		for name := range maps.Keys(builtins()) {
			if !yield(name) {
				return
			}
		}
		for name := range own {
			if !yield(name) {
				return
			}
		}
	})
}
