package event

import (
	"strings"
	"time"
)

// Message is a rendered notification. It has no markup: a channel puts it into
// its own, or into none.
type Message struct {
	ID       string    `json:"id"`                 // of the delivery: the same in every retry
	EventID  string    `json:"event_id"`           // ULID of the event
	Type     string    `json:"event_type"`         // catalogue type
	Group    string    `json:"group"`              // catalogue group
	Severity Severity  `json:"severity"`           //
	Outcome  string    `json:"outcome,omitempty"`  // Success, or empty
	Icon     string    `json:"icon,omitempty"`     // emoji before the title of a rich message
	Title    string    `json:"title"`              // one line
	Body     string    `json:"body,omitempty"`     // any number of lines
	Details  []Detail  `json:"details,omitempty"`  // in the order to show
	Host     string    `json:"host"`               // display name
	Time     time.Time `json:"time"`               // when the event happened
	Key      string    `json:"key,omitempty"`      // the same for a trouble and for what resolves it
	Resolved bool      `json:"resolved,omitempty"` // it ends what was told under Key

	// Event is what is told, for channels whose readers are programs; nil of a
	// message that tells several, of a test and of one from the history. It is
	// shared and never changed.
	Event *Event `json:"event,omitempty"`

	// Rich asks for the channel's native markup; otherwise plain text is sent.
	Rich bool `json:"-"`
	// Brief asks for a message cut to what the service takes in one piece,
	// after it refused the whole.
	Brief bool `json:"-"`
	// Repeat says that an earlier send of this message may have arrived.
	Repeat bool `json:"-"`
}

// Detail is one labelled row of a message.
type Detail struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Header returns the first line of a plain message: "[INFO] vm_start".
func (m *Message) Header() string { return "[" + m.Severity.String() + "] " + m.Type }

// RichTitle returns the title with its icon before it.
func (m *Message) RichTitle() string {
	if m.Icon == "" {
		return m.Title
	}
	return m.Icon + " " + m.Title
}

// PlainBody returns what stands below the title of a plain message: the body,
// the details as "Label: value" lines, and "host: NAME".
func (m *Message) PlainBody() string {
	var b strings.Builder
	if m.Body != "" {
		b.WriteString(m.Body)
		b.WriteByte('\n')
	}
	for _, d := range m.Details {
		b.WriteString(d.Label + ": " + d.Value + "\n")
	}
	b.WriteString(hostLine + m.Host)
	if m.Repeat {
		b.WriteString("\n" + RepeatNote)
	}
	return b.String()
}

// hostLine begins the line of a plain message that names its host.
const hostLine = "host: "

// Plain returns the whole message as plain text: the header, the title, and
// what PlainBody returns.
func (m *Message) Plain() string { return m.Header() + "\n" + m.Title + "\n" + m.PlainBody() }

// RepeatNote is the line of a message that may have arrived before.
const RepeatNote = "(may have arrived before)"
