package condition

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"tocsin/engine/event"
)

// checkLiterals holds every literal that is compared with a name against what
// the name can be. It reports false when one cannot.
func (r *resolver) checkLiterals(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryNode:
		r.compared(n)
	case *ast.CallNode:
		r.globbed(n)
	}
	for _, child := range children(n) {
		r.checkLiterals(child)
	}
	return !r.failed()
}

// compared looks at one operator and its two sides.
func (r *resolver) compared(n *ast.BinaryNode) {
	switch n.Operator {
	case "==", "!=", "<", "<=", ">", ">=":
		r.pair(n, n.Left, n.Right)
		r.pair(n, n.Right, n.Left)
	case "in":
		if list, ok := n.Right.(*ast.ArrayNode); ok {
			for _, item := range list.Nodes {
				r.pair(n, n.Left, item)
			}
		}
		if attr, ok := attrOf(n.Right); ok && attr == "data" {
			r.fieldName(n.Left)
		}
	case "matches":
		r.pattern(n.Right)
	}
}

// globLike finds patterns that mean something else than their author thinks:
// a star behind a letter or underscore at the end.
var globLike = regexp.MustCompile(`^[A-Za-z0-9_-]+\*$|^\*`)

// pattern checks the right side of matches.
func (r *resolver) pattern(n ast.Node) {
	text, ok := n.(*ast.StringNode)
	if !ok {
		r.add(n, CodeRefused, "pattern is no literal", "Write the pattern out: matches '^pve'. Use contains for text that is known only when the event comes.")
		return
	}
	_, err := regexp.Compile(text.Value)
	switch glob := globLike.MatchString(text.Value); {
	case glob:
		p := r.add(n, CodeGlob, "pattern looks like a glob", fmt.Sprintf("matches takes a regular expression, in which * repeats the character before it. Write glob(TEXT, '%s').", text.Value))
		p.Warning = err == nil
	case err != nil:
		r.add(n, CodeLiteral, "invalid pattern", sentence(strings.TrimPrefix(err.Error(), "error parsing regexp: "))+" Patterns are RE2.")
	}
}

// pair checks one literal against the name on the other side of a comparison.
func (r *resolver) pair(n *ast.BinaryNode, side, other ast.Node) {
	attr, ok := attrOf(side)
	if !ok {
		return
	}
	text, isText := other.(*ast.StringNode)
	switch {
	case attr == "severity":
		r.severity(n, other)
	case attr == "type" && isText:
		r.word(text, "event type", r.schema.Types, r.types)
	case attr == "group" && isText:
		r.word(text, "group", r.schema.Groups, r.groups)
	default:
		key, _ := keyOf(side)
		r.sameType(key, other)
	}
}

// word reports a text that names nothing in the catalogue.
func (r *resolver) word(n *ast.StringNode, what string, all []string, known map[string]bool) {
	if known[n.Value] {
		return
	}
	if r.bursts[n.Value] {
		r.add(n, CodeLiteral, n.Value+" is a burst", "A burst goes where its events go. Name these events instead.")
		return
	}
	p := r.add(n, CodeLiteral, fmt.Sprintf("unknown %s %q", what, n.Value), "Nothing of that name is in the catalogue, so the comparison never holds.")
	suggest(p, n.Value, slices.Values(all), "")
}

// severity checks a comparison of event.severity. Only literals have a rank
// that is known at load; two texts can still be compared for being equal.
func (r *resolver) severity(n *ast.BinaryNode, other ast.Node) {
	text, isText := other.(*ast.StringNode)
	switch {
	case isText && !isSeverity(text.Value):
		p := r.add(text, CodeLiteral, fmt.Sprintf("unknown severity %q", text.Value), "Severities are 'INFO', 'WARNING' and 'CRITICAL'.")
		if s, ok := event.ParseSeverity(text.Value); ok {
			p.Label = "write '" + s.String() + "'"
			return
		}
		detail := p.Detail
		suggest(p, text.Value, slices.Values([]string{"INFO", "WARNING", "CRITICAL"}), "")
		p.Detail = detail
	case !isText && !isEquality(n.Operator) && n.Operator != "in":
		r.add(other, CodeType, "severity compared with something unknown", "Which severity is higher is known for literals only: event.severity >= 'WARNING'.")
	}
}

// isSeverity reports whether a word is one of the three. Other words for them,
// such as error, are for events from outside.
func isSeverity(word string) bool {
	_, ok := severityRank(word)
	return ok
}

// severityRank returns the place of a severity in their order.
func severityRank(word string) (int, bool) {
	for _, s := range event.Severities() {
		if strings.EqualFold(word, s.String()) {
			return int(s), true
		}
	}
	return 0, false
}

// sameType checks a literal against the declared type of a data field, in
// words that say how to write it.
func (r *resolver) sameType(key string, other ast.Node) {
	what := r.used[key]
	got := literalType(other)
	if what.field == "" || got == "" {
		return
	}
	field := strings.TrimPrefix(strings.TrimPrefix(key, "cause.data."), "event.data.")
	remedy := ""
	switch want := what.field; {
	case want == got, want == event.Size && got == event.Number:
		return
	case want == event.Number && got == event.String:
		remedy = "Write the number without quotes."
	case want == event.String && got == event.Number:
		remedy = "Put it in single quotes."
	case want == event.Bool:
		remedy = "Compare it with true or false, or write it alone."
	case want == event.Size:
		remedy = "Write bytes('50MiB')."
	case want == event.Span:
		remedy = "Write duration('15m')."
	case want == event.Sequence:
		remedy = fmt.Sprintf("Ask what is in it: VALUE in %s.", key)
	case want == event.Instant:
		remedy = "Times are compared with other times, or by hour() and weekday()."
	default:
		remedy = "Compare values of the same type."
	}
	r.add(other, CodeType, fmt.Sprintf("%s is %s, not %s", field, kindOf(what.field), kindOf(got)), remedy)
}

// kindOf names a type of data as people say it.
func kindOf(t event.FieldType) string {
	switch t {
	case event.Number:
		return "a number"
	case event.Bool:
		return "true or false"
	case event.Size:
		return "a size"
	case event.Span:
		return "a duration"
	case event.Instant:
		return "a time"
	case event.Sequence:
		return "a list"
	}
	return "text"
}

// literalType returns the type of a literal, or nothing for all other nodes.
func literalType(n ast.Node) event.FieldType {
	switch n.(type) {
	case *ast.StringNode:
		return event.String
	case *ast.IntegerNode, *ast.FloatNode:
		return event.Number
	case *ast.BoolNode:
		return event.Bool
	}
	return ""
}

// fieldName checks the literal of 'vmid' in event.data.
func (r *resolver) fieldName(n ast.Node) {
	text, ok := n.(*ast.StringNode)
	if !ok {
		return
	}
	if _, declared := r.schema.Fields[text.Value]; !declared {
		p := r.add(n, CodeUndeclared, fmt.Sprintf("no event declares the data field %q", text.Value), "No event of the catalogue carries it.")
		p.Warning = true
		suggest(p, text.Value, keys(r.schema.Fields), "")
	}
}

// globbed checks glob(event.type, 'backup_*'): the pattern must fit something.
func (r *resolver) globbed(n *ast.CallNode) {
	id, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || id.Value != "glob" || len(n.Arguments) != 2 {
		return
	}
	attr, _ := attrOf(n.Arguments[0])
	pattern, ok := n.Arguments[1].(*ast.StringNode)
	words, what := r.schema.Types, "event type"
	switch {
	case !ok, attr != "type" && attr != "group":
		return
	case attr == "group":
		words, what = r.schema.Groups, "group"
	}
	fits := func(word string) bool { ok, _ := path.Match(pattern.Value, word); return ok }
	if !slices.ContainsFunc(words, fits) {
		r.add(pattern, CodeLiteral, fmt.Sprintf("%q fits no %s", pattern.Value, what), "Nothing in the catalogue has such a name, so it never holds.")
	}
}

// keyOf returns the flat key that n reads.
func keyOf(n ast.Node) (string, bool) {
	id, ok := n.(*ast.IdentifierNode)
	if !ok {
		return "", false
	}
	return id.Value, true
}

// attrOf returns which attribute of an event n reads: the key without the word
// for the event. A name that is not the event's is what it is.
func attrOf(n ast.Node) (string, bool) {
	key, ok := keyOf(n)
	if !ok {
		return "", false
	}
	root, attr, ok := strings.Cut(key, ".")
	if !ok || root != "event" && root != "cause" {
		return key, true
	}
	return attr, true
}

// rankSeverities replaces comparisons of event.severity with literals by
// comparisons of their ranks.
func (r *resolver) rankSeverities(n ast.Node) ast.Node {
	if b, ok := n.(*ast.BinaryNode); ok {
		switch b.Operator {
		case "==", "!=", "<", "<=", ">", ">=", "in":
			r.rank(b, &b.Left, &b.Right)
			r.rank(b, &b.Right, &b.Left)
		}
	}
	for _, child := range children(n) {
		r.rankSeverities(child)
	}
	return n
}

// rank rewrites one side of a comparison when the other one is a literal.
func (r *resolver) rank(b *ast.BinaryNode, side, other *ast.Node) {
	key, _ := keyOf(*side)
	if attr, ok := attrOf(*side); !ok || attr != "severity" {
		return
	}
	ranked, ok := ranksOf(*other)
	if !ok {
		return
	}
	*side, *other = r.use(*side, key+" (rank)", rank()), ranked
}

// ranksOf returns the rank of a literal, or those of a list of literals.
func ranksOf(n ast.Node) (ast.Node, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		if i, ok := severityRank(n.Value); ok {
			return like(&ast.IntegerNode{Value: i}, n), true
		}
	case *ast.ArrayNode:
		out := &ast.ArrayNode{}
		for _, item := range n.Nodes {
			ranked, ok := ranksOf(item)
			if !ok {
				return nil, false
			}
			out.Nodes = append(out.Nodes, ranked)
		}
		return like(out, n), len(out.Nodes) > 0
	}
	return nil, false
}
