package templates

import (
	"fmt"
	"strings"
	"text/template/parse"
	"unicode/utf8"
)

// maxWidth bounds the widths of printf, indents and lines.
const maxWidth = 200

// layouts are the functions that shape text: printf, indents and line breaks.
func layouts() []*function {
	format := fn("printf FORMAT [VALUE ...]", "FORMAT with the values put in: %s %q %d %.1f %x %t %v %%", func(r *run, a []any) any {
		return r.printf(r.text(a[0]), a[1:])
	})
	format.check = checkFormat
	return []*function{
		format,
		fn("indent N TEXT", "TEXT with N blanks before each line", func(r *run, a []any) any {
			return r.indent(integer(a[0]), r.text(a[1]))
		}),
		fn("nindent N TEXT", "as indent, with a newline before it", func(r *run, a []any) any {
			return "\n" + r.indent(integer(a[0]), r.text(a[1]))
		}),
		fn("wrap WIDTH TEXT", "TEXT broken at blanks into lines of WIDTH characters; longer words stay whole", func(r *run, a []any) any {
			return r.wrap(integer(a[0]), "\n", r.text(a[1]), false)
		}),
		fn("wrapWith WIDTH SEPARATOR TEXT", "as wrap, with SEPARATOR between lines; longer words are broken", func(r *run, a []any) any {
			return r.wrap(integer(a[0]), r.text(a[1]), r.text(a[2]), true)
		}),
	}
}

// indent moves every line to the right, empty ones included.
func (r *run) indent(n int, text string) string {
	blanks := strings.Repeat(" ", r.nonNegative(n, maxWidth, "indent"))
	return r.replace(blanks+text, "\n", "\n"+blanks)
}

// wrap fills lines with words. A line of the text itself stays a line.
func (r *run) wrap(width int, separator, text string, breakWords bool) string {
	width = max(width, 1)
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString(separator)
		}
		column := 0
		for word := range strings.FieldsSeq(line) {
			n := utf8.RuneCountInString(word)
			switch {
			case column > 0 && column+1+n <= width:
				b.WriteByte(' ')
				column++
			case column > 0:
				b.WriteString(separator)
				column = 0
			}
			for ; breakWords && n > width; n -= width {
				cut := offset(word, width)
				b.WriteString(word[:cut] + separator)
				word = word[cut:]
				if !r.fits(b.Len()) {
					return ""
				}
			}
			b.WriteString(word)
			column += n
		}
		if !r.fits(b.Len()) {
			return ""
		}
	}
	return b.String()
}

// verb is one part of a format: literal text, then one value.
type verb struct {
	text string
	spec string // "%-10s"; empty: no value follows
}

// parseFormat reads a format of printf. Widths are bounded, and what would show
// a value's inside or take a width from a value is refused.
func parseFormat(format string) ([]verb, error) {
	var verbs []verb
	text := ""
	for {
		before, rest, found := strings.Cut(format, "%")
		text += before
		if !found {
			return append(verbs, verb{text: text}), nil
		}
		if after, isPercent := strings.CutPrefix(rest, "%"); isPercent {
			text, format = text+"%", after
			continue
		}
		flags := len(rest) - len(strings.TrimLeft(rest, "+-# 0"))
		width, end := digits(rest, flags)
		precision := 0
		if strings.HasPrefix(rest[end:], ".") {
			precision, end = digits(rest, end+1)
		}
		if end == len(rest) || !strings.ContainsRune("sqvdfgexXt", rune(rest[end])) {
			return nil, fmt.Errorf("%q is no verb: use %%s, %%q, %%v, %%d, %%f, %%g, %%e, %%x, %%X or %%t, and %%%% for a percent sign", "%"+rest[:min(end+1, len(rest))])
		}
		if width > maxWidth || precision > maxWidth {
			return nil, fmt.Errorf("widths and precisions are at most %d", maxWidth)
		}
		verbs = append(verbs, verb{text: text, spec: "%" + rest[:end+1]})
		text, format = "", rest[end+1:]
	}
}

// digits reads a number at start and returns it with the position behind it.
// More than three digits count as 1000.
func digits(text string, start int) (n, end int) {
	for end = start; end < len(text) && text[end] >= '0' && text[end] <= '9'; end++ {
		n = min(n*10+int(text[end]-'0'), 1000)
	}
	return n, end
}

// checkFormat finds a mistake in a format that is written out while the template
// is parsed.
func checkFormat(_ *Template, args []parse.Node) (int, string) {
	if format, ok := literal(args, 0); ok {
		if _, err := parseFormat(format); err != nil {
			return 0, err.Error()
		}
	}
	return 0, ""
}

// printf puts values into a format. A value that is left out counts as
// missing.
func (r *run) printf(format string, values []any) string {
	verbs, err := parseFormat(format)
	if err != nil {
		r.fail("%w", err)
		return ""
	}
	var out []byte
	for i, v := range verbs {
		out = append(out, v.text...)
		if v.spec != "" {
			value := r.formatted(v.spec[len(v.spec)-1], argument(values, i))
			if text, ok := value.(string); ok && !r.fits(len(out)+len(text)) {
				return ""
			}
			out = fmt.Appendf(out, v.spec, value)
		}
		if r.err != nil || !r.fits(len(out)) || !r.spend(1) {
			return ""
		}
	}
	return string(out)
}

// formatted returns v as the verb takes it.
func (r *run) formatted(verb byte, v any) any {
	switch verb {
	case 'd':
		return whole(v)
	case 'f', 'g', 'e':
		return float(v)
	case 't':
		return truthy(v)
	case 'x', 'X':
		if text, isText := v.(string); isText {
			return text
		}
		return whole(v)
	}
	return r.text(v)
}
