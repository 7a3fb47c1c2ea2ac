package event

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Unsent is a message that no service has taken: a row of the outbox, or one of
// a buffer, whose State then is the name of the buffer.
type Unsent struct {
	ID       UnsentID    `json:"id"`
	Channel  string      `json:"channel"`
	EventID  string      `json:"event_id"`
	Type     string      `json:"event_type"`
	Severity Severity    `json:"severity"`
	Title    string      `json:"title"`
	State    ParcelState `json:"state"`
	Attempt  int         `json:"attempt"`        // attempts made
	Accepted time.Time   `json:"accepted"`       // when it entered the outbox or the buffer
	Due      time.Time   `json:"due,omitzero"`   // not tried before
	Tried    time.Time   `json:"tried,omitzero"` // when it was tried last
	Until    time.Time   `json:"until,omitzero"` // in a buffer: when it is told
	Code     string      `json:"code,omitempty"` // of the last error
	Error    string      `json:"error,omitempty"`
	Stranded bool        `json:"stranded,omitempty"` // nothing delivers to its channel
}

// Tally counts the messages of a channel that are in one state.
type Tally struct {
	Channel  string      `json:"channel"`
	State    ParcelState `json:"state"`
	Count    int         `json:"count"`
	Error    string      `json:"error,omitempty"` // of the last of them that failed
	Stranded bool        `json:"stranded,omitempty"`
}

// UnsentID names a row of the outbox ("12") or of a buffer ("quiet:12").
type UnsentID struct {
	Buffer Buffer // empty: the outbox
	ID     int64
}

// String returns the id as ParseUnsentID reads it.
func (id UnsentID) String() string {
	number := strconv.FormatInt(id.ID, 10)
	if id.Buffer == "" {
		return number
	}
	return string(id.Buffer) + ":" + number
}

// ParseUnsentID reads an id such as 12, quiet:12 or digest:12.
func ParseUnsentID(text string) (UnsentID, error) {
	buffer, number, buffered := strings.Cut(text, ":")
	if !buffered {
		buffer, number = "", text
	}
	n, err := strconv.ParseUint(number, 10, 63)
	known := !buffered || buffer == string(QuietBuffer) || buffer == string(DigestBuffer)
	if err != nil || n == 0 || !known {
		return UnsentID{}, fmt.Errorf("%q is no id such as 12, quiet:12 or digest:12", Clip(text, 40))
	}
	return UnsentID{Buffer(buffer), int64(n)}, nil
}

// MarshalText writes the id as String does.
func (id UnsentID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads an id as ParseUnsentID does.
func (id *UnsentID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseUnsentID(string(text))
	return err
}
