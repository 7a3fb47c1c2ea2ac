package rules

import (
	"path"
	"regexp"
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

// The words of a file that ask for services of the pack. A comment may hold them
// too: then a service more is read than has to be.
var (
	channelWord = regexp.MustCompile(`\bchannel\s+"?([A-Za-z0-9_]+)`)
	serviceWord = regexp.MustCompile(`\bservice\s+["A-Za-z]`)
)

// services are those of the pack that a configuration needs. A pack declares far
// more than anybody uses, so the others are not even parsed.
type services struct {
	every bool
	named map[string]bool
}

// needed looks into the texts of the user: an address may be of any service, and
// a service of one's own lies over any.
func needed(in Input) services {
	s := services{every: in.EveryService, named: map[string]bool{}}
	for _, src := range in.Files {
		s.every = s.every || serviceWord.Match(src)
		for _, m := range channelWord.FindAllSubmatch(src, -1) {
			s.named[string(m[1])] = true
		}
	}
	s.every = s.every || s.named[channels.AppriseKind]
	return s
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
