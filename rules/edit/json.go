package edit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// jsonValue turns JSON into an expression, with the keys in their order.
func jsonValue(raw []byte) (*value, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var b strings.Builder
	if err := writeJSON(&b, dec, "", 0); err != nil {
		return nil, fmt.Errorf("the value is no JSON: %w", plainJSON(err))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the value is no JSON: something stands behind it")
	}
	v, err := parseValue(b.String())
	if v != nil {
		v.made = true
	}
	return v, err
}

// plainJSON is an error of the decoder without what it quotes of the value.
func plainJSON(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("it breaks at byte %d", syntax.Offset)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends too early")
	}
	return err
}

// maxDepth bounds the nesting of a JSON value.
const maxDepth = 32

// writeJSON writes the next value of a decoder as HCL.
func writeJSON(b *strings.Builder, dec *json.Decoder, indent string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("it is nested deeper than %d", maxDepth)
	}
	token, err := dec.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(t))
	case json.Number:
		b.WriteString(t.String())
	case string:
		b.WriteString(quoted(t))
	case json.Delim:
		if t == '[' {
			return writeJSONList(b, dec, indent, depth)
		}
		return writeJSONMap(b, dec, indent, depth)
	}
	return nil
}

func writeJSONList(b *strings.Builder, dec *json.Decoder, indent string, depth int) error {
	b.WriteByte('[')
	for n := 0; dec.More(); n++ {
		if n > 0 {
			b.WriteString(", ")
		}
		if err := writeJSON(b, dec, indent, depth+1); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	_, err := dec.Token()
	return err
}

func writeJSONMap(b *strings.Builder, dec *json.Decoder, indent string, depth int) error {
	b.WriteByte('{')
	empty := true
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		b.WriteString("\n" + indent + "  " + mapKey(name) + " = ")
		if err := writeJSON(b, dec, indent+"  ", depth+1); err != nil {
			return err
		}
		empty = false
	}
	if !empty {
		b.WriteString("\n" + indent)
	}
	b.WriteByte('}')
	_, err := dec.Token()
	return err
}

// mapKey writes a key of a map, in quotes where it needs them.
func mapKey(name string) string {
	switch name {
	case "for", "true", "false", "null":
		return quoted(name)
	}
	if hclsyntax.ValidIdentifier(name) {
		return name
	}
	return quoted(name)
}
