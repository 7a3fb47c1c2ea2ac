package templates

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxParts is how many parts a text is cut into at most; the last one keeps
// the rest.
const maxParts = 10_000

// texts are the functions on text that sprig's cannot be used for: those cut
// characters in two, or make their result before anyone can see how long it
// gets.
func texts() []*function {
	return []*function{
		fn("print [VALUE ...]", "the values as one text, with a blank between two of which neither is text", func(r *run, a []any) any { return r.printed(a) }),
		fn("println [VALUE ...]", "the values with blanks between them, and a newline", func(r *run, a []any) any { return r.joined(a, " ") + "\n" }),
		fn("toString VALUE", "VALUE as text", func(r *run, a []any) any { return r.text(a[0]) }),
		fn("trunc N TEXT", "the first N characters; with a negative N, the last", func(r *run, a []any) any { return trunc(integer(a[0]), r.text(a[1])) }),
		fn("substr START END TEXT", "the characters from START to before END; a negative END means the end", func(r *run, a []any) any {
			return substr(integer(a[0]), integer(a[1]), r.text(a[2]))
		}),
		fn("abbrev WIDTH TEXT", "TEXT cut to WIDTH characters, the last three of which are dots", func(r *run, a []any) any {
			return abbrev(integer(a[0]), r.text(a[1]))
		}),
		fn("repeat COUNT TEXT", "TEXT that many times", func(r *run, a []any) any { return r.repeat(integer(a[0]), r.text(a[1])) }),
		fn("replace OLD NEW TEXT", "TEXT with every OLD replaced by NEW", func(r *run, a []any) any {
			return r.replace(r.text(a[2]), r.text(a[0]), r.text(a[1]))
		}),
		fn("join SEPARATOR LIST", "the values of LIST as one text", func(r *run, a []any) any { return r.joined(listOf(a[1]), r.text(a[0])) }),
		fn("splitList SEPARATOR TEXT", "the parts of TEXT as a list", func(r *run, a []any) any {
			return r.made(listOf(strings.SplitN(r.text(a[1]), r.text(a[0]), maxParts)))
		}),
		fn("split SEPARATOR TEXT", "the parts of TEXT as a dictionary: _0, _1 and so on", func(r *run, a []any) any {
			return r.made(numbered(strings.SplitN(r.text(a[1]), r.text(a[0]), maxParts)))
		}),
		fn("splitn SEPARATOR N TEXT", "as split, in at most N parts", func(r *run, a []any) any {
			n := r.nonNegative(integer(a[1]), maxParts, "parts")
			return r.made(numbered(strings.SplitN(r.text(a[2]), r.text(a[0]), n)))
		}),
		fn("plural ONE MANY COUNT", "ONE when COUNT is 1, else MANY", func(r *run, a []any) any {
			if float(a[2]) == 1 {
				return r.text(a[0])
			}
			return r.text(a[1])
		}),
		fn("quote [VALUE ...]", "the values in double quotes, special characters escaped", func(r *run, a []any) any { return r.quoted(a, strconv.Quote) }),
		fn("squote [VALUE ...]", "the values in single quotes", func(r *run, a []any) any {
			return r.quoted(a, func(text string) string { return "'" + text + "'" })
		}),
		fn("cat [VALUE ...]", "the values that are not missing, with blanks between them", func(r *run, a []any) any {
			return r.joined(present(a), " ")
		}),
	}
}

// trunc cuts text after n characters, or before the last -n.
func trunc(n int, text string) string {
	if n >= 0 {
		return text[:offset(text, n)]
	}
	count := utf8.RuneCountInString(text)
	return text[offset(text, max(count+max(n, -count), 0)):]
}

// offset returns where the n-th character of text begins.
func offset(text string, n int) int {
	if n >= len(text) {
		return len(text)
	}
	for i := range text {
		if n--; n < 0 {
			return i
		}
	}
	return len(text)
}

// substr takes characters by number; what lies outside of text is nothing.
func substr(start, end int, text string) string {
	from := offset(text, max(start, 0))
	if end < 0 {
		return text[from:]
	}
	return text[from:max(from, offset(text, end))]
}

// abbrev cuts text to a width, and leaves it alone where the dots alone would
// fill it.
func abbrev(width int, text string) string {
	const dots = "..."
	if width <= len(dots) || offset(text, width) == len(text) {
		return text
	}
	return text[:offset(text, width-len(dots))] + dots
}

// repeat asks for the room before it makes the text: a limit on what is printed
// comes too late for a text of gigabytes.
func (r *run) repeat(count int, text string) string {
	if count <= 0 || text == "" {
		return ""
	}
	if count > maxView || !r.fits(count*len(text)) {
		r.fail("the text grows beyond all bounds")
		return ""
	}
	return strings.Repeat(text, count)
}

// replace asks for the room first, too: each of many short texts may become a
// long one.
func (r *run) replace(text, old, with string) string {
	if n := strings.Count(text, old); len(with) > len(old) && !r.fits(len(text)+n*(len(with)-len(old))) {
		return ""
	}
	return strings.ReplaceAll(text, old, with)
}

// joined returns the values as one text, or nothing when it grows too long.
func (r *run) joined(values []any, separator string) string {
	var b strings.Builder
	for i, v := range values {
		text := r.text(v)
		if r.err != nil || !r.fits(b.Len()+len(text)+len(separator)) {
			return ""
		}
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(text)
	}
	return b.String()
}

// printed puts blanks where text/template's print does.
func (r *run) printed(values []any) string {
	var b strings.Builder
	wasText := true
	for _, v := range values {
		_, isText := v.(string)
		isText = isText || v == nil
		if !isText && !wasText {
			b.WriteByte(' ')
		}
		wasText = isText
		b.WriteString(r.text(v))
		if r.err != nil || !r.fits(b.Len()) {
			return ""
		}
	}
	return b.String()
}

// quoted returns the values that are not missing, each in quotes.
func (r *run) quoted(values []any, quote func(string) string) string {
	var b strings.Builder
	for i, v := range present(values) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(quote(r.text(v)))
		if r.err != nil || !r.fits(b.Len()) {
			return ""
		}
	}
	return b.String()
}

// present returns the values that are not missing.
func present(values []any) []any {
	kept := make([]any, 0, len(values))
	for _, v := range values {
		if v != nil {
			kept = append(kept, v)
		}
	}
	return kept
}

// numbered returns the parts under _0, _1 and so on, as templates can only read
// fields with the names of fields.
func numbered(parts []string) map[string]any {
	m := make(map[string]any, len(parts))
	for i, part := range parts {
		m[fmt.Sprintf("_%d", i)] = part
	}
	return m
}
