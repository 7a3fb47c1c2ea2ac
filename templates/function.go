package templates

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"text/template"
	"text/template/parse"

	"github.com/agext/levenshtein"
)

// Function describes one function that templates may call.
type Function struct {
	Name string
	Use  string // "trunc N TEXT": [ ] may be left out, ... repeats
	Doc  string // a phrase: what it yields
}

// Functions lists every function that templates may call, by name.
func Functions() []Function { return listed(table().byName) }

// Wire lists the functions that templates of requests may call besides, by name.
func Wire() []Function { return listed(table().wire) }

func listed(byName map[string]*function) []Function {
	list := make([]Function, 0, len(byName))
	for _, f := range byName {
		list = append(list, f.Function)
	}
	slices.SortFunc(list, func(a, b Function) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// function is one row of the table.
type function struct {
	Function
	least, most int // arguments, from Use; most -1: any number
	// call yields the value; arguments are nil, string, bool, int, int64,
	// float64, event.Bytes, event.Duration, event.Severity, time.Time, []any or
	// map[string]any, and none of them is written to. It reports failure
	// through the run. Without a call, the function is text/template's own.
	call func(r *run, args []any) any
	// check looks at the arguments as they are written, for what can be told
	// when the template is parsed; a detail refuses the argument with that
	// number.
	check func(t *Template, args []parse.Node) (at int, detail string)
}

// fn makes a row of the table; use gives the name and the number of arguments.
func fn(use, doc string, call func(r *run, args []any) any) *function {
	words := strings.Fields(use)
	f := &function{Function: Function{Name: words[0], Use: use, Doc: doc}, call: call}
	for _, word := range words[1:] {
		switch {
		case strings.Contains(word, "..."):
			f.most = -1
		case strings.HasPrefix(word, "["):
			f.most++
		default:
			f.least++
			f.most++
		}
	}
	return f
}

// functions is the whole table; it is never written to once it is built.
type functions struct {
	byName map[string]*function
	wire   map[string]*function // for requests alone
	inner  template.FuncMap     // what the compiler puts into the tree
}

// table builds the table once, on first use.
var table = sync.OnceValue(func() *functions {
	t := &functions{
		byName: map[string]*function{},
		wire:   map[string]*function{},
		inner: template.FuncMap{
			"_field": (*run).field, "_of": (*run).of, "_view": (*run).all,
			"_show": (*run).show, "_keep": (*run).keep, "_put": (*run).showField, "_step": (*run).step, "_items": (*run).items,
		},
	}
	for _, group := range [][]*function{
		comparisons(), fallbacks(), texts(), layouts(), fromSprig(), patternFunctions(),
		numbers(), lists(), sequences(), dictionaries(), times(), encodings(),
	} {
		for _, f := range group {
			t.byName[f.Name] = f
		}
	}
	for _, f := range wires() {
		t.wire[f.Name] = f
	}
	return t
})

// literal returns the argument at i when it is a text that is written out.
func literal(args []parse.Node, i int) (string, bool) {
	if i < len(args) {
		if s, ok := args[i].(*parse.StringNode); ok {
			return s.Text, true
		}
	}
	return "", false
}

// unknown tells what to do about a function that is not in the table.
func unknown(name string) string {
	if slices.Contains(Names(true), name) {
		return "for the event's own value write ." + name
	}
	if why := refusal(name); why != "" {
		return name + " is not available: " + why
	}
	if near := nearest(name); near != "" {
		return "there is no function " + name + ": did you mean " + near + "?"
	}
	return "there is no function " + name + ": fields begin with a dot, text stands in quotes"
}

// nearest returns the function whose name is most like name, or nothing.
func nearest(name string) string {
	best, least := "", 1+min(max(2, len(name)/3), 4)
	for _, f := range Functions() {
		if d := levenshtein.Distance(strings.ToLower(name), strings.ToLower(f.Name), nil); d < least {
			best, least = f.Name, d
		}
	}
	return best
}

// refusal tells why a function that sprig or text/template has is left out.
func refusal(name string) string {
	if plain, ok := strings.CutPrefix(name, "must"); ok && plain != "" {
		return "use the one without must"
	}
	for _, r := range [...]struct{ names, why string }{
		{"env expandenv", "templates cannot read the environment; set a local with env(...) and read .local"},
		{"now ago durationRound", "there is no clock, so that an event always reads the same; use .time"},
		{"getHostByName", "templates cannot use the network"},
		{"shuffle uuidv4 randInt randAlpha randAlphaNum randAscii randNumeric randBytes", "there is no chance, so that an event always reads the same; .id is unique"},
		{"bcrypt htpasswd derivePassword encryptAES decryptAES genPrivateKey genCA genCAWithKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey buildCustomCert sha1sum sha256sum sha512sum adler32sum", "messages have no use for keys and digests"},
		{"set unset", "a dictionary is never changed; merge and omit make a new one"},
		{"fail", "a message always goes out; print nothing instead"},
		{"call js typeOf typeIs typeIsLike deepEqual", "compare with eq, and tell kinds apart with kindIs"},
		{"date_in_zone", "use dateInZone"},
		{"date_modify", "use dateModify"},
		{"push", "use append"},
		{"tuple", "use list"},
		{"biggest", "use max"},
		{"trimall", "use trimAll"},
	} {
		if slices.Contains(strings.Fields(r.names), name) {
			return r.why
		}
	}
	return ""
}
