package tocsin

import (
	"encoding/json"
	"strings"
	"time"

	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

const (
	briefText  = 2_000 // of a message that was refused as too long, in bytes
	briefValue = 500   // of its data, in JSON
)

// request is an event as the other one takes it.
type request struct {
	Type     string         `json:"event_type"`
	ID       string         `json:"id"`
	Severity event.Severity `json:"severity"`
	Host     string         `json:"host"`
	Cluster  string         `json:"cluster,omitempty"`
	Time     time.Time      `json:"time"`
	Guest    *event.Guest   `json:"guest,omitempty"`
	Data     map[string]any `json:"data,omitempty"`
	Title    string         `json:"title"`
	Message  string         `json:"message"`
	Via      []string       `json:"via"`
}

// render returns the event of m. A message that tells several events is one of
// its own, with its text alone.
func (c *channel) render(m *event.Message) *request {
	if m.Brief {
		m = textsplit.Shorten(m, briefText, textsplit.Bytes)
	}
	r := &request{
		Type: m.Type, ID: m.EventID, Severity: m.Severity, Host: m.Host, Time: m.Time.UTC(),
		Title: m.Title, Message: text(m), Via: []string{c.instance},
	}
	if e := m.Event; e != nil {
		r.Type, r.Host, r.Cluster, r.Time, r.Guest, r.Data = e.Type, e.Host, e.Cluster, e.Time.UTC(), e.Guest, e.Data
		r.Via = append(e.Via[:len(e.Via):len(e.Via)], c.instance)
	}
	if m.Brief {
		r.Data = short(r.Data)
	}
	return r
}

// text is what stands below the title, without the host, which the event has.
func text(m *event.Message) string {
	var lines []string
	if m.Body != "" {
		lines = append(lines, m.Body)
	}
	for _, d := range m.Details {
		lines = append(lines, d.Label+": "+d.Value)
	}
	if m.Repeat {
		lines = append(lines, event.RepeatNote)
	}
	return strings.Join(lines, "\n")
}

// short returns the small values of data.
func short(data map[string]any) map[string]any {
	kept := map[string]any{}
	for name, value := range data {
		if text, err := json.Marshal(value); err == nil && len(text) <= briefValue {
			kept[name] = value
		}
	}
	return kept
}
