package journal

import (
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

// errJSON says that a line is not an entry as journalctl writes it.
var errJSON = errors.New("not one JSON object")

// maxNesting bounds values inside of values. An entry needs two levels.
const maxNesting = 8

// scan calls each for the members of a JSON object, in their order. Keys and
// values are as they stand in the line. It looks only as closely as it must to
// find their ends: journalctl writes thousands of lines a second, and of most of
// them two members are all that anybody reads.
func scan(line []byte, each func(key, value []byte)) error {
	i := space(line, 0)
	if i >= len(line) || line[i] != '{' {
		return errJSON
	}
	i = space(line, i+1)
	if i < len(line) && line[i] == '}' {
		return end(line, i+1)
	}
	for {
		keyEnd := stringEnd(line, i)
		if keyEnd < 0 {
			return errJSON
		}
		colon := space(line, keyEnd)
		if colon >= len(line) || line[colon] != ':' {
			return errJSON
		}
		start := space(line, colon+1)
		valueEnd := skip(line, start, 0)
		if valueEnd < 0 {
			return errJSON
		}
		each(line[i+1:keyEnd-1], line[start:valueEnd])
		i = space(line, valueEnd)
		switch {
		case i < len(line) && line[i] == ',':
			i = space(line, i+1)
		case i < len(line) && line[i] == '}':
			return end(line, i+1)
		default:
			return errJSON
		}
	}
}

func end(line []byte, i int) error {
	if space(line, i) != len(line) {
		return errJSON
	}
	return nil
}

func space(line []byte, i int) int {
	for i < len(line) && (line[i] == ' ' || line[i] == '\t' || line[i] == '\n' || line[i] == '\r') {
		i++
	}
	return i
}

// stringEnd returns the index behind the string that begins at i, or -1.
func stringEnd(line []byte, i int) int {
	if i >= len(line) || line[i] != '"' {
		return -1
	}
	for i++; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// skip returns the index behind the value that begins at i, or -1.
func skip(line []byte, i, depth int) int {
	if i >= len(line) || depth > maxNesting {
		return -1
	}
	switch line[i] {
	case '"':
		return stringEnd(line, i)
	case '[':
		return skipList(line, i+1, ']', depth)
	case '{':
		return skipList(line, i+1, '}', depth)
	}
	from := i
	for i < len(line) && isBare(line[i]) {
		i++
	}
	if i == from {
		return -1
	}
	return i
}

// skipList skips what stands between brackets. That keys come in pairs is
// nothing that anybody here relies on.
func skipList(line []byte, i int, last byte, depth int) int {
	for {
		i = space(line, i)
		if i >= len(line) {
			return -1
		}
		switch line[i] {
		case last:
			return i + 1
		case ',', ':':
			i++
			continue
		}
		if i = skip(line, i, depth+1); i < 0 {
			return -1
		}
	}
}

// isBare reports whether a byte may stand in a number, true, false or null.
func isBare(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b == '-' || b == '+' || b == '.' || b == 'E'
}

// text appends the text of a value to buf, at most limit bytes of it. A value
// with bytes that are no text comes as an array of their numbers, a field that
// occurs more than once as an array of texts, of which the first counts. It
// reports false when there is no text, as for a null.
func text(buf, value []byte, limit int) ([]byte, bool) {
	if len(value) == 0 {
		return buf, false
	}
	switch value[0] {
	case '"':
		return unquote(buf, value[1:len(value)-1], limit), true
	case '[':
		first := space(value, 1)
		switch {
		case first < len(value) && isBare(value[first]):
			return numbers(buf, value[first:], limit), true
		case first < len(value) && value[first] != ']':
			if last := skip(value, first, 1); last > 0 {
				return text(buf, value[first:last], limit)
			}
		}
		return buf, false
	case 'n', '{':
		return buf, false
	}
	return append(buf, value[:min(len(value), limit)]...), true
}

// texts calls each for every text of a value.
func texts(value []byte, each func(text []byte)) {
	if len(value) == 0 {
		return
	}
	if first := space(value, 1); value[0] == '[' && first < len(value) && !isBare(value[first]) {
		for i := first; i < len(value) && value[i] != ']'; i = space(value, i) {
			if value[i] == ',' {
				i++
				continue
			}
			last := skip(value, i, 1)
			if last < 0 {
				return
			}
			if t, ok := text(nil, value[i:last], maxField); ok {
				each(t)
			}
			i = last
		}
		return
	}
	if t, ok := text(nil, value, maxField); ok {
		each(t)
	}
}

// unquote appends what stands between the quotes of a JSON string.
func unquote(buf, quoted []byte, limit int) []byte {
	most := len(buf) + limit
	for i := 0; i < len(quoted) && len(buf) < most; i++ {
		if quoted[i] != '\\' || i+1 == len(quoted) {
			buf = append(buf, quoted[i])
			continue
		}
		i++
		switch quoted[i] {
		case 'n':
			buf = append(buf, '\n')
		case 't':
			buf = append(buf, '\t')
		case 'r':
			buf = append(buf, '\r')
		case 'b':
			buf = append(buf, '\b')
		case 'f':
			buf = append(buf, '\f')
		case 'u':
			r, size := escaped(quoted[i:])
			buf = utf8.AppendRune(buf, r)
			i += size
		default:
			buf = append(buf, quoted[i])
		}
	}
	return buf
}

// escaped reads uXXXX, or two of these that stand for one character, and returns
// how many bytes follow the u.
func escaped(s []byte) (r rune, size int) {
	r = hex4(s)
	if r < 0 {
		return utf8.RuneError, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if len(s) > 6 && s[5] == '\\' && s[6] == 'u' {
		if pair := utf16.DecodeRune(r, hex4(s[6:])); pair != utf8.RuneError {
			return pair, 10
		}
	}
	return utf8.RuneError, 4
}

// hex4 reads the four digits behind the u, or returns -1.
func hex4(s []byte) rune {
	if len(s) < 5 {
		return -1
	}
	var r rune
	for _, c := range s[1:5] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// numbers appends the bytes of an array of numbers.
func numbers(buf, list []byte, limit int) []byte {
	most, n, any := len(buf)+limit, 0, false
	for _, c := range list {
		switch {
		case c >= '0' && c <= '9':
			n, any = min(n*10+int(c-'0'), 1<<16), true
		case any:
			buf = append(buf, byte(n))
			n, any = 0, false
		}
		if len(buf) >= most {
			break
		}
	}
	return buf
}
