package notifications

import (
	"slices"
	"strings"

	"tocsin/engine/event"
)

// masked stands for what nobody needs to see.
const masked = "[set]"

// Masked returns the text of a file with everything masked that may be a secret: all
// values of the private file, and what webhooks of others send.
func (f *File) Masked() string {
	var out strings.Builder
	at := 0
	for _, s := range f.Sections {
		for _, p := range s.Properties {
			shown := f.shown(&s, &p)
			if shown == p.Value {
				continue
			}
			line := f.Text[p.from:p.to]
			// The key stands before the value, and may be the same text.
			key := strings.Index(line, p.Key) + len(p.Key)
			value := key + strings.Index(line[key:], p.Value)
			out.WriteString(f.Text[at : p.from+value])
			out.WriteString(shown)
			at = p.from + value + len(p.Value)
		}
	}
	return out.String() + f.Text[at:]
}

// shown is how a value is shown.
func (f *File) shown(s *Section, p *Property) string {
	switch {
	case p.Value == "":
		return ""
	case p.Key == "secret" || p.Key == "header" && !isOurHeader(s, p.Value):
		members, _ := parsePair(p.Value)
		return "name=" + members["name"] + ",value=" + masked
	case f.Name == Private:
		return masked
	case s.Type == "webhook" && s.ID != TargetID && p.Key == "body":
		return masked
	case p.Key == "url" && s.ID != TargetID, p.Key == "server" && s.Type == "gotify":
		return origin(p.Value)
	}
	return p.Value
}

// isOurHeader reports whether a header is one that registering writes: a template.
func isOurHeader(s *Section, value string) bool {
	ours := Target{Secret: event.NewSecret(secretName)}.webhook()
	return s.ID == TargetID && slices.Contains(ours.Values("header"), value)
}

// origin is a URL without what stands behind its host.
func origin(url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	host, path, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = masked + host[i:]
	}
	if path == "" {
		return scheme + "://" + host
	}
	return scheme + "://" + host + "/" + masked
}
