package notifications

import "strings"

// add puts a section behind all others, with one empty line before it. The stanza
// ends in a newline. A text keeps its kind of newlines, and stays without a final one
// when it had none: so cut finds again what was there before.
func add(text, stanza string) string {
	eol := "\n"
	if strings.Contains(text, "\r\n") || strings.HasSuffix(text, "\r") {
		eol = "\r\n"
	}
	stanza = strings.ReplaceAll(stanza, "\n", eol)
	switch {
	case text == "":
		return stanza
	case !strings.HasSuffix(text, "\n"):
		return text + eol + eol + strings.TrimSuffix(stanza, eol)
	}
	return text + eol + stanza
}

// cut takes a section out, with the empty line that parted it from the one before.
func cut(text string, s *Section) string {
	head, tail := text[:s.from], text[s.to:]
	start := strings.LastIndexByte(strings.TrimSuffix(head, "\n"), '\n') + 1
	gap := head[start:]
	if strings.TrimSpace(gap) == "" {
		head = head[:start]
	}
	if head == "" {
		line, rest, _ := strings.Cut(tail, "\n")
		if strings.TrimSpace(line) == "" {
			tail = rest
		}
	}
	if strings.HasSuffix(text[s.from:s.to], "\n") {
		return head + tail
	}
	// The section stood last, without a newline: so does what was before it.
	if strings.HasSuffix(gap, "\r\n") {
		return strings.TrimSuffix(head, "\r\n")
	}
	return strings.TrimSuffix(head, "\n")
}

// replace puts a stanza into the place of a section.
func replace(text string, s *Section, stanza string) string {
	was := text[s.from:s.to]
	if strings.Contains(was, "\r\n") {
		stanza = strings.ReplaceAll(stanza, "\n", "\r\n")
	}
	if !strings.HasSuffix(was, "\n") {
		stanza = strings.TrimRight(stanza, "\r\n")
	}
	return text[:s.from] + stanza + text[s.to:]
}

// cutLine takes the line of a property out.
func cutLine(text string, p *Property) string { return text[:p.from] + text[p.to:] }
