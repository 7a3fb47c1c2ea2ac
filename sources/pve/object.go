package pve

import (
	"bytes"
	"encoding/json"

	"tocsin/engine/event"
)

// useTemplate is the remedy for a body that the template of the target spoils.
const useTemplate = "let `tocsin pve setup` write the target, or give it the body template of the Proxmox VE manual, which escapes every value"

// parseObject reads body as one JSON object. Of a key that occurs twice the
// last value counts. Nothing is built before the bounds are known to hold.
func parseObject(body []byte) (map[string]any, error) {
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] != '{' {
		return nil, &BadBody{Reason: "the body is " + kindOf(body) + ", where a JSON object is wanted", Do: "send an object with title, message, severity, timestamp and fields"}
	}
	if bad := event.CheckJSON(body); bad != nil {
		return nil, &BadBody{Reason: bad.Why, Do: bad.Do + "; " + useTemplate}
	}
	var top map[string]any
	if json.Unmarshal(body, &top) != nil {
		return nil, &BadBody{Reason: "the JSON holds a number that is out of range", Do: useTemplate}
	}
	return top, nil
}

// kindOf names what is no JSON object.
func kindOf(body []byte) string {
	switch c := body[0]; {
	case !json.Valid(body):
		return "no JSON"
	case c == '[':
		return "an array"
	case c == '"':
		return "a string"
	case c >= '0' && c <= '9', c == '-':
		return "a number"
	}
	return "a word such as null"
}
