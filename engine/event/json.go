package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Bounds of a JSON text from outside.
const (
	maxJSONDepth  = 32
	maxJSONKeys   = 1000
	maxJSONValues = 10_000
)

// BadJSON says why a text is not JSON that may be read, and what to do about it.
// It quotes nothing of the text.
type BadJSON struct{ Why, Do string }

// Error returns the reason and the remedy.
func (b *BadJSON) Error() string { return b.Why + ": " + b.Do }

// CheckJSON reports why text is not one JSON value that may be read, or nil. The
// text must be valid UTF-8, end where the value ends, nest no deeper than 32
// levels, and hold no more than 1,000 keys and 10,000 values. It builds nothing,
// so that a hostile text costs no memory. A number may still be too large for
// the type that it is read into.
func CheckJSON(text []byte) *BadJSON {
	if len(bytes.TrimSpace(text)) == 0 {
		return &BadJSON{"the body is empty", "send the JSON text as the body"}
	}
	if !utf8.Valid(text) {
		return &BadJSON{"the body is not UTF-8", "encode it as UTF-8"}
	}
	if bad := checkJSONBounds(text); bad != nil {
		return bad
	}
	if json.Valid(text) {
		return nil
	}
	return jsonFault(text)
}

// checkJSONBounds walks over the tokens of a text. Outside of strings every
// colon stands for one key and every comma for one more value, in valid JSON;
// what is not valid is left to the parser.
func checkJSONBounds(text []byte) *BadJSON {
	depth, keys, values := 0, 0, 1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = endOfJSONString(text, i)
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ':':
			keys++
		case ',':
			values++
		}
		if depth > maxJSONDepth || keys > maxJSONKeys || values > maxJSONValues {
			return &BadJSON{
				fmt.Sprintf("the JSON is nested more than %d deep, or holds more than %d keys or %d values", maxJSONDepth, maxJSONKeys, maxJSONValues),
				"send less of it",
			}
		}
	}
	return nil
}

// endOfJSONString returns the index of the quote that ends the string that
// begins at start, or the end of the text.
func endOfJSONString(text []byte, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text)
}

// jsonFault says why a text is not valid.
func jsonFault(text []byte) *BadJSON {
	dec := json.NewDecoder(bytes.NewReader(text))
	var first json.RawMessage
	err := dec.Decode(&first)
	if err == nil {
		return &BadJSON{fmt.Sprintf("something follows the JSON value, from byte %d on", dec.InputOffset()), "send one value and nothing else"}
	}
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok || errors.Is(err, io.ErrUnexpectedEOF) {
		return &BadJSON{"the JSON ends in the middle", "send the whole body; something on the way cut it"}
	}
	at := int(syntax.Offset) - 1
	if at >= 0 && at < len(text) && text[at] < ' ' {
		return &BadJSON{fmt.Sprintf("a raw control character stands in a JSON string at byte %d", at), "escape every value: a newline is \\n"}
	}
	return &BadJSON{fmt.Sprintf("the body is not JSON from byte %d on", at), "escape every value, and put texts in quotes"}
}
