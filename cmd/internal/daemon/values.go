package daemon

import (
	"fmt"

	"tocsin/channels"
	"tocsin/engine/event"
)

// shown are a channel's fields for people: a secret only says whether it is
// set.
func shown(values channels.Values) map[string]any {
	out := make(map[string]any, len(values))
	for name, v := range values {
		if secret, ok := v.(event.Secret); ok {
			v = map[string]bool{"set": secret.IsSet()}
		}
		out[name] = v
	}
	return out
}

// channelValues reads the fields of a channel from a JSON object.
func channelValues(kind *channels.Kind, fields map[string]any) (channels.Values, error) {
	values := channels.Values{}
	for name, v := range fields {
		if name == "kind" || name == "name" || name == "rich" {
			continue
		}
		field, known := kind.Field(name)
		if !known {
			return nil, fmt.Errorf("channels of kind %s have no field %s", kind.Name, name)
		}
		value, ok := fieldValue(field.Type, v)
		if !ok {
			return nil, fmt.Errorf("field %s is no %s", name, field.Type)
		}
		values[name] = value
	}
	for _, field := range kind.Fields {
		if _, ok := values[field.Name]; field.Required && !ok {
			return nil, fmt.Errorf("field %s is missing: %s", field.Name, field.Doc)
		}
	}
	return values, nil
}

func fieldValue(t channels.FieldType, v any) (value any, ok bool) {
	switch t {
	case channels.Number:
		value, ok = v.(float64)
	case channels.Bool:
		value, ok = v.(bool)
	case channels.List:
		return listValue(v)
	case channels.Secret:
		text, isText := v.(string)
		return event.NewSecret(text), isText
	default:
		value, ok = v.(string)
	}
	return value, ok
}

func listValue(v any) (any, bool) {
	if text, ok := v.(string); ok {
		return []string{text}, true
	}
	items, ok := v.([]any)
	list := make([]string, 0, len(items))
	for _, item := range items {
		text, isText := item.(string)
		if !isText {
			return nil, false
		}
		list = append(list, text)
	}
	return list, ok
}
