package pve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Bounds on a body. Proxmox sends two levels and about ten keys.
const (
	maxDepth  = 32
	maxKeys   = 1000
	maxValues = 10_000
)

// useTemplate is the remedy for a body that the template of the target spoils.
const useTemplate = "let `tocsin pve setup` write the target, or give it the body template of the Proxmox VE manual, which escapes every value"

// parseObject reads body as one JSON object. Of a key that occurs twice the
// last value counts. Nothing is built before the bounds are known to hold.
func parseObject(body []byte) (map[string]any, error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil, &BadBody{Reason: "the body is empty", Do: "set a body template in the webhook target; `tocsin pve setup` does"}
	}
	if !utf8.Valid(body) {
		return nil, &BadBody{Reason: "the body is not UTF-8", Do: "send UTF-8, as Proxmox VE does"}
	}
	if body[0] != '{' {
		return nil, &BadBody{Reason: "the body is no JSON object but " + kindOf(body[0]), Do: "send an object with title, message, severity, timestamp and fields"}
	}
	if err := checkBounds(body); err != nil {
		return nil, err
	}
	var top map[string]any
	if err := json.Unmarshal(body, &top); err != nil {
		return nil, notJSON(body)
	}
	return top, nil
}

// kindOf names the JSON value that begins with c.
func kindOf(c byte) string {
	switch {
	case c == '[':
		return "an array"
	case c == '"':
		return "a string"
	case c >= '0' && c <= '9', c == '-':
		return "a number"
	}
	return "something else"
}

// checkBounds walks over the tokens of body. Outside of strings every colon
// stands for one key and every comma for one more value, in valid JSON; what
// is not valid is left to the parser.
func checkBounds(body []byte) error {
	depth, keys, values := 0, 0, 1
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i = endOfString(body, i)
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ':':
			keys++
		case ',':
			values++
		}
		if depth > maxDepth || keys > maxKeys || values > maxValues {
			return &BadBody{
				Reason: fmt.Sprintf("the JSON is nested more than %d deep, or holds more than %d keys or %d values", maxDepth, maxKeys, maxValues),
				Do:     "send the notification's own fields only",
			}
		}
	}
	return nil
}

// endOfString returns the index of the quote that ends the string that begins
// at start, or the end of body.
func endOfString(body []byte, start int) int {
	for i := start + 1; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(body)
}

// notJSON says why body does not parse, without quoting it.
func notJSON(body []byte) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	var first json.RawMessage
	err := dec.Decode(&first)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &BadBody{Reason: "the JSON ends in the middle", Do: "send the whole body; something on the way cut it"}
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at := int(syntax.Offset) - 1
		if at >= 0 && at < len(body) && body[at] < ' ' {
			return &BadBody{Reason: fmt.Sprintf("a raw control character stands in a JSON string at byte %d", at), Do: useTemplate}
		}
		return &BadBody{Reason: fmt.Sprintf("the body is not JSON from byte %d on", at), Do: useTemplate}
	}
	if err == nil && len(bytes.TrimSpace(body[dec.InputOffset():])) > 0 {
		return &BadBody{Reason: fmt.Sprintf("something follows the JSON object, from byte %d on", dec.InputOffset()), Do: "send one object and nothing else"}
	}
	return &BadBody{Reason: "the JSON holds a number that is out of range", Do: useTemplate}
}
