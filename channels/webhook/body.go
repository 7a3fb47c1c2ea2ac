package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/channels"
	"tocsin/channels/document"
	"tocsin/engine/event"
	"tocsin/templates"
)

// parseBody compiles the template of a body. What it names must be in the
// document, and when the body claims to be JSON, it must be JSON whatever an
// event says.
func parseBody(text string, isJSON bool) (*templates.Template, error) {
	t, err := templates.Parse(text)
	if bad, ok := errors.AsType[*templates.ParseError](err); ok {
		return nil, wrong("body", bad.Summary, bad.Detail)
	}
	if err != nil {
		return nil, wrong("body", "invalid template", err.Error())
	}
	for _, ref := range t.Refs() {
		if !slices.Contains(document.Names(), ref.Path[0]) {
			return nil, &channels.FieldError{
				Field: "body", Summary: "unknown name ." + strings.Join(ref.Path, "."), Word: ref.Path[0], Known: document.Names(),
				Detail: "The body is made of: ." + strings.Join(document.Names(), " .") + ".",
			}
		}
	}
	if isJSON {
		return t, rehearse(t)
	}
	return t, nil
}

// rehearse renders odd events: each text with quotes, a backslash and a line
// break in it, or nothing at all. A template that fails on one may do well with a
// real event, and is left for then.
func rehearse(t *templates.Template) error {
	const odd = "a \"b\" \\ c\n{{"
	for _, severity := range []event.Severity{event.Info, event.Warning, event.Critical} {
		for _, text := range []string{odd, ""} {
			body, err := t.Execute(sample(t, severity, text))
			if err == nil && !json.Valid([]byte(body)) {
				return wrong("body", "a body that is not always JSON",
					"It is none when "+whichIs(text)+". Write values by json, without quotes around: {{ json .title }}.")
			}
		}
	}
	return nil
}

func whichIs(text string) string {
	if text == "" {
		return "a value is missing"
	}
	return "a text has quotes in it"
}

// sample is a document of which every text is the same, data that a template
// reads included.
func sample(t *templates.Template, severity event.Severity, text string) map[string]any {
	data := map[string]any{}
	for _, ref := range t.Refs() {
		if ref.Path[0] == "data" && text != "" {
			put(data, ref.Path[1:], text)
		}
	}
	m := &event.Message{
		ID: text, EventID: text, Type: text, Group: text, Severity: severity, Outcome: text, Icon: text, Title: text, Body: text,
		Host: text, Key: text, Time: time.Unix(1, 0).UTC(), Details: []event.Detail{{Label: text, Value: text}},
		Event: &event.Event{Cluster: text, Source: text, Guest: &event.Guest{ID: text, Name: text, Node: text, Pool: text}, Data: data},
	}
	if text == "" {
		m.Event, m.Details = nil, nil
	}
	view, err := document.Of(m).View()
	if err != nil {
		panic(fmt.Sprintf("webhook: %v", err)) // texts always marshal
	}
	return view
}

// put sets the value at a path.
func put(in map[string]any, path []string, value any) {
	for len(path) > 1 {
		inner, ok := in[path[0]].(map[string]any)
		if !ok {
			inner = map[string]any{}
			in[path[0]] = inner
		}
		in, path = inner, path[1:]
	}
	if len(path) == 1 {
		if _, taken := in[path[0]]; !taken {
			in[path[0]] = value
		}
	}
}

// render returns the body of a request for m.
func (c *channel) render(m *event.Message) ([]byte, error) {
	d := document.Of(m)
	if c.body == nil {
		text, err := d.JSON()
		if err != nil {
			return nil, unfit("the event could not be written as JSON", "this is a fault in tocsin, please report it")
		}
		return text, nil
	}
	view, err := d.View()
	if err != nil {
		return nil, unfit("the event could not be written as JSON", "this is a fault in tocsin, please report it")
	}
	text, err := c.body.Execute(view)
	if err != nil {
		return nil, unfit("the template of the body failed: "+event.Clip(event.OneLine(event.Clean(err.Error())), 300), "correct body in the channel block")
	}
	if c.json && !json.Valid([]byte(text)) {
		return nil, unfit("the template made no JSON of this event"+because(text), "write every value of body by json: {{ json .title }}")
	}
	return []byte(text), nil
}

// because says where a text ceases to be JSON.
func because(text string) string {
	if bad := event.CheckJSON([]byte(text)); bad != nil {
		return ": " + bad.Why
	}
	return ""
}

func unfit(why, do string) error {
	return &event.SendError{Class: event.Unfit, Code: "bad_body", Why: why, Do: do}
}
