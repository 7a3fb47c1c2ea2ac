package api

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/uptrace/bunrouter"

	"tocsin/engine/event"
)

// test sends a test message over saved channels or over one that is not saved.
func (s *Server) test(w http.ResponseWriter, req bunrouter.Request) error {
	if !isJSON(req.Request) {
		return errMedia
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	t, err := readTest(body)
	if err != nil {
		return err
	}
	results, err := s.Tester.Test(req.Context(), t)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"results": results})
}

func readTest(body []byte) (Test, error) {
	const example = `send {"channel": "phone"}`
	var in struct {
		Test
		Channel json.RawMessage `json:"channel"`
	}
	if err := event.CheckJSON(body); err != nil {
		return Test{}, errMalformed.because(err.Error(), example)
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return Test{}, errMalformed.because("a field has the wrong type: "+jsonFault(err), example)
	}
	t := in.Test
	if len(in.Channel) > 0 && json.Unmarshal(in.Channel, &t.Channel) != nil {
		if err := json.Unmarshal(in.Channel, &t.Unsaved); err != nil {
			return Test{}, errMalformed.because("channel is neither a name nor an object", example)
		}
	}
	if _, ok := event.ParseSeverity(t.Severity); t.Severity != "" && !ok {
		return Test{}, errMalformed.because("severity is none of INFO, WARNING and CRITICAL", "leave it out for INFO")
	}
	if t.Outcome != "" && t.Outcome != event.Success {
		return Test{}, errMalformed.because("outcome is not success", "leave it out or send success")
	}
	return t, nil
}
