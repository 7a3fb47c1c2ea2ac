package edit

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of an address.
const (
	maxAddress = 4 << 10 // bytes
	maxSteps   = 32
)

// Step is one step of an address: a name, or the place in a list.
type Step struct {
	Name  string
	Index int  // counted from 0
	At    bool // the step is an index
}

// Address names a block, an argument, or a part of its value.
//
//	channel.telegram.phone                        a block: its kind and its labels
//	channel.phone                                 the same, as names of channels are unique
//	channel.telegram.phone.chat_id                an argument
//	channel.phone.toggles.updates                 an argument of a block in it
//	rule["nightly backups only by mail"].enabled  a label of several words
//	event.backup_complete.details["Free space"]   a key of a map
//	rule["night"].channels[0]                     an element of a list
//	test["a flood"].send[1].at                    one of several blocks alike
//	locals.site                                   a shared value
type Address []Step

// ParseAddress reads an address. The error says what is wrong and how it is
// written.
func ParseAddress(text string) (Address, error) {
	switch {
	case text == "":
		return nil, fmt.Errorf("the path is empty: write one such as channel.telegram.phone.chat_id")
	case len(text) > maxAddress:
		return nil, fmt.Errorf("the path is longer than %d bytes", maxAddress)
	case !utf8.ValidString(text):
		return nil, fmt.Errorf("the path is not UTF-8")
	}
	var out Address
	for at := 0; at < len(text); {
		if len(out) == maxSteps {
			return nil, fmt.Errorf("the path has more than %d steps", maxSteps)
		}
		step, next, err := parseStep(text, at, len(out) == 0)
		if err != nil {
			return nil, fmt.Errorf("path %s: %w", quote(text), err)
		}
		out, at = append(out, step), next
	}
	return out, nil
}

// parseStep reads the step at a byte of the text and returns where the next one
// begins.
func parseStep(text string, at int, first bool) (Step, int, error) {
	switch {
	case text[at] == '[' && !first:
		return parseBracket(text, at+1)
	case text[at] == '.' && !first:
		at++
	case !first:
		return Step{}, 0, fmt.Errorf(`a "." or "[" is missing before %s`, quote(text[at:]))
	}
	if at < len(text) && text[at] == '"' {
		return parseQuoted(text, at)
	}
	end := at
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !isBare(r) {
			break
		}
		end += size
	}
	if end == at {
		return Step{}, 0, fmt.Errorf(`a name is missing%s; a name with other characters is written ["like this"]`, behind(text[:at]))
	}
	return Step{Name: text[at:end]}, end, nil
}

// behind says where in an address something is missing.
func behind(text string) string {
	if text == "" {
		return ""
	}
	return " behind " + quote(text)
}

// parseBracket reads an index or a quoted name up to the bracket that closes it.
func parseBracket(text string, at int) (Step, int, error) {
	var step Step
	end := at
	if at < len(text) && text[at] == '"' {
		var err error
		if step, end, err = parseQuoted(text, at); err != nil {
			return step, 0, err
		}
	} else {
		for end < len(text) && text[end] >= '0' && text[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi(text[at:end])
		if err != nil || n > 1_000_000 {
			return step, 0, fmt.Errorf(`brackets hold a number or a quoted name: [0], ["a name"]`)
		}
		step = Step{Index: n, At: true}
	}
	if end >= len(text) || text[end] != ']' {
		return step, 0, fmt.Errorf("a ] is missing%s", behind(text[:end]))
	}
	return step, end + 1, nil
}

// parseQuoted reads a name in quotes, with the escapes of JSON.
func parseQuoted(text string, at int) (Step, int, error) {
	end := at + 1
	for end < len(text) && text[end] != '"' {
		if text[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(text) {
		return Step{}, 0, fmt.Errorf("a quote is left open")
	}
	name, err := strconv.Unquote(text[at : end+1])
	if err != nil || !utf8.ValidString(name) {
		return Step{}, 0, fmt.Errorf("%s is no quoted name", text[at:end+1])
	}
	return Step{Name: name}, end + 1, nil
}

// isBare reports whether a name may hold the character without quotes.
func isBare(r rune) bool {
	return r == '_' || r == '-' || r == '@' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// quote writes text as a person would quote it.
func quote(text string) string { return strconv.Quote(text) }

// String returns the address as it is written.
func (a Address) String() string {
	var b strings.Builder
	for i, s := range a {
		switch {
		case s.At:
			fmt.Fprintf(&b, "[%d]", s.Index)
		case s.Name == "" || strings.ContainsFunc(s.Name, func(r rune) bool { return !isBare(r) }):
			if i == 0 {
				b.WriteString(quote(s.Name))
				continue
			}
			fmt.Fprintf(&b, "[%s]", quote(s.Name))
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.Name)
		}
	}
	return b.String()
}

// with returns the address with more steps behind it.
func (a Address) with(names ...string) Address {
	out := append(Address{}, a...)
	for _, n := range names {
		out = append(out, Step{Name: n})
	}
	return out
}
