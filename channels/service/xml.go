package service

import (
	"bytes"
	"encoding/xml"
	"errors"
	"strings"
)

// maxDepth bounds how deep the elements of an answer lie.
const maxDepth = 32

// parseXML reads an XML document the way paths see JSON: an element is its
// text, or a dictionary of its attributes (behind an @), its elements and its
// text (#text) when it has any of the former; elements of one name are a list.
// It returns nil for what is no XML, and for pages, which are nobody's answer.
func parseXML(body []byte) any {
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if err != nil {
			return nil
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if strings.EqualFold(start.Name.Local, "html") {
			return nil
		}
		root, err := element(d, start, maxDepth)
		if err != nil {
			return nil
		}
		return map[string]any{start.Name.Local: root}
	}
}

var errDeep = errors.New("elements lie too deep")

// element reads what follows the start of an element, up to its end.
func element(d *xml.Decoder, start xml.StartElement, depth int) (any, error) {
	if depth == 0 {
		return nil, errDeep
	}
	out, text := map[string]any{}, strings.Builder{}
	for _, a := range start.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			out["@"+a.Name.Local] = a.Value
		}
	}
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.StartElement:
			inner, err := element(d, token, depth-1)
			if err != nil {
				return nil, err
			}
			put(out, token.Name.Local, inner)
		case xml.EndElement:
			said := strings.TrimSpace(text.String())
			if len(out) == 0 {
				return said, nil
			}
			if said != "" {
				out["#text"] = said
			}
			return out, nil
		}
	}
}

// put adds an element to those of a dictionary.
func put(to map[string]any, name string, v any) {
	switch before := to[name].(type) {
	case nil:
		to[name] = v
	case []any:
		to[name] = append(before, v)
	default:
		to[name] = []any{before, v}
	}
}
