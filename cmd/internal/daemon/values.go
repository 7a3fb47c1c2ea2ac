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
		switch hidden := v.(type) {
		case event.Secret:
			v = set(hidden)
		case map[string]event.Secret:
			entries := make(map[string]any, len(hidden))
			for key, secret := range hidden {
				entries[key] = set(secret)
			}
			v = entries
		}
		out[name] = v
	}
	return out
}

func set(s event.Secret) map[string]bool { return map[string]bool{"set": s.IsSet()} }

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
	case channels.Secret, channels.Address:
		text, isText := v.(string)
		return event.NewSecret(text), isText
	case channels.Map:
		return mapValue(v)
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

func mapValue(v any) (any, bool) {
	items, ok := v.(map[string]any)
	entries := make(map[string]event.Secret, len(items))
	for name, item := range items {
		text, isText := item.(string)
		if !isText {
			return nil, false
		}
		entries[name] = event.NewSecret(text)
	}
	return entries, ok
}
