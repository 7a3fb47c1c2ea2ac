package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bunrouter"

	"tocsin/engine/event"
)

// Outbox is what no service has taken, and the ways to try again.
type Outbox interface {
	// Unsent returns a page of the messages, and counts all that the filter
	// chooses.
	Unsent(ctx context.Context, f OutboxFilter) (rows []event.Unsent, tallies []event.Tally, err error)
	// Retry makes messages due now, or moves them.
	Retry(ctx context.Context, r Retry) (RetryResult, error)
	// Resend queues messages of the history once more. When the filter chooses
	// more than its limit, it queues none.
	Resend(ctx context.Context, r Resend) (ResendResult, error)
}

// OutboxFilter chooses messages that no service has taken. Zero fields do not
// filter.
type OutboxFilter struct {
	Limit, Offset int
	IDs           []event.UnsentID
	Channel       string
	State         event.ParcelState // also the name of a buffer
	EventID, Type string
	Since, Until  time.Time
}

// Retry chooses messages to try again now, by their ids or by a filter; only
// All chooses every one.
type Retry struct {
	IDs     []event.UnsentID
	Channel string
	State   event.ParcelState
	Type    string
	All     bool
	To      string // a channel in place of their own
	DryRun  bool   // move nothing, only say what would be
}

// RetryResult is what is tried again. Without another channel to take it, what
// waits in a buffer or has no channel stays where it is, as does what goes out
// by itself.
type RetryResult struct {
	Moved   int            `json:"moved"`
	DryRun  bool           `json:"dry_run,omitempty"`
	Summary []event.Tally  `json:"summary,omitempty"` // of a dry run: by channel and state
	Outbox  []event.Unsent `json:"outbox,omitempty"`  // of a dry run: the first of them
	Left    []event.Tally  `json:"left,omitempty"`    // of a dry run: what stays
}

// outboxStates lists the states of a parcel, and the buffers.
func outboxStates() []string {
	list := []string{string(event.QuietBuffer), string(event.DigestBuffer)}
	for _, s := range []event.ParcelState{event.Queued, event.Sending, event.Retry, event.Unknown, event.Held, event.Dead} {
		list = append(list, string(s))
	}
	return list
}

// outbox answers with what no service has taken, the newest first, and with how
// many there are by channel and state.
func (s *Server) outbox(w http.ResponseWriter, req bunrouter.Request) error {
	f := OutboxFilter{Limit: defaultRows}
	if err := readQuery(req.Request, f.set); err != nil {
		return err
	}
	rows, tallies, err := s.Outbox.Unsent(req.Context(), f)
	if err != nil {
		return err
	}
	total := 0
	for _, t := range tallies {
		total += t.Count
	}
	return writeJSON(w, http.StatusOK, outboxAnswer{nonNil(rows), total, f.Limit, f.Offset, nonNil(tallies)})
}

// set takes one parameter. It returns what the parameter should be, when it is
// not that.
func (f *OutboxFilter) set(name, text string, now time.Time) (want string) {
	if want, known := setPage(name, text, now, &f.Limit, &f.Offset, &f.Since, &f.Until); known {
		return want
	}
	if !utf8.ValidString(text) {
		return "UTF-8"
	}
	switch name {
	case "channel":
		f.Channel = text
	case "event_id":
		f.EventID = text
	case "event_type":
		f.Type = text
	case "state":
		f.State = event.ParcelState(text)
		return wantState(text)
	case "ids":
		var err error
		f.IDs, err = unsentIDs(strings.Split(text, ","))
		if err != nil {
			return "a list of ids such as 12,quiet:3"
		}
	default:
		return "one of limit, offset, ids, channel, state, event_id, event_type, since and until"
	}
	return ""
}

// wantState returns what a state should be, when text is none.
func wantState(text string) string {
	if slices.Contains(outboxStates(), text) {
		return ""
	}
	return "one of " + strings.Join(outboxStates(), ", ")
}

// unsentIDs reads ids and leaves out those that came before.
func unsentIDs(texts []string) ([]event.UnsentID, error) {
	if len(texts) > maxRows {
		return nil, fmt.Errorf("there are %d ids, and at most %d are taken at once", len(texts), maxRows)
	}
	seen := make(map[event.UnsentID]bool, len(texts))
	var ids []event.UnsentID
	for _, text := range texts {
		id, err := event.ParseUnsentID(text)
		if err != nil {
			return nil, err
		}
		if !seen[id] {
			ids = append(ids, id)
		}
		seen[id] = true
	}
	return ids, nil
}

// retryExample is the remedy for a body that chooses nothing, or nothing clear.
const retryExample = `send {"ids": ["12", "quiet:3"]}, a filter such as {"channel": "phone", "state": "dead"}, or {"all": true}`

// retry makes messages due now, or moves them to another channel.
func (s *Server) retry(w http.ResponseWriter, req bunrouter.Request) error {
	dry, err := dryRun(req.Request)
	if err != nil {
		return err
	}
	var in retryBody
	if err := readObject(w, req.Request, &in, retryExample); err != nil {
		return err
	}
	r, err := in.retry()
	if err != nil {
		return err
	}
	r.DryRun = dry
	result, err := s.Outbox.Retry(req.Context(), r)
	if err != nil {
		return err
	}
	if !dry {
		s.Log.Info("messages are tried again", "component", "api", "messages", result.Moved, "to", r.To, "by", callerOf(req.Request).String())
	}
	return writeJSON(w, http.StatusOK, result)
}

// dryRun reports whether a request only asks what it would do. It refuses every
// other parameter: a filter that was not heeded would move more than was meant.
func dryRun(r *http.Request) (bool, error) {
	switch r.URL.RawQuery {
	case "":
		return false, nil
	case "dry_run=1":
		return true, nil
	}
	return false, errMalformed.because("the only parameter is dry_run=1", "leave the others out; what is chosen stands in the body")
}

// retryBody is a retry as it is asked for. An id is a number or a text.
type retryBody struct {
	IDs     []json.RawMessage `json:"ids"`
	Channel string            `json:"channel"`
	State   string            `json:"state"`
	Type    string            `json:"event_type"`
	All     bool              `json:"all"`
	To      string            `json:"to"`
}

func (in *retryBody) retry() (Retry, error) {
	r := Retry{Channel: in.Channel, State: event.ParcelState(in.State), Type: in.Type, All: in.All, To: in.To}
	if err := oneChoice(len(in.IDs) > 0, in.Channel+in.State+in.Type != "", in.All, retryExample); err != nil {
		return r, err
	}
	if want := wantState(in.State); in.State != "" && want != "" {
		return r, errMalformed.because("state is not "+want, "leave it out for all of them")
	}
	texts := make([]string, len(in.IDs))
	for i, id := range in.IDs {
		texts[i] = string(id) // a number, as it stands there
		_ = json.Unmarshal(id, &texts[i])
	}
	var err error
	if r.IDs, err = unsentIDs(texts); err != nil {
		return r, errMalformed.because(err.Error(), "tocsin outbox lists them")
	}
	return r, nil
}

// oneChoice refuses a body that chooses by nothing, or in two ways: what that
// would mean is anybody's guess.
func oneChoice(ids, filter, all bool, example string) error {
	ways := 0
	for _, given := range []bool{ids, filter, all} {
		if given {
			ways++
		}
	}
	switch ways {
	case 0:
		return errMalformed.because("it chooses nothing", example)
	case 1:
		return nil
	}
	return errMalformed.because("it chooses in more than one way", example)
}
