package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tocsin/engine/event"
)

const (
	maxBody  = 1 << 20         // bytes of every body
	bodyTime = 5 * time.Second // for all of it to arrive: meanwhile it takes room from others
)

// expectJSON looks at what a request says about its body, before any of it is
// read.
func expectJSON(r *http.Request) error {
	if r.ContentLength > maxBody {
		return errLarge
	}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(kind), "application/json") {
		return errMedia
	}
	return nil
}

// readBody reads a body, which the guard has bounded. A caller that breaks off,
// dawdles or sends too much is the one at fault.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTime)) // without one there is still the server's own
	defer control.SetReadDeadline(time.Time{})            // it would end the request while its event is being kept
	body, err := io.ReadAll(r.Body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, errLarge
	}
	if err != nil {
		return nil, errMalformed.because("the body breaks off", "send as many bytes as the header says, within a few seconds")
	}
	return body, nil
}

// readObject reads a body that a person wrote: one JSON object, whose fields all
// are ones of into. A misspelt field is refused, as what it should have said
// would be lost; only an event is too precious for that.
func readObject(w http.ResponseWriter, r *http.Request, into any, example string) error {
	if err := expectJSON(r); err != nil {
		return err
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	return decodeObject(body, into, example)
}

func decodeObject(body []byte, into any, example string) error {
	if bad := event.CheckJSON(body); bad != nil {
		return errMalformed.because(bad.Why, bad.Do)
	}
	if !begins(body, '{') {
		return errMalformed.because("the body is no JSON object", example)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return errMalformed.because(fieldFault(err), example)
	}
	return nil
}

// begins reports whether the first value of a JSON text begins with c.
func begins(text []byte, c byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && text[0] == c
}

// fieldFault says which field of valid JSON does not fit. It never quotes a
// value.
func fieldFault(err error) string {
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return "there is no field " + event.Clip(name, 80)
	}
	fault, ok := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case !ok: // no type here reads itself from JSON, so this is for one to come
		return "a field has the wrong type"
	case strings.HasPrefix(fault.Value, "number "): // and then the digits
		return "a number is out of range"
	}
	return fmt.Sprintf("%s has the wrong type: %s", event.Clip(fault.Field, 80), fault.Value)
}
