package templates

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"text/template/parse"
)

// Bounds on regular expressions: matching takes time in proportion to the
// pattern's program and the text.
const (
	maxPattern  = 1000 // bytes
	maxPatterns = 50   // written out in one template
	maxProgram  = 5000 // instructions; to compile one takes a step
	perProgram  = 100  // instructions, each over one byte, for one step
	perMatch    = 2    // matches for one step
)

// pattern is a compiled regular expression with the size of its program.
type pattern struct {
	*regexp.Regexp
	size int
}

// patternFunctions are sprig's functions on regular expressions. A pattern that
// is written out is compiled when the template is parsed.
func patternFunctions() []*function {
	list := []*function{
		fn("regexMatch PATTERN TEXT", "whether PATTERN matches a part of TEXT", func(r *run, a []any) any {
			p, text := r.pattern(a)
			return p != nil && p.MatchString(text)
		}),
		fn("regexFind PATTERN TEXT", "the first part of TEXT that matches", func(r *run, a []any) any {
			if p, text := r.pattern(a); p != nil {
				return p.FindString(text)
			}
			return nil
		}),
		fn("regexFindAll PATTERN TEXT N", "the first N parts of TEXT that match; -1 for all", func(r *run, a []any) any {
			if p, text := r.pattern(a); p != nil {
				return r.made(listOf(p.FindAllString(text, parts(a[2]))))
			}
			return nil
		}),
		fn("matching PATTERN LIST", "the values of LIST that match", func(r *run, a []any) any {
			var out []any
			for _, v := range listOf(a[1]) {
				p, text := r.pattern([]any{a[0], v})
				if p == nil {
					return nil
				}
				if p.MatchString(text) {
					out = append(out, v)
				}
			}
			return r.made(out)
		}),
		fn("regexSplit PATTERN TEXT N", "at most N pieces of TEXT between the matches; -1 for all", func(r *run, a []any) any {
			if p, text := r.pattern(a); p != nil {
				return r.made(listOf(p.Split(text, parts(a[2]))))
			}
			return nil
		}),
		fn("regexReplaceAll PATTERN TEXT NEW", "TEXT with every match replaced; ${1} in NEW is the first group", func(r *run, a []any) any {
			return r.replaceMatches(a, func(p *pattern, out []byte, with, text string, at []int) []byte {
				return p.ExpandString(out, with, text, at)
			})
		}),
		fn("regexReplaceAllLiteral PATTERN TEXT NEW", "TEXT with every match replaced by NEW as it is", func(r *run, a []any) any {
			return r.replaceMatches(a, func(_ *pattern, out []byte, with, _ string, _ []int) []byte {
				return append(out, with...)
			})
		}),
	}
	for _, f := range list {
		f.check = checkPattern
	}
	return list
}

// parts returns how many matches are asked for.
func parts(v any) int {
	if n := integer(v); n >= 0 && n < maxParts {
		return n
	}
	return maxParts
}

// compile compiles a pattern. The size of its program is told by a compilation
// of its own, as regexp keeps it to itself.
func compile(text string) (*pattern, error) {
	if len(text) > maxPattern {
		return nil, fmt.Errorf("a pattern has at most %d bytes", maxPattern)
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("the pattern is no regular expression: %w", err)
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, fmt.Errorf("the pattern is no regular expression: %w", err)
	}
	if len(program.Inst) > maxProgram {
		return nil, fmt.Errorf("the pattern is too large: shorten its repetitions")
	}
	re, err := regexp.Compile(text)
	return &pattern{re, len(program.Inst)}, err
}

// checkPattern compiles a pattern that is written out, once for all renderings;
// a mistake in it is the author's to hear of.
func checkPattern(t *Template, args []parse.Node) (int, string) {
	text, ok := literal(args, 0)
	if _, known := t.patterns[text]; known || !ok {
		return 0, ""
	}
	if len(t.patterns) == maxPatterns {
		return 0, fmt.Sprintf("a template has at most %d patterns", maxPatterns)
	}
	p, err := compile(text)
	if err != nil {
		return 0, err.Error()
	}
	if t.patterns == nil {
		t.patterns = map[string]*pattern{}
	}
	t.patterns[text] = p
	return 0, ""
}

// pattern returns the pattern and the text of a call, or nothing when the
// pattern is bad or the call too dear.
func (r *run) pattern(args []any) (*pattern, string) {
	text := r.text(args[1])
	source := r.text(args[0])
	p, ok := r.t.patterns[source]
	if !ok {
		var err error
		if p, err = compile(source); err != nil {
			r.fail("%w", err)
			return nil, ""
		}
		r.spend(p.size)
	}
	if !r.spend(len(text) * p.size / perProgram) {
		return nil, ""
	}
	return p, text
}

// replaceMatches returns the text of a call with what expand makes of NEW in
// place of each match.
func (r *run) replaceMatches(args []any, expand func(p *pattern, out []byte, with, text string, at []int) []byte) any {
	p, text := r.pattern(args)
	if p == nil {
		return nil
	}
	with := r.text(args[2])
	groups := strings.Count(with, "$") // each may stand for a whole match
	var out []byte
	end := 0
	matches := p.FindAllStringSubmatchIndex(text, r.steps*perMatch+perMatch)
	if !r.spend(len(matches) / perMatch) {
		return nil
	}
	for _, at := range matches {
		out = append(out, text[end:at[0]]...)
		if !r.fits(len(out) + len(with) + groups*(at[1]-at[0])) {
			return nil
		}
		out = expand(p, out, with, text, at)
		end = at[1]
	}
	return string(append(out, text[end:]...))
}
