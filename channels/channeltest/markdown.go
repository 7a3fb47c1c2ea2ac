package channeltest

import (
	"regexp"
	"strings"
)

var (
	escaped = regexp.MustCompile("\\\\([!-/:-@[-`{-~])")
	// own is the markup that adapters write: the label of a detail,
	// which holds no asterisk that is not escaped.
	own = regexp.MustCompile(`(?m)^\*\*([^*\n]*):\*\* `)
)

// ShownMarkdown returns what a person sees of Markdown.
func ShownMarkdown(text string) string {
	const asterisk, backslash = "\x01", "\x02"
	text = escaped.ReplaceAllStringFunc(text, func(pair string) string {
		switch pair {
		case `\*`:
			return asterisk
		case `\\`:
			return backslash
		}
		return pair[1:]
	})
	text = own.ReplaceAllString(text, "$1: ")
	text = strings.NewReplacer("  \n", "\n", asterisk, "*", backslash, `\`).Replace(text)
	return text
}

// markup is what clients give a meaning to.
var markup = regexp.MustCompile(`(?m)` + strings.Join([]string{
	`\*`, "`", `~`, `\|`, `\[`, `\]`, `<`, // emphasis, code, strike, tables, links, images, HTML
	`(?:^|[^0-9A-Za-z])_`, `_(?:[^0-9A-Za-z]|$)`, // emphasis that is not inside a word
	`&#?[0-9A-Za-z]+;`,
	`^(?: *(?:#|>|-|\+|=|:|\d+[.)])|    |\t)`, // headings, quotes, lists, rules, code
}, "|"))

// ActiveMarkdown returns the first markup in text that is neither escaped nor
// the label of a detail.
func ActiveMarkdown(text string) string {
	text = escaped.ReplaceAllString(text, "\x00")
	return markup.FindString(own.ReplaceAllString(text, "$1 "))
}
