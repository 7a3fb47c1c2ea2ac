package main

import (
	"regexp"
	"strings"
)

// mark finds what stands out in a text: code, strong words, emphasis, links.
var mark = regexp.MustCompile("`([^`]+)`|\\*\\*([^*]+)\\*\\*|\\*([^*\\s][^*]*)\\*|\\[([^\\]]+)\\]\\(([^)]+)\\)")

// text writes the inside of a paragraph, an item or a cell.
func text(markdown string) string {
	var out strings.Builder
	at := 0
	for _, m := range mark.FindAllStringSubmatchIndex(markdown, -1) {
		out.WriteString(plain(markdown[at:m[0]]))
		at = m[1]
		group := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return markdown[m[2*n]:m[2*n+1]]
		}
		switch {
		case group(1) != "":
			out.WriteString(`\fB` + literal(group(1)) + `\fR`)
		case group(2) != "":
			out.WriteString(`\fB` + plain(group(2)) + `\fR`)
		case group(3) != "":
			out.WriteString(`\fI` + plain(group(3)) + `\fR`)
		default:
			out.WriteString(link(group(4), group(5)))
		}
	}
	out.WriteString(plain(markdown[at:]))
	return fill(out.String())
}

// width is how long a line of the source is at most, unless one word is longer.
const width = 78

// fill breaks a text into lines, and always behind a sentence, as roff wants
// it.
func fill(s string) string {
	var out strings.Builder
	line := ""
	end := func() {
		if line != "" {
			out.WriteString(guard(line) + "\n")
		}
		line = ""
	}
	for _, word := range strings.Fields(s) {
		if len(line)+1+len(word) > width {
			end()
		}
		if line != "" {
			line += " "
		}
		line += word
		if len(word) > 1 && strings.HasSuffix(word, ".") {
			end()
		}
	}
	end()
	return strings.TrimSuffix(out.String(), "\n")
}

// link names a section of the page; where else a link leads to stands behind it.
func link(words, target string) string {
	if strings.HasPrefix(target, "#") {
		return `\fI` + plain(words) + `\fR`
	}
	return plain(words) + ` (\fI` + literal(target) + `\fR)`
}

// plain escapes words of a language.
func plain(s string) string {
	return strings.NewReplacer(`\|`, `|`, `\`, `\(rs`).Replace(s)
}

// literal escapes what a reader may copy: a hyphen stays a minus, quotes and
// accents stay those of ASCII.
func literal(s string) string {
	return strings.NewReplacer(`\`, `\(rs`, `-`, `\-`, `'`, `\(aq`, "`", `\(ga`, `^`, `\(ha`, `~`, `\(ti`).Replace(s)
}

// guard keeps a line from being taken for a macro.
func guard(line string) string {
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		return `\&` + line
	}
	return line
}
