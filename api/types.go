package api

import (
	"time"

	"tocsin/engine/event"
)

// Submission is an event to take. Its Event has an id only when it is known by
// it elsewhere, and a time only when the caller said when it happened.
type Submission struct {
	Event *event.Incoming
	Claim event.Claim // empty: none
}

// Outcome is the answer to a submission. With an Err nothing of the event was
// kept, and only then.
type Outcome struct {
	ID         string
	Repeat     bool             // its claim was taken before: ID is that event's
	Pending    bool             // the node that judges has yet to decide the rest
	Circles    bool             // it has passed this tocsin before, and is not taken again
	Channels   []string         // that it goes to
	Decisions  []event.Decision // that stopped, held or changed it
	Deliveries []event.Delivery // that settled while the caller waited
	Err        error            // ErrConflict, an *Unavailable, or another reason why it was not kept
}

// HistoryFilter chooses rows of the history. Zero fields do not filter.
type HistoryFilter struct {
	Limit, Offset int
	Severity      string // INFO, WARNING or CRITICAL
	Channel, Type string
	Status        string // ok or failed
	Since, Until  time.Time
	Query         string // part of the title or the message
}

// DecisionFilter chooses decisions. Zero fields do not filter.
type DecisionFilter struct {
	Limit, Offset  int
	EventID, Type  string
	Channel, Stage string
	Outcome, Code  string
	Since, Until   time.Time
}

// Question is what an explanation is asked for: a past event by its ID, or what
// would become of a made-up one at a moment.
type Question struct {
	ID    string
	Event event.Incoming
	At    time.Time // zero: now
}

// Source is where something stands in the configuration.
type Source struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// Place is where a part of the settings stands.
type Place struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	BuiltIn bool   `json:"builtin,omitempty"`
}

// CatalogueEntry is one entry of the catalogue.
type CatalogueEntry struct {
	Type     string            `json:"event_type"`
	Group    string            `json:"group"`
	Severity event.Severity    `json:"severity"`
	Enabled  bool              `json:"enabled"`
	Live     bool              `json:"live"`
	Outcome  string            `json:"outcome,omitempty"`
	Icon     string            `json:"icon"`
	Summary  string            `json:"summary"`
	Fields   map[string]string `json:"fields,omitempty"`
	Source   Source            `json:"source"`
}

// ChannelState is one channel with how it is doing.
type ChannelState struct {
	Name     string         `json:"name"`
	Kind     string         `json:"kind"`
	State    string         `json:"state"`            // ok, failing, waiting, stranded
	Reason   string         `json:"reason,omitempty"` // of a state that is not ok
	When     string         `json:"when,omitempty"`   // condition
	Rich     bool           `json:"rich"`
	Queue    Queue          `json:"queue"`
	Settings map[string]any `json:"settings"` // secrets as {"set": true}
	Source   Source         `json:"source"`
	Failures int            `json:"failures_in_a_row"`
	Since    *time.Time     `json:"failing_since,omitempty"` // the first of the failures in a row
	Note     string         `json:"note,omitempty"`          // of a channel that delivers: what to change
}

// Queue is what waits for a channel.
type Queue struct {
	Waiting int        `json:"waiting"`
	Dead    int        `json:"dead"`
	Oldest  *time.Time `json:"oldest,omitempty"`
	Code    string     `json:"last_error_code,omitempty"`
	Error   string     `json:"last_error,omitempty"`  // its cause and remedy
	Quiet   *Buffer    `json:"quiet_hours,omitempty"` // held for their end
	Digest  *Buffer    `json:"digest,omitempty"`      // held for it
}

// Waits reports whether anything is still to be told: what was given up is not.
func (q *Queue) Waits() bool { return q.Waiting > 0 || q.Quiet != nil || q.Digest != nil }

// Buffer is what is held for a channel and told as one message.
type Buffer struct {
	Messages int        `json:"messages"`
	At       *time.Time `json:"at,omitempty"` // when it is told
}

// Status is how the daemon is doing.
type Status struct {
	Version      string    `json:"version"`
	DisplayName  string    `json:"display_name"`
	Started      time.Time `json:"started"`
	Enabled      bool      `json:"enabled"`
	Config       ConfigRun `json:"config"`
	Store        string    `json:"store"`             // ok, or why it cannot keep events
	Engine       string    `json:"engine"`            // sqlite or postgres
	Place        string    `json:"place"`             // where the store is, without a password
	Role         string    `json:"role,omitempty"`    // Judges or StandsBy; empty: no other node shares the store
	Nodes        []Node    `json:"nodes,omitempty"`   // that share it
	History      *Records  `json:"history,omitempty"` // nil: it is written
	Channels     int       `json:"channels"`
	Failing      []string  `json:"failing,omitempty"`
	Stranded     []string  `json:"stranded,omitempty"` // channels that are gone or off, with messages that wait
	Waiting      int       `json:"waiting"`
	Dead         int       `json:"dead"`
	Fingerprints int       `json:"fingerprints"`
	Bursts       int       `json:"bursts"`

	Certificate *Certificate `json:"certificate,omitempty"` // nil: no TLS

	Heartbeat *Heartbeat  `json:"heartbeat,omitempty"` // nil: there is none
	Sources   []Collector `json:"sources,omitempty"`   // that run, by name
}

// Collector is a source that raises events by itself.
type Collector struct {
	Name     string     `json:"name"`
	State    string     `json:"state"`            // ok or failing
	Reason   string     `json:"reason,omitempty"` // of failing
	Since    time.Time  `json:"since"`            // of the trouble, or of the run
	Restarts int        `json:"restarts"`
	Events   int        `json:"events"` // that are kept, since it was started
	Last     *time.Time `json:"last_event,omitempty"`
}

// The roles of a node that shares a store with others.
const (
	Judges   = "judges"
	StandsBy = "stands by"
)

// Node is one of those that share a store.
type Node struct {
	Host    string    `json:"host"`
	Version string    `json:"version"`
	Judges  bool      `json:"judges"`
	Self    bool      `json:"self"` // the one that answers
	Started time.Time `json:"started"`
}

// Records says what of history, decisions and recorded events cannot be written.
// Messages are delivered all the same.
type Records struct {
	Tables []string  `json:"tables"`
	Since  time.Time `json:"since"`
	Why    string    `json:"why"`
	Lost   int64     `json:"rows_lost"`
}

// Certificate is what the API shows to those who connect.
type Certificate struct {
	Expires time.Time `json:"expires"`
	Problem string    `json:"problem,omitempty"` // why the files as they are now are not in use
}

// Heartbeat is what a service elsewhere was told last.
type Heartbeat struct {
	Last     *time.Time `json:"last_success,omitempty"` // when it was last heard that all is well
	Degraded string     `json:"degraded,omitempty"`     // why it is told that something is wrong
	Error    string     `json:"error,omitempty"`        // why it is not heard
}

// ConfigRun says which configuration runs.
type ConfigRun struct {
	Folder   string    `json:"folder"`
	State    string    `json:"state"` // ok: the files; last_good: an earlier version, as the files would not load
	Loaded   time.Time `json:"loaded"`
	Revision string    `json:"revision"`
	Errors   []string  `json:"errors,omitempty"` // of the files that would not load, as file:line:col: text
}

// ReloadResult is what became of the files.
type ReloadResult struct {
	OK          bool         `json:"ok"`
	Changed     bool         `json:"changed"`
	Diagnostics []Diagnostic `json:"diagnostics,omitempty"`
	Text        string       `json:"text,omitempty"` // the diagnostics for a terminal
}

// Diagnostic is one error or warning about the configuration.
type Diagnostic struct {
	Severity string `json:"severity"` // error or warning
	Code     string `json:"code"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	EndLine  int    `json:"end_line"`
	EndCol   int    `json:"end_column"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
}

// Test asks for a test message over a saved channel, by name or kind, or over
// one that is not saved, given as its fields.
type Test struct {
	Channel  string         `json:"-"` // empty: all
	Unsaved  map[string]any `json:"-"`
	Title    string         `json:"title,omitempty"`
	Body     string         `json:"body,omitempty"`
	Severity string         `json:"severity,omitempty"`
	Outcome  string         `json:"outcome,omitempty"`
}

// TestResult is what came of a test on one channel.
type TestResult struct {
	Channel  string     `json:"channel"`
	Success  bool       `json:"success"`
	Error    *TestError `json:"error,omitempty"`
	Latency  int64      `json:"latency_ms"`
	Rendered string     `json:"rendered"`
}

// TestError is why a test failed.
type TestError struct {
	Code string `json:"code"`
	Why  string `json:"why"`
	Do   string `json:"do"`
}
