package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

const (
	maxBatch = 500 // events in one request
	maxHost  = 253 // bytes: the longest name in DNS
)

// typeName is what an event type may look like.
var typeName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}$`)

// sendExample is the remedy for a body that is no event.
const sendExample = `send {"event_type": "custom", "data": {"message": "hello"}}`

// sendBody is one event of a send request.
type sendBody struct {
	Type     string         `json:"event_type"`
	Severity string         `json:"severity"`
	Host     string         `json:"host"`
	Title    string         `json:"title"`
	Message  string         `json:"message"`
	Time     string         `json:"time"`
	Data     map[string]any `json:"data"`

	// Of an event that another tocsin forwards; see forward.go.
	ID      string       `json:"id"`
	Cluster string       `json:"cluster"`
	Guest   *event.Guest `json:"guest"`
	Via     []string     `json:"via"`

	when    time.Time // Time, read
	ignored []string  // fields that mean nothing, some of them
}

// readEvents reads the body of a send request, one event or an array of them,
// and checks each.
func readEvents(body []byte) ([]sendBody, error) {
	if !begins(body, '[') {
		b, fault := readEvent(body)
		if fault != nil {
			return nil, fault
		}
		return []sendBody{b}, nil
	}
	texts, err := splitBatch(body)
	if err != nil {
		return nil, err
	}
	events := make([]sendBody, len(texts))
	for i, text := range texts {
		b, fault := readEvent(text)
		if fault != nil {
			return nil, fault.because(fmt.Sprintf("event %d of the array: %s", i+1, fault.Why), fault.Do)
		}
		events[i] = b
	}
	return events, nil
}

// splitBatch takes an array apart. Each event may be as large as one alone.
func splitBatch(body []byte) ([]json.RawMessage, error) {
	if !json.Valid(body) {
		bad := event.CheckJSON(body)
		return nil, errMalformed.because(bad.Why, bad.Do)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	_, _ = dec.Token() // the bracket; none of it fails, as the whole is valid
	var texts []json.RawMessage
	for dec.More() && len(texts) <= maxBatch {
		var text json.RawMessage
		_ = dec.Decode(&text)
		texts = append(texts, text)
	}
	if len(texts) == 0 || len(texts) > maxBatch {
		return nil, errMalformed.because(fmt.Sprintf("an array holds 1 to %d events", maxBatch), "send them in portions")
	}
	return texts, nil
}

// readEvent reads one event. A field that is not known is told to the sender but
// is no reason to lose an alarm: the sender may be newer than this program.
func readEvent(text []byte) (b sendBody, fault *Error) {
	if bad := event.CheckJSON(text); bad != nil {
		return b, errMalformed.because(bad.Why, bad.Do)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil || all == nil {
		return b, errMalformed.because("an event is a JSON object", sendExample)
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return b, errMalformed.because(fieldFault(err), sendExample)
	}
	b.ignored = unknownFields(all)
	return b, b.check()
}

// ReadEvent reads one event as a send request describes it, for commands that
// work without a daemon.
func ReadEvent(text []byte) (event.Incoming, error) {
	b, fault := readEvent(text)
	if fault != nil {
		return event.Incoming{}, fault
	}
	return *b.incoming("cli"), nil
}

func unknownFields(all map[string]json.RawMessage) []string {
	const shown = 10
	var names []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if isSendField(name) {
			continue
		}
		if len(names) == shown {
			return append(names, "…")
		}
		names = append(names, event.Clip(event.Clean(name), 80))
	}
	return names
}

func isSendField(name string) bool {
	fields := [...]string{"event_type", "severity", "host", "title", "message", "time", "data", "id", "cluster", "guest", "via"}
	return slices.ContainsFunc(fields[:], func(field string) bool { return strings.EqualFold(field, name) })
}

func (b *sendBody) check() *Error {
	if !typeName.MatchString(b.Type) {
		return errMalformed.because("event_type is missing or no name", "use letters, digits, _ . and -, at most 64; tocsin events lists the known ones")
	}
	if _, ok := event.ParseSeverity(b.Severity); b.Severity != "" && !ok {
		return errMalformed.because("severity is none of INFO, WARNING and CRITICAL", "leave it out for the catalogue's")
	}
	if len(b.Host) > maxHost {
		return errMalformed.because(fmt.Sprintf("host is longer than %d bytes", maxHost), "send the name of the host, or leave it out for this one")
	}
	if fault := b.checkForward(); fault != nil {
		return fault
	}
	if b.Time == "" {
		return nil
	}
	when, err := time.Parse(time.RFC3339, b.Time)
	b.when = when.UTC() // in a zone of a day or more it could be read but not written
	if year := b.when.Year(); err != nil || year < 1970 || year > 2999 {
		return errMalformed.because("time is no time such as 2026-03-14T01:00:00Z", "leave it out for now")
	}
	return nil
}

func (b *sendBody) incoming(source string) *event.Incoming {
	if b.isForwarded() {
		return b.forwarded()
	}
	if b.Data == nil {
		b.Data = map[string]any{}
	}
	for name, text := range map[string]string{"title": b.Title, "message": b.Message} {
		if _, ok := b.Data[name]; !ok && text != "" {
			b.Data[name] = text
		}
	}
	return &event.Incoming{ID: b.ID, Type: b.Type, Severity: b.Severity, Source: source, Host: b.Host, Time: b.when, Data: b.Data}
}
