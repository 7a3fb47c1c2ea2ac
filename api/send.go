package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bunrouter"

	"tocsin/engine/event"
)

const (
	maxWait = time.Minute    // longest wait for deliveries
	maxKey  = 255            // longest Idempotency-Key, in bytes
	keyLife = 24 * time.Hour // how long a key is remembered
)

// sent is the answer for one event.
type sent struct {
	ID         string           `json:"id,omitempty"`
	Accepted   bool             `json:"accepted"`
	Pending    bool             `json:"pending,omitempty"` // another node has yet to judge it
	Channels   []string         `json:"channels"`
	Decisions  []event.Decision `json:"decisions,omitempty"`
	Deliveries []event.Delivery `json:"deliveries,omitempty"`
	Ignored    []string         `json:"ignored,omitempty"` // fields that mean nothing
	Circles    bool             `json:"circles,omitempty"` // the event has passed this tocsin before
}

// send takes one event, or an array of them.
func (s *Server) send(w http.ResponseWriter, req bunrouter.Request) error {
	r := req.Request
	if err := expectJSON(r); err != nil {
		return err
	}
	if err := s.limitSend(r); err != nil {
		return err
	}
	// What costs nothing to find wrong is looked at before the body.
	wait, err := waitOf(r)
	if err != nil {
		return err
	}
	release, err := s.sendRoom.take(r)
	if err != nil {
		return err
	}
	defer release()
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	events, err := readEvents(body)
	if err != nil {
		return err
	}
	list, err := submissions(r, body, events)
	if err != nil {
		return err
	}
	return answerSend(w, events, s.submit(r.Context(), wait, events, list), begins(body, '['))
}

func (s *Server) limitSend(r *http.Request) error {
	if isLocal(r) {
		return nil
	}
	each := s.Settings().SendRate
	if wait := s.limits.take("send "+callerOf(r).String(), each, each.Count); wait > 0 {
		return errRate.after(wait)
	}
	return nil
}

func waitOf(r *http.Request) (time.Duration, error) {
	text := r.URL.Query().Get("wait")
	if text == "" {
		return 0, nil
	}
	wait, ok := event.ParseDuration(text)
	if !ok || wait > maxWait {
		return 0, errMalformed.because(fmt.Sprintf("wait is no duration up to %v", maxWait), "write ?wait=5s")
	}
	return wait, nil
}

// submissions turns events into what the intake takes. An Idempotency-Key holds
// for the whole request: event n of it claims the key with its number. The digest
// is of the whole body too, so that a batch that grew or lost an event is another. An
// event with an id of its own is known by that.
func submissions(r *http.Request, body []byte, events []sendBody) ([]Submission, error) {
	key := r.Header.Get("Idempotency-Key")
	if len(key) > maxKey || !utf8.ValidString(key) {
		return nil, errMalformed.because(fmt.Sprintf("the Idempotency-Key is longer than %d bytes or not UTF-8", maxKey), "use a shorter one of letters and digits")
	}
	source := "api"
	if isLocal(r) {
		source = "cli"
	}
	sum := sha256.Sum256(body)
	list := make([]Submission, len(events))
	for i := range events {
		list[i].Event = events[i].incoming(source)
		switch {
		case events[i].ID != "":
			list[i].Claim = event.KnownBy(events[i].ID, time.Now())
		case key != "":
			list[i].Claim = event.Claim{
				Key: fmt.Sprintf("send %s %d %s", callerOf(r), i, key), Digest: hex.EncodeToString(sum[:]), Until: time.Now().Add(keyLife),
			}
		}
	}
	return list, nil
}

// answerSend answers with what became of the events. When only some of a batch
// were kept, the answer is the error of the first that was not, and tells which
// must not be sent again.
func answerSend(w http.ResponseWriter, events []sendBody, outcomes []Outcome, batch bool) error {
	answers := make([]sent, len(outcomes))
	kept := 0
	var failed error
	for i, o := range outcomes {
		answers[i] = sent{o.ID, o.Err == nil, o.Pending, nonNil(o.Channels), o.Decisions, o.Deliveries, events[i].ignored, o.Circles}
		switch {
		case o.Err == nil:
			kept++
		case failed == nil:
			failed = o.Err
		}
		if o.Repeat {
			w.Header().Set("Idempotent-Replayed", "true")
		}
	}
	switch {
	case failed != nil && kept > 0:
		return &partial{answers, kept, failed}
	case failed != nil:
		return failed
	case batch:
		return writeJSON(w, http.StatusAccepted, answers)
	}
	return writeJSON(w, http.StatusAccepted, answers[0])
}

// partial is the error of a batch of which some events were kept.
type partial struct {
	events []sent
	kept   int
	err    error // of the first that was not
}

// Error returns how many were kept, and why one was not.
func (p *partial) Error() string {
	return fmt.Sprintf("%d of %d events were accepted: %v", p.kept, len(p.events), p.err)
}

// answer says it with the status of the event that was not kept.
func (p *partial) answer(e *Error) *Error {
	c := *e
	c.Message = fmt.Sprintf("%d of %d events were accepted", p.kept, len(p.events))
	c.Do = "send again those that were not; all of them only with the same Idempotency-Key"
	c.Events = p.events
	return &c
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
