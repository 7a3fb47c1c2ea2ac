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
	maxJSONDepth = 32
	maxJSONParts = 2000 // names and values, about 1,000 of each
)

// CheckJSON reports why body is not one JSON value that may be read: it must be
// valid UTF-8, end where the value ends, nest no deeper than 32 levels and hold
// no more than 2,000 names and values. It looks without building anything, so that a
// hostile body costs no memory.
func CheckJSON(body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("the body is empty")
	}
	if !utf8.Valid(body) {
		return errors.New("the body is not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var c jsonCounter
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) && c.depth == 0 && c.values == 1 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the body is not JSON: it breaks off or goes wrong at byte %d", dec.InputOffset())
		}
		if err := c.count(token); err != nil {
			return err
		}
	}
}

// jsonCounter follows the tokens of a JSON text.
type jsonCounter struct {
	depth, values, parts int
}

func (c *jsonCounter) count(token json.Token) error {
	delim, _ := token.(json.Delim)
	switch delim {
	case '{', '[':
		if c.depth == 0 {
			c.values++
		}
		c.depth++
	case '}', ']':
		c.depth--
		return nil
	default:
		if c.depth == 0 {
			c.values++
		}
		c.parts++
	}
	switch {
	case c.values > 1:
		return errors.New("the body goes on after its JSON value")
	case c.depth > maxJSONDepth:
		return fmt.Errorf("the body nests deeper than %d levels", maxJSONDepth)
	case c.parts > maxJSONParts:
		return fmt.Errorf("the body holds more than %d names or values", maxJSONParts)
	}
	return nil
}
