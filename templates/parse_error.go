package templates

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseError says what is wrong with the text of a template.
type ParseError struct {
	Line    int    // counted from 1, in the text
	Column  int    // counted from 1, in bytes; 0: unknown
	Summary string // short noun phrase
	Detail  string // a sentence with the remedy
}

// Error returns the place, the summary and the detail in one line.
func (e *ParseError) Error() string {
	place := fmt.Sprintf("line %d", e.Line)
	if e.Column > 0 {
		place += fmt.Sprintf(", column %d", e.Column)
	}
	return place + ": " + e.Summary + ": " + e.Detail
}

// errorAt returns an error about what stands at offset.
func errorAt(text string, offset int, summary, detail string) *ParseError {
	before := text[:min(max(offset, 0), len(text))]
	line := 1 + strings.Count(before, "\n")
	return &ParseError{
		Line: line, Column: len(before) - strings.LastIndexByte(before, '\n'),
		Summary: summary, Detail: detail,
	}
}

// fromParser turns an error of text/template/parse, which knows the line only,
// into one with a remedy.
func fromParser(err error) *ParseError {
	number, message, _ := strings.Cut(strings.TrimPrefix(err.Error(), "template: "+treeName+":"), ":")
	line, convErr := strconv.Atoi(number)
	if convErr != nil {
		line, message = 1, err.Error()
	}
	message = strings.TrimSpace(message)
	return &ParseError{Line: line, Summary: "malformed template", Detail: message + "; " + remedy(message)}
}

// remedy tells what to do about a message of the parser.
func remedy(message string) string {
	for _, r := range [...]struct{ sign, do string }{
		{"undefined variable", "give it a value first: {{ $x := .data.vmid }}"},
		{"missing value", "name a field, such as .data.vmid"},
		{"empty command", "name a field or a function between the bars"},
		{`unexpected "\\"`, "quote text inside {{ }} with back-quotes"},
		{"outside {{range}}", "it works only between {{ range }} and {{ end }}"},
		{"non executable command", "only a function takes the value before a bar"},
		{"unexpected . after term", "only fields, variables and parentheses are followed by a field"},
		{"number syntax", "numbers are written as 10 or 2.5, and sums as add 1 2"},
		{"integer overflow", "whole numbers have at most 63 bits"},
		{"expected :=", "a variable is set with :="},
		{"declarations", "only range sets two variables: {{ range $key, $value := .data }}"},
		{"in operand", "separate values with blanks, and put text in quotes"},
		{"character", "put text inside {{ }} in quotes"},
	} {
		if strings.Contains(message, r.sign) {
			return r.do
		}
	}
	return "see the template reference for what may stand between {{ and }}"
}
