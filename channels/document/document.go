package document

import (
	"bytes"
	"encoding/json"
	"time"

	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

// Bounds of the texts of a document, in bytes.
const (
	textLimit  = 512 << 10
	briefLimit = 4_000
)

// Document is one message as programs read it.
type Document struct {
	ID       string         `json:"id"`       // of the event: the same in every message about it
	Delivery string         `json:"delivery"` // of the message: the same when it is sent again
	Type     string         `json:"type"`     // of the event
	Group    string         `json:"group"`    //
	Severity event.Severity `json:"severity"` // INFO, WARNING or CRITICAL
	Outcome  string         `json:"outcome"`  // success, or empty
	Host     string         `json:"host"`     // display name
	Cluster  string         `json:"cluster"`  // empty when several events are told
	Source   string         `json:"source"`   // what raised the event
	Time     time.Time      `json:"time"`     // when it happened
	Key      string         `json:"key"`      // the same for a trouble and for what resolves it
	Resolved bool           `json:"resolved"` // it ends what was told under key
	Repeat   bool           `json:"repeat"`   // it may have arrived before
	Cut      bool           `json:"cut"`      // the whole was refused: body is shortened, data left out
	Icon     string         `json:"icon"`     // emoji
	Title    string         `json:"title"`    // one line
	Body     string         `json:"body"`     // any number of lines
	Details  []event.Detail `json:"details"`  // labelled rows
	Text     string         `json:"text"`     // title, body, details and host as plain text
	Guest    *event.Guest   `json:"guest"`    // virtual machine or container, or null
	Data     map[string]any `json:"data"`     // of the event
}

// Of returns the document of a message.
func Of(m *event.Message) *Document {
	limit := textLimit
	if m.Brief {
		limit = briefLimit
	}
	m = textsplit.Shorten(m, limit, textsplit.Bytes)
	d := &Document{
		ID: m.EventID, Delivery: m.ID, Type: m.Type, Group: m.Group, Severity: m.Severity, Outcome: m.Outcome,
		Host: m.Host, Time: m.Time, Key: m.Key, Resolved: m.Resolved, Repeat: m.Repeat, Cut: m.Brief,
		Icon: m.Icon, Title: m.Title, Body: m.Body, Details: m.Details, Text: m.Title + "\n" + m.PlainBody(), Data: map[string]any{},
	}
	if d.Details == nil {
		d.Details = []event.Detail{}
	}
	if e := m.Event; e != nil {
		d.Cluster, d.Source, d.Guest = e.Cluster, e.Source, e.Guest
		if e.Data != nil && !m.Brief {
			d.Data = e.Data
		}
	}
	return d
}

// JSON returns the document as one line of JSON. Its text is no HTML, so < > and
// & stand as they are.
func (d *Document) JSON() ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// View returns the document as templates see it: the values that its JSON has,
// under the same names. Only the time is one, so that it can be formatted.
func (d *Document) View() (map[string]any, error) {
	text, err := d.JSON()
	if err != nil {
		return nil, err
	}
	var view map[string]any
	if err := json.Unmarshal(text, &view); err != nil {
		return nil, err
	}
	view["time"] = d.Time
	return view, nil
}

// Names lists what a document holds, in its order.
func Names() []string {
	return []string{
		"id", "delivery", "type", "group", "severity", "outcome", "host", "cluster", "source", "time", "key", "resolved",
		"repeat", "cut", "icon", "title", "body", "details", "text", "guest", "data",
	}
}
