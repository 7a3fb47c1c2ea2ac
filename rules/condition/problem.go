package condition

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

// The codes of problems.
const (
	CodeSyntax     = "C401" // it does not parse
	CodeName       = "C402" // an unknown name or function
	CodeType       = "C403" // operands that do not go together
	CodeLiteral    = "C404" // a literal that names no type, group or severity
	CodeRefused    = "C405" // a construct that conditions do not have
	CodeUndeclared = "C406" // a data field that no event declares; a warning
	CodeGlob       = "C407" // a pattern that looks like a glob; a warning
)

// Problem is what is wrong with a part of a condition.
type Problem struct {
	From, To int    // bytes of the text
	Code     string // one of the codes above
	Warning  bool   // the condition compiles all the same
	Summary  string // short noun phrase
	Detail   string // a sentence with the remedy
	Label    string // short word to stand at the part: did you mean "vmid"?
}

// problems collects what is wrong with one text.
type problems struct {
	text string
	list []Problem
}

// add notes a problem with a node of the tree.
func (p *problems) add(n ast.Node, code, summary, detail string) *Problem {
	return p.at(n.Location(), code, summary, detail)
}

// at notes a problem with a part of the text. The offsets of loc count runes.
func (p *problems) at(loc file.Location, code, summary, detail string) *Problem {
	from := byteOffset(p.text, loc.From)
	to := max(byteOffset(p.text, loc.To), from)
	for _, old := range p.list {
		if old.From == from && old.Code == code {
			return &Problem{} // one cause, one problem
		}
	}
	p.list = append(p.list, Problem{From: from, To: to, Code: code, Summary: summary, Detail: detail})
	return &p.list[len(p.list)-1]
}

// failed reports whether a problem is more than a warning.
func (p *problems) failed() bool {
	for _, q := range p.list {
		if !q.Warning {
			return true
		}
	}
	return false
}

// byteOffset returns the byte offset of the n-th rune of text.
func byteOffset(text string, n int) int {
	at := 0
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// addError notes an error of expr itself, in words that fit ours.
func (p *problems) addError(err error, code string) {
	loc, message := file.Location{To: utf8.RuneCountInString(p.text)}, err.Error()
	if fe, ok := errors.AsType[*file.Error](err); ok {
		loc, message = fe.Location, fe.Message
	}
	if code == CodeSyntax {
		p.at(loc, code, "invalid condition", syntaxRemedy(message))
		return
	}
	p.at(loc, code, typeSummary(message), typeRemedy(message))
}

// syntaxRemedy says what most likely went wrong when expr did not understand
// the text.
func syntaxRemedy(message string) string {
	word := between(message, `("`, `")`)
	switch {
	case word == "=":
		return "A comparison is written with ==."
	case isWord(word, "AND", "OR", "NOT", "And", "Or", "Not", "IN", "In"):
		return fmt.Sprintf("Operators are written in lower case: %s.", strings.ToLower(word))
	case strings.Contains(message, "EOF"), strings.Contains(message, "unexpected end"):
		return "Something is missing at the end: an operand or a closing bracket."
	case strings.Contains(message, "literal not terminated"):
		return "Close the text with the quote that it began with."
	case strings.Contains(message, "maximum allowed nodes"):
		return fmt.Sprintf("A condition has at most %d parts. Split it over several blocks.", maxNodes)
	case word != "":
		return fmt.Sprintf("%q does not fit here. Between two operands stands an operator: and, or, ==, !=, <, in, contains …", word)
	}
	return sentence(message)
}

// typeSummary returns the noun phrase for an error of the type check.
func typeSummary(message string) string {
	if strings.Contains(message, "mismatched type") {
		return "operands that do not go together"
	}
	return "wrong type"
}

// typeRemedy puts expr's words for types into ours.
func typeRemedy(message string) string {
	words := strings.NewReplacer(
		"map[string]interface {}", "map", "[]interface {}", "list", "[]string", "list", "interface {}", "any value",
		"time.Duration", "duration", "time.Time", "time", "float64", "number", "int64", "number", "int", "number",
		"string", "text", "invalid operation: ", "")
	message = words.Replace(message)
	if op, types, ok := strings.Cut(strings.TrimSuffix(message, ")"), " (mismatched types "); ok {
		switch op {
		case "in":
			return fmt.Sprintf("in does not take %s. Whether a text is part of another asks contains.", types)
		case "%":
			return "% takes whole numbers. Write int(…) around the operands."
		}
		return fmt.Sprintf("%s does not take %s. Compare values of the same type.", op, types)
	}
	if op, typ, ok := strings.Cut(strings.TrimSuffix(message, ")"), " (mismatched type "); ok {
		return fmt.Sprintf("%s does not take %s.", op, typ)
	}
	if want, got, ok := strings.Cut(strings.TrimPrefix(message, "expected "), ", but got "); ok {
		if want == "bool" {
			return fmt.Sprintf("A condition is true or false, this one is of type %s. Compare it with something.", got)
		}
	}
	return sentence(message)
}

// sentence makes one line of expr's, which draws the place below, a sentence.
func sentence(message string) string {
	message, _, _ = strings.Cut(message, "\n")
	message = strings.TrimSuffix(strings.TrimSpace(message), ".")
	if message == "" {
		return "It cannot be compiled."
	}
	return strings.ToUpper(message[:1]) + message[1:] + "."
}

// between returns the part of a text between two marks.
func between(text, open, end string) string {
	_, rest, ok := strings.Cut(text, open)
	word, _, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return ""
	}
	return word
}

// isWord reports whether a word is one of several.
func isWord(word string, words ...string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}
