package rules

import (
	"bytes"
	"iter"
	"path"
	"slices"
	"strings"

	"tocsin/channels"
)

// serviceFile returns the name of the service that a file of the pack declares:
// those stand in files of their names in a folder of their own.
func serviceFile(file string) (name string, ok bool) {
	if path.Base(path.Dir(file)) != "services" {
		return "", false
	}
	return strings.CutSuffix(path.Base(file), ".hcl")
}

// services are those of the pack that a configuration needs. A pack declares far
// more than anybody uses, so the others are not even parsed.
type services struct {
	every bool
	named map[string]bool
}

// needed looks into the texts of the user: an address may be of any service, and
// a service of one's own lies over any. A comment may hold the words, too: then a
// service more is read than has to be. Where blocks are written so oddly that it
// sees too little, the load finds that out and begins anew: see lacks.
func needed(in Input) services {
	s := services{every: in.EveryService, named: map[string]bool{}}
	for _, src := range in.Files {
		for range labels(src, serviceKind) {
			s.every = true
			break
		}
		for kind := range labels(src, channelKind) {
			s.named[kind] = true
		}
	}
	s.every = s.every || s.named[channels.AppriseKind]
	return s
}

// labels returns the first labels of what may be blocks of a kind. It runs over
// every byte of a configuration at each load, so it is no pattern.
func labels(src []byte, kind string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, rest, found := bytes.Cut(src, []byte(kind)); found; _, rest, found = bytes.Cut(rest, []byte(kind)) {
			label := bytes.TrimLeft(rest, " \t")
			label, quoted := bytes.CutPrefix(label, []byte(`"`))
			if len(label) == len(rest) && !quoted {
				continue // the begin of a longer word
			}
			end := 0
			for end < len(label) && isWordByte(label[end]) {
				end++
			}
			if end > 0 && !yield(string(label[:end])) {
				return
			}
		}
	}
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// lacks notes that a block needs what was not read.
func (l *loading) lacks(name string) {
	if len(l.dormant) > 0 && (name == channels.AppriseKind || slices.Contains(l.dormant, name)) {
		l.lacking = true
	}
}

// skips reports whether a file of the pack is left out, and notes the name that
// it would declare.
func (l *loading) skips(file string, need services) bool {
	name, ok := serviceFile(file)
	if !ok || need.every || need.named[name] {
		return false
	}
	if name != channels.AppriseKind { // that file declares what Apprise speaks, which makes no kinds
		l.dormant = append(l.dormant, name)
	}
	return true
}
