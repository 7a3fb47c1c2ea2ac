package service

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

// Answer is a service's answer to a call.
type Answer struct {
	Status int
	Phrase string // what the status is called: Not Found
	Body   []byte
}

// begins reports whether the body begins as JSON that has parts.
func (a *Answer) begins() bool {
	body := bytes.TrimLeft(a.Body, " \t\r\n")
	return len(body) > 0 && (body[0] == '{' || body[0] == '[')
}

// doc returns the body as paths see it, be it JSON or XML; nil when it is
// neither.
func (a *Answer) doc() any {
	var v any
	if json.Unmarshal(a.Body, &v) == nil {
		return v
	}
	return parseXML(a.Body)
}

// Took reports whether an answer says that the message was taken.
func (s *Spec) Took(a *Answer) bool {
	if len(s.Success.Statuses) > 0 {
		if !slices.Contains(s.Success.Statuses, a.Status) {
			return false
		}
	} else if a.Status/100 != 2 {
		return false
	}
	if s.Success.Text != nil && !s.Success.Text.Match(a.Body) {
		return false
	}
	doc := a.doc()
	if doc == nil && a.begins() {
		return true // it broke off: the status is all there is to go by
	}
	return !slices.ContainsFunc(s.Success.Checks, func(c Check) bool { return !c.holds(doc) })
}

// holds reports whether every value at a check's path is one that it allows.
func (c *Check) holds(doc any) bool {
	found := c.Path.all(doc)
	if len(c.Values) == 0 {
		return !slices.ContainsFunc(found, func(v any) bool { return truthy(v) })
	}
	return len(found) > 0 && !slices.ContainsFunc(found, func(v any) bool {
		return !slices.ContainsFunc(c.Values, func(want any) bool { return event.Text(v) == event.Text(want) })
	})
}

// MessageID returns the id that the service gave a message; empty when it gave
// none.
func (s *Spec) MessageID(a *Answer) string {
	v, _ := s.Receipt.first(a.doc())
	return event.Clip(event.OneLine(event.Clean(textOf(v))), 200)
}

// Refused explains an answer that is no success. base is what the status alone
// suggests; hide takes secrets out of the service's own words.
func (s *Spec) Refused(a *Answer, base *event.SendError, hide func(string) string) *event.SendError {
	out := *base
	doc := a.doc()
	switch {
	case a.Status/100 == 2 && doc == nil && len(s.Success.Checks) > 0:
		out = event.SendError{
			Class: event.Temporary, Code: "bad_answer",
			Why: "what answered is not " + s.Title + ": it said " + a.status() + " without what the service says to a message",
			Do:  "check the channel's address, and whether a sign-in page or another site stands before the service",
		}
	case a.Status/100 == 2:
		out = event.SendError{
			Class: event.Unfit, Code: "rejected",
			Why: s.Title + " answered " + a.status() + ", but did not take the message",
			Do:  "look at what it says, and at the message in the history",
		}
	}
	if said := s.said(a, doc, hide); said != "" && out.Code != "bad_answer" {
		out.Why = fmt.Sprintf("%s answered %s (%s)", s.Title, a.status(), said)
	}
	if seconds, ok := s.Retry.first(doc); ok {
		if n, ok := number(seconds); ok && n > 0 && n < 86_400 {
			out.RetryAfter = max(out.RetryAfter, time.Duration(n*float64(time.Second)))
		}
	}
	for _, r := range s.Refusals {
		if r.applies(a) {
			r.explain(&out)
			break
		}
	}
	return &out
}

// Ended reports whether an answer to a message says that what steps saved, such
// as a session, holds no longer.
func (s *Spec) Ended(a *Answer) bool {
	switch {
	case len(s.Steps) == 0:
		return false
	case a.Status == 401, a.Status == 403: // unauthorized, forbidden
		return true
	}
	return !s.Took(a) && slices.ContainsFunc(s.Refusals, func(r Refusal) bool { return r.Renew && r.applies(a) })
}

func (r *Refusal) applies(a *Answer) bool {
	return (len(r.Statuses) == 0 || slices.Contains(r.Statuses, a.Status)) && (r.Text == nil || r.Text.Match(a.Body))
}

func (r *Refusal) explain(e *event.SendError) {
	e.Code, e.Do = r.Code, or(r.Do, e.Do)
	switch r.Class {
	case "temporary":
		e.Class = event.Temporary
	case "target":
		e.Class = event.Target
	case "message":
		e.Class = event.Unfit
	}
}

// said returns the service's own words, fit to show; a page is none.
func (s *Spec) said(a *Answer, doc any, hide func(string) string) string {
	const longest = 200
	for _, path := range s.Why {
		if v, ok := path.first(doc); ok && truthy(v) {
			return event.Clip(hide(event.OneLine(event.Clean(textOf(v)))), longest)
		}
	}
	if doc == nil && len(a.Body) > 0 && len(a.Body) <= longest && !strings.ContainsAny(string(a.Body), "<>") {
		return hide(event.OneLine(event.Clean(string(a.Body))))
	}
	return ""
}

// status returns the status with its name, where that is known.
func (a *Answer) status() string { return strings.TrimSpace(fmt.Sprint(a.Status) + " " + a.Phrase) }

// Join adds what a further call of a step saved to what the earlier ones did:
// lists grow, and of all else the first stays.
func Join(saved, more map[string]any) {
	for name, v := range more {
		list, isList := saved[name].([]any)
		if further, ok := v.([]any); ok && isList {
			saved[name] = slices.Concat(list, further)
		} else if saved[name] == nil {
			saved[name] = v
		}
	}
}

// Saved reads what a step keeps of its answer, and for how long.
func (st *Step) Saved(a *Answer) (map[string]any, time.Duration, error) {
	doc := a.doc()
	out := map[string]any{}
	for name, path := range st.Save {
		v, ok := path.first(doc)
		if !ok {
			return nil, 0, fmt.Errorf("the answer of step %s has no %s", st.Name, strings.Join(path, "."))
		}
		out[name] = v
	}
	keep := st.Keep
	if v, ok := st.KeepPath.first(doc); ok {
		if n, ok := number(v); ok && n > 0 && n < 1e9 {
			keep = time.Duration(n * float64(time.Second) * 9 / 10) // it must not end on the way
		}
	}
	return out, keep, nil
}
