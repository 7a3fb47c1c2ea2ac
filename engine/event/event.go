package event

import "time"

// Success is the outcome of good news: something finished or recovered. It is
// drawn green whatever its severity.
const Success = "success"

// Incoming is an event as a source raises it, before the judge admits it.
// Only Type is required; the rest is filled from the catalogue and the host.
type Incoming struct {
	ID       string         `json:"id,omitempty"`       // ULID; kept when given
	Type     string         `json:"event_type"`         // catalogue type, or any other word
	Severity string         `json:"severity,omitempty"` // any word ParseSeverity knows; empty: the catalogue's
	Source   string         `json:"source,omitempty"`   // what raised it: webhook, api, cli, spool, forward, tocsin
	Host     string         `json:"host,omitempty"`     // empty: the configured display name
	Cluster  string         `json:"cluster,omitempty"`  // empty: the host's
	Time     time.Time      `json:"time,omitzero"`      // when it happened; zero: now
	Guest    *Guest         `json:"guest,omitempty"`
	Data     map[string]any `json:"data,omitempty"`

	// Via names the tocsins that a forwarded event has passed, the first of them
	// first. Its host and cluster are names of theirs.
	Via []string `json:"via,omitempty"`
	// Title and Message are what a forwarded event said there. They become data
	// when nothing here knows how to tell its type.
	Title   string `json:"title,omitempty"`
	Message string `json:"message,omitempty"`

	// Except names a channel that must not carry the event: a notice about a
	// channel never goes over that channel.
	Except string `json:"-"`

	// AtLeast takes Severity only when it is higher than the catalogue's: a
	// Proxmox notification may raise an event's severity, never lower it.
	AtLeast bool `json:"-"`
}

// Recorded is an event as it came, with the moment of its arrival.
type Recorded struct {
	Arrived  time.Time `json:"arrived"`
	Incoming Incoming  `json:"incoming"`
}

// Event is an admitted event: every field that can be known is filled in and
// the values of Data have the types that the catalogue declares for them.
type Event struct {
	ID       string         `json:"id"`
	Type     string         `json:"event_type"`
	Group    string         `json:"group"`
	Severity Severity       `json:"severity"`
	Source   string         `json:"source"`
	Host     string         `json:"host"`
	Cluster  string         `json:"cluster"`
	Time     time.Time      `json:"time"`
	Guest    *Guest         `json:"guest,omitempty"`
	Data     map[string]any `json:"data,omitempty"`
	Via      []string       `json:"via,omitempty"`    // as in Incoming
	Except   string         `json:"except,omitempty"` // as in Incoming
}

// Guest is a virtual machine or container as Proxmox knew it when the event
// happened.
type Guest struct {
	ID   string   `json:"id,omitempty"`
	Name string   `json:"name,omitempty"`
	Node string   `json:"node,omitempty"`
	Pool string   `json:"pool,omitempty"`
	Tags []string `json:"tags,omitempty"`
}
