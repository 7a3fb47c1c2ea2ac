package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/uptrace/bunrouter"

	"tocsin/engine/event"
)

const (
	maxWait  = time.Minute    // longest wait for deliveries
	maxKey   = 255            // longest Idempotency-Key, in bytes
	keyLife  = 24 * time.Hour // how long a key is remembered
	maxBatch = 500            // events in one request
)

// typeName is what an event type may look like.
var typeName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}$`)

// sendBody is one event of a send request.
type sendBody struct {
	Type     string         `json:"event_type"`
	Severity string         `json:"severity"`
	Host     string         `json:"host"`
	Title    string         `json:"title"`
	Message  string         `json:"message"`
	Time     time.Time      `json:"time"`
	Data     map[string]any `json:"data"`
}

// sent is the answer for one event.
type sent struct {
	ID         string           `json:"id"`
	Accepted   bool             `json:"accepted"`
	Channels   []string         `json:"channels"`
	Decisions  []event.Decision `json:"decisions,omitempty"`
	Deliveries []event.Delivery `json:"deliveries,omitempty"`
}

// send takes one event, or an array of them.
func (s *Server) send(w http.ResponseWriter, req bunrouter.Request) error {
	r := req.Request
	if !isJSON(r) {
		return errMedia
	}
	if rate := s.Settings().SendRate; !isLocal(r.Context()) {
		if wait := s.limits.take("send "+s.who(r), rate, max(rate.Count, 1)); wait > 0 {
			return errRate.after(wait)
		}
	}
	wait, err := waitOf(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	events, batch, err := readEvents(body)
	if err != nil {
		return err
	}
	list, err := s.submissions(r, body, events)
	if err != nil {
		return err
	}
	return answerSend(w, s.Intake.Submit(r.Context(), wait, list...), batch)
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

// readEvents reads the body of a send request and checks each event.
func readEvents(body []byte) (events []sendBody, batch bool, err error) {
	if err := event.CheckJSON(body); err != nil {
		return nil, false, errMalformed.because(err.Error(), `send {"event_type": "custom", "data": {"message": "hello"}}`)
	}
	batch = bytes.HasPrefix(bytes.TrimSpace(body), []byte("["))
	if batch {
		err = json.Unmarshal(body, &events)
	} else {
		events = make([]sendBody, 1)
		err = json.Unmarshal(body, &events[0])
	}
	if err != nil {
		return nil, false, errMalformed.because("a field has the wrong type: "+jsonFault(err), "look at the fields of POST send")
	}
	if len(events) == 0 || len(events) > maxBatch {
		return nil, false, errMalformed.because(fmt.Sprintf("an array holds 1 to %d events", maxBatch), "send them in portions")
	}
	for i := range events {
		if err := events[i].check(); err != nil {
			return nil, false, err
		}
	}
	return events, batch, nil
}

// jsonFault names the field of a decoding error, never its value.
func jsonFault(err error) string {
	if t, ok := err.(*json.UnmarshalTypeError); ok && t.Field != "" {
		return fmt.Sprintf("%s is a %s", t.Field, t.Value)
	}
	return "not as expected"
}

func (b *sendBody) check() error {
	if !typeName.MatchString(b.Type) {
		return errMalformed.because("event_type is missing or no name", "use letters, digits, _ . and -, at most 64; tocsin events lists the known ones")
	}
	if b.Severity != "" {
		if _, ok := event.ParseSeverity(b.Severity); !ok {
			return errMalformed.because("severity is none of INFO, WARNING and CRITICAL", "leave it out for the catalogue's")
		}
	}
	return nil
}

func (b *sendBody) incoming(source string) *event.Incoming {
	if b.Data == nil {
		b.Data = map[string]any{}
	}
	for name, text := range map[string]string{"title": b.Title, "message": b.Message} {
		if _, ok := b.Data[name]; !ok && text != "" {
			b.Data[name] = text
		}
	}
	return &event.Incoming{Type: b.Type, Severity: b.Severity, Source: source, Host: b.Host, Time: b.Time, Data: b.Data}
}

// submissions turns events into what the intake takes. An Idempotency-Key holds
// for the whole request: event n of it claims the key with its number.
func (s *Server) submissions(r *http.Request, body []byte, events []sendBody) ([]Submission, error) {
	key := r.Header.Get("Idempotency-Key")
	if len(key) > maxKey {
		return nil, errMalformed.because(fmt.Sprintf("the Idempotency-Key is longer than %d bytes", maxKey), "use a shorter one")
	}
	source := "api"
	if isLocal(r.Context()) {
		source = "cli"
	}
	sum := sha256.Sum256(body)
	list := make([]Submission, len(events))
	for i := range events {
		list[i].Event = events[i].incoming(source)
		if key != "" {
			list[i].Claim = event.Claim{
				Key: fmt.Sprintf("send %s %d %s", s.who(r), i, key), Digest: hex.EncodeToString(sum[:]), Until: time.Now().Add(keyLife),
			}
		}
	}
	return list, nil
}

func answerSend(w http.ResponseWriter, outcomes []Outcome, batch bool) error {
	answers := make([]sent, 0, len(outcomes))
	for _, o := range outcomes {
		if o.Err != nil {
			return o.Err
		}
		if o.Repeat {
			w.Header().Set("Idempotent-Replayed", "true")
		}
		answers = append(answers, sent{o.ID, true, nonNil(o.Channels), o.Decisions, o.Deliveries})
	}
	if batch {
		return writeJSON(w, http.StatusAccepted, answers)
	}
	return writeJSON(w, http.StatusAccepted, answers[0])
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
