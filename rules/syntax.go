package rules

import (
	"github.com/hashicorp/hcl/v2"

	"tocsin/channels"
)

// Syntax returns what keeps one file from being read, in the words of Load and
// with what it must not show hidden. It looks at nothing that the file says; kinds
// tell which arguments hold secrets.
func Syntax(path string, src []byte, kinds []channels.Kind) hcl.Diagnostics {
	l := newLoading(Input{Kinds: kinds}, nil)
	f := parse(path, false, src)
	for _, fault := range f.faults {
		l.hideLine(f, fault.at)
		l.fail(fault)
	}
	return l.finish(false)
}
