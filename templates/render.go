package templates

import (
	"cmp"

	"tocsin/engine/event"
)

// maxReason bounds the reason of a fault, in bytes.
const maxReason = 300

// Render turns a notification into a message. It never fails: a template that
// does is replaced by the generic entry's, or by the bare fields of the event,
// and leaves a fault. The dispatcher sets the message's ID.
func (s *Set) Render(n *event.Notification) (event.Message, []Fault) {
	e := n.Event
	entry := s.entry(e.Type)
	if entry.Burst && n.Burst == nil && s.Generic != nil { // forwarded from where it was counted
		entry = s.Generic
	}
	p := press{run: newRun(s.View(n)), set: s, reserve: maxSteps / 2}
	defer p.run.release()
	kind := event.OneLine(event.Clean(e.Type))
	m := event.Message{
		EventID: e.ID, Type: kind, Severity: e.Severity, Time: e.Time.In(p.run.zone),
		Group: cmp.Or(e.Group, entry.Group), Outcome: entry.Outcome, Icon: entry.Icon,
		Host:  event.OneLine(event.Clean(e.Host)),
		Title: remindOf(n, cmp.Or(p.title(entry), kind)),
		Body:  p.body(entry, e.Data),
	}
	for _, row := range entry.Details {
		if value := p.value(row); value != "" {
			m.Details = append(m.Details, event.Detail{Label: row.Label, Value: value})
		}
	}
	return m, p.faults
}

// remindOf says in the title that an event was told before and is still open.
func remindOf(n *event.Notification, title string) string {
	if n.Open <= 0 {
		return title
	}
	return tidyTitle("Still open after " + event.Duration(n.Open).String() + ": " + title)
}

// press renders the parts of one message. They share the budget of one run;
// what replaces failed templates has a budget of its own.
type press struct {
	run     *run
	set     *Set
	reserve int // steps for replacements
	faults  []Fault
}

// title returns the title of entry, else of the generic entry.
func (p *press) title(entry *Entry) string {
	text, ok := p.part("title", entry.Title)
	if generic := p.set.Generic; !ok && generic != nil && generic != entry {
		p.instead(func() { text, _ = p.part("title", generic.Title) })
	}
	return tidyTitle(text)
}

// body returns the body of entry, else of the generic entry, else the bare
// fields.
func (p *press) body(entry *Entry, data map[string]any) string {
	text, ok := p.part("body", entry.Body)
	if entry.Title == nil && entry.Body == nil {
		ok = false // nothing else would tell what the event holds
	}
	if generic := p.set.Generic; !ok && generic != nil && generic != entry {
		p.instead(func() { text, ok = p.part("body", generic.Body) })
	}
	if !ok {
		p.instead(func() { text = p.run.bare(data) })
	}
	return tidyBody(text)
}

// value renders a detail. In place of a template that fails stand the fields
// that it reads.
func (p *press) value(row Row) string {
	text, ok := p.part("detail "+row.Label, row.Value)
	if !ok {
		p.instead(func() {
			values := make([]any, 0, len(row.Value.refs))
			for _, ref := range row.Value.refs {
				values = append(values, read(p.run.view, ref.Path))
			}
			text = p.run.joined(values, " ")
		})
	}
	return tidyValue(text)
}

// part renders one template, and reports false when it fails.
func (p *press) part(name string, t *Template) (string, bool) {
	if t == nil {
		return "", true
	}
	text, err := p.run.execute(t)
	if err != nil {
		reason := event.Clip(event.OneLine(event.Clean(err.Error())), maxReason)
		p.faults = append(p.faults, Fault{Part: name, Reason: reason})
		return "", false
	}
	return text, true
}

// instead runs what replaces a failed template.
func (p *press) instead(replace func()) {
	r := p.run
	left := r.steps
	r.steps, r.err = p.reserve, nil
	replace()
	p.reserve, r.steps = r.steps, left
}
