package service

import (
	"time"

	"tocsin/engine/event"
)

// App is what a service may show as the sender.
type App struct {
	Name, Title, URL string
	// Image returns the address of a picture for a tone, of a size such as
	// 72x72; nil: there are none.
	Image func(tone, size string) string
}

// sizes are those that services ask for.
func sizes() []string { return []string{"32x32", "72x72", "128x128", "256x256"} }

// Colors are those of the tones.
func Colors() map[string]string {
	return map[string]string{ToneInfo: "#3AA3E3", ToneSuccess: "#3AA337", ToneWarning: "#CACF29", ToneFailure: "#A32037"}
}

// ToneOf returns the tone of a message.
func ToneOf(m *event.Message) string {
	switch {
	case m.Outcome == event.Success:
		return ToneSuccess
	case m.Severity == event.Critical:
		return ToneFailure
	case m.Severity == event.Warning:
		return ToneWarning
	}
	return ToneInfo
}

// Names lists what stands at the root of the view of a request's templates.
func Names() []string {
	return []string{
		"title", "body", "plain", "text", "format", "part", "parts", "tone", "level", "color", "channel", "target", "targets", "kind", "item",
		"type", "severity", "group", "host", "time", "now", "id", "delivery", "icon", "app", "image", "step",
	}
}

// View returns what the templates of requests see of one part.
func (s *Spec) View(m *event.Message, p Part, channel *Settled, app App, now time.Time) map[string]any {
	tone := ToneOf(m)
	levels := make(map[string]any, len(s.Levels))
	for name, level := range s.Levels {
		levels[name] = level[tone]
	}
	images := map[string]any{}
	if app.Image != nil {
		for _, size := range sizes() {
			images[size] = app.Image(tone, size)
		}
	}
	return map[string]any{
		"title": p.Title, "body": p.Body, "plain": p.Plain, "text": p.Text, "format": p.Format, "part": p.Number, "parts": p.Of,
		"tone": tone, "level": levels, "color": Colors()[tone], "channel": channel.Fields,
		"target": nil, "targets": nil, "kind": "", "step": map[string]any{},
		"type": m.Type, "severity": m.Severity, "group": m.Group, "host": m.Host, "time": m.Time, "now": now,
		"id": m.EventID, "delivery": m.ID, "icon": m.Icon, "image": images,
		"app": map[string]any{"name": app.Name, "title": app.Title, "url": app.URL},
	}
}

// Calls returns the calls that a view takes: one for each target, and none
// when Untold says why.
func (s *Spec) Calls(view map[string]any, now time.Time) ([]Call, error) {
	r, err := find(s.Requests, view)
	if err != nil || r.Nothing != "" {
		return nil, err
	}
	return r.calls(view, now)
}

// Untold says why a view takes no call; empty: it takes one.
func (s *Spec) Untold(view map[string]any) string {
	r, err := find(s.Requests, view)
	if err != nil {
		return ""
	}
	return r.Nothing
}

// Calls returns the calls of a step: none when the view does not need it.
func (st *Step) Calls(view map[string]any, now time.Time) ([]Call, error) {
	if st.Request.When != nil {
		v, err := st.Request.When.Value(view)
		if err != nil || !truthy(v) {
			return nil, err
		}
	}
	return st.Request.calls(view, now)
}
