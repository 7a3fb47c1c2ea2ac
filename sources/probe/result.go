package probe

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"tocsin/engine/event"
)

// MaxText bounds the text that a look brings, in bytes: what is longer is not
// judged, as half a list tells something else than the whole.
const MaxText = 1 << 20

// MaxFiles bounds the files that a glob finds.
const MaxFiles = 2000

const (
	maxMatches = 5000 // of one pattern
	maxValues  = 50_000
	maxNest    = 32
)

var (
	errLongPattern = fmt.Errorf("a pattern has at most %d bytes", maxPattern)
	errLongText    = fmt.Errorf("it has more than %d KiB", MaxText>>10)
)

// Result is what one look found.
type Result struct {
	Values map[string]any // by the names of the kind
	Texts  []Text         // in which patterns are looked for; JSON is read of the only one
	// Mark stands for all that counts when asked whether something changed.
	Mark string
	// Failure says why the look failed, cause and remedy; empty: it did not. With
	// Lacking set, it is that there is nothing to look at.
	Failure string
	Lacking bool
}

// Text is a piece of text that a look found.
type Text struct {
	Path string // of kind file: where
	Body string // clean
}

// NewText takes over text from outside.
func NewText(path string, body []byte) (Text, error) {
	if len(body) > MaxText {
		return Text{}, errLongText
	}
	return Text{event.Clean(path), event.Clean(string(body))}, nil
}

// Failed is a look that failed.
func Failed(format string, args ...any) Result {
	return Result{Values: map[string]any{}, Failure: fmt.Sprintf(format, args...)}
}

// Missing is a look at what is not there.
func Missing(format string, args ...any) Result {
	r := Failed(format, args...)
	r.Lacking = true
	return r
}

// Unreadable is a look at a file that cannot be read.
func Unreadable(path string, err error) Result {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Missing("%s does not exist", path)
	case errors.Is(err, fs.ErrPermission):
		return Failed("%s cannot be read: give the daemon's user the right, such as by a group", path)
	case errors.Is(err, errLongText):
		return Failed("%s is not read: %v", path, err)
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	return Failed("%s cannot be read: %v", path, err)
}

// complete adds what is read out of the text, and finds out whether the look
// failed: an end with another code than 0 and a status other than 2xx do not when
// the rule reads them.
func (r *Rule) complete(res *Result) {
	if res.Failure == "" {
		res.Failure = r.refusal(res.Values)
	}
	if res.Failure != "" {
		return
	}
	if len(r.Patterns) > 0 {
		matches, err := r.matches(res.Texts)
		if err != nil {
			res.Failure = err.Error()
			return
		}
		res.Values["matches"] = matches
	}
	if r.Wants("json") {
		v, err := parseJSON(res.Texts)
		switch {
		case err == nil:
			res.Values["json"] = v
		case successful(res.Values): // else it is an error page, and what is read is the status
			res.Failure = err.Error()
		}
	}
}

// successful reports whether a program or a server says that all is well.
func successful(values map[string]any) bool {
	code, ended := values["code"].(float64)
	status, answered := values["status"].(float64)
	return (!ended || code == 0) && (!answered || status >= 200 && status <= 299)
}

// refusal tells a result that says of itself that it is none.
func (r *Rule) refusal(values map[string]any) string {
	if successful(values) {
		return ""
	}
	if code, ok := values["code"].(float64); ok && !r.Wants("code") {
		said := event.Clip(event.OneLine(lastLine(event.Text(values["stderr"]))), 200)
		if said != "" {
			said = ": " + said
		}
		return fmt.Sprintf("%s ended with code %.0f%s", r.Command[0], code, said)
	}
	if status, ok := values["status"].(float64); ok && !r.Wants("status") {
		return fmt.Sprintf("the server answered with status %.0f; a condition over result.status would judge it", status)
	}
	return ""
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// matches looks for the patterns in the texts.
func (r *Rule) matches(texts []Text) (map[string]any, error) {
	found := map[string]any{}
	for _, p := range r.Patterns {
		list := []any{}
		names := p.re.SubexpNames()
		for _, t := range texts {
			for _, at := range p.re.FindAllStringSubmatchIndex(t.Body, maxMatches+1-len(list)) {
				list = append(list, r.match(t, names, at))
			}
		}
		if len(list) > maxMatches {
			return nil, fmt.Errorf("the pattern %s fits more than %d times", p.Name, maxMatches)
		}
		found[p.Name] = list
	}
	return found, nil
}

// match is one match as an item.
func (r *Rule) match(t Text, names []string, at []int) map[string]any {
	groups := map[string]any{}
	if t.Path != "" {
		groups["path"] = t.Path
	}
	for i, name := range names {
		if name != "" && at[2*i] >= 0 {
			groups[name] = typed(t.Body[at[2*i]:at[2*i+1]], r.Fields[name])
		}
	}
	return groups
}

// typed returns text as what a field takes; what does not read as that stays text.
func typed(v any, t event.FieldType) any {
	if t == Any {
		return v
	}
	v, _ = event.Coerce(v, t)
	return v
}

// parseJSON reads the only text as JSON.
func parseJSON(texts []Text) (any, error) {
	if len(texts) != 1 {
		return nil, fmt.Errorf("result.json is of one text, and %d were found", len(texts))
	}
	var v any
	if err := json.Unmarshal([]byte(texts[0].Body), &v); err != nil {
		return nil, fmt.Errorf("what was found is no JSON: %w", err)
	}
	left := maxValues
	if !within(v, maxNest, &left) {
		return nil, fmt.Errorf("the JSON has more than %d values, or more than %d levels", maxValues, maxNest)
	}
	return v, nil
}

// within reports whether a value is within the bounds.
func within(v any, deep int, left *int) bool {
	if *left--; *left < 0 || deep == 0 {
		return false
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if !within(item, deep-1, left) {
				return false
			}
		}
	case map[string]any:
		for _, item := range v {
			if !within(item, deep-1, left) {
				return false
			}
		}
	}
	return true
}
