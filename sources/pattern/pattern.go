package pattern

import (
	"fmt"
	"regexp"
	"regexp/syntax"
)

// maxPattern bounds a pattern, in bytes.
const maxPattern = 4 << 10

// Pattern is a compiled RE2 pattern, with what can be told about it beforehand.
type Pattern struct {
	re       *regexp.Regexp
	literals []string
	anchored bool
}

// Compile compiles a pattern. A *syntax.Error tells the part that is wrong.
func Compile(text string) (*Pattern, error) {
	if len(text) > maxPattern {
		return nil, fmt.Errorf("a pattern has at most %d bytes", maxPattern)
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	p := &Pattern{anchored: anchored(tree), literals: needed(tree)}
	p.re, err = regexp.Compile(text)
	return p, err
}

// Groups are the names of the pattern's groups, in their order.
func (p *Pattern) Groups() []string {
	var names []string
	for _, name := range p.re.SubexpNames() {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// Anchored reports whether the pattern fits only from the beginning of a text on.
func (p *Pattern) Anchored() bool { return p.anchored }

// Literals are texts of which every text that the pattern fits holds at least one,
// in lower case; nil: none are known. Case is left out of account, so what holds
// one need not fit.
func (p *Pattern) Literals() []string { return p.literals }
