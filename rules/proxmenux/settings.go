package proxmenux

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Prefix begins the keys of the settings in the table of the program's database.
const Prefix = "notification."

// masked is what its API shows in place of a secret.
const masked = "************"

// Limits of what is read: the program itself has some 400 keys.
const (
	maxKeys  = 10_000
	maxValue = 64 << 10
)

// Settings are the stored settings by their flat keys, without the prefix:
// telegram.chat_id. Values are text as the program stores it; booleans are "true"
// and "false".
type Settings map[string]string

// Add takes a setting in, under its key with or without the prefix.
func (s Settings) Add(key, value string) error {
	key = strings.TrimPrefix(key, Prefix)
	switch {
	case len(s) >= maxKeys:
		return fmt.Errorf("there are more than %d settings", maxKeys)
	case len(value) > maxValue:
		return fmt.Errorf("the value of %.60q is longer than %d bytes", key, maxValue)
	}
	s[key] = value
	return nil
}

// Read reads settings as JSON: the flat map that POST settings takes, or what GET
// settings answers, whole or its config alone.
func Read(text []byte) (Settings, error) {
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("this is no JSON object: %w", err)
	}
	if inner, ok := doc["config"].(map[string]any); ok {
		doc = inner
	}
	s := Settings{}
	for _, key := range slices.Sorted(maps.Keys(doc)) {
		if err := s.take([]string{key}, doc[key]); err != nil {
			return nil, err
		}
	}
	if len(s) == 0 {
		return nil, errors.New("the JSON holds no settings")
	}
	return s, nil
}

// drawn are parts of the answer that only serve to draw a form.
var drawn = map[string]bool{"event_types_by_group": true, "event_categories": true, "event_toggles": true, "success": true}

// take takes in what stands at a path of the document.
func (s Settings) take(path []string, value any) error {
	if drawn[path[0]] {
		return nil
	}
	var text string
	switch v := value.(type) {
	case nil:
		return nil
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if err := s.take(append(path[:len(path):len(path)], name), v[name]); err != nil {
				return err
			}
		}
		return nil
	case string:
		text = v
	case bool:
		text = strconv.FormatBool(v)
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Errorf("the value of %.100q is a list, which no setting is", strings.Join(path, "."))
	}
	key, ok := flat(path)
	if !ok {
		return fmt.Errorf("%.100q is no setting", strings.Join(path, "."))
	}
	return s.Add(key, text)
}

// flat is the flat key of what stands at a path of the answer of GET settings.
func flat(path []string) (key string, ok bool) {
	singular := map[string]string{"ai_api_keys": "ai_api_key_", "ai_models": "ai_model_", "ai_detail_levels": "ai_detail_level_"}
	switch {
	case len(path) == 1:
		return path[0], true
	case len(path) == 2 && singular[path[0]] != "":
		return singular[path[0]] + path[1], true
	case len(path) == 3 && path[0] == "channels":
		return path[1] + "." + path[2], true
	case len(path) == 4 && path[0] == "channel_overrides" && path[2] == "categories":
		return path[1] + ".events." + path[3], true
	case len(path) == 4 && path[0] == "channel_overrides" && path[2] == "events":
		return path[1] + ".event." + path[3], true
	}
	return "", false
}

// is reports whether a switch is on.
func (s Settings) is(key string) bool { return strings.EqualFold(s[key], "true") }

// has reports whether a setting has a value that says something.
func (s Settings) has(key string) bool { return strings.TrimSpace(s[key]) != "" }
