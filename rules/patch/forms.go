package patch

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// The forms of values: all are texts in ProxMenux.

func yes(v any) (any, error) {
	if text, ok := v.(string); ok {
		switch strings.ToLower(text) {
		case "true", "1", "yes", "on":
			return true, nil
		case "false", "0", "no", "off":
			return false, nil
		}
	}
	if b, ok := v.(bool); ok {
		return b, nil
	}
	return nil, errors.New("it is neither true nor false")
}

func word(v any) (any, error) {
	switch v := v.(type) {
	case string:
		if v != "" {
			return v, nil
		}
	case json.Number:
		return v.String(), nil
	case nil:
	default:
		return nil, errors.New("it is no text")
	}
	return nil, nil
}

func number(v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		return v, nil
	case string:
		if v == "" {
			return nil, nil
		}
		if _, err := strconv.ParseInt(v, 10, 64); err == nil {
			return json.Number(v), nil
		}
	case nil:
		return nil, nil
	}
	return nil, errors.New("it is no number")
}

func seconds(v any) (any, error) {
	n, err := number(v)
	if n == nil || err != nil {
		return n, err
	}
	return n.(json.Number).String() + "s", nil
}

func commas(v any) (any, error) {
	if list, ok := v.([]any); ok {
		return list, nil
	}
	text, err := word(v)
	if text == nil || err != nil {
		return text, err
	}
	list := []any{}
	for part := range strings.SplitSeq(text.(string), ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list, nil
}

func mode(v any) (any, error) {
	if v == "ssl" {
		return "tls", nil
	}
	return word(v)
}
