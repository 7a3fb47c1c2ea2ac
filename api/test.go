package api

import (
	"encoding/json"
	"net/http"

	"github.com/uptrace/bunrouter"

	"tocsin/engine/event"
)

// testExample is the remedy for a body that asks for no test.
const testExample = `send {"channel": "phone"}`

// test sends a test message over saved channels or over one that is not saved.
func (s *Server) test(w http.ResponseWriter, req bunrouter.Request) error {
	var in testBody
	if err := readObject(w, req.Request, &in, testExample); err != nil {
		return err
	}
	t, err := in.test()
	if err != nil {
		return err
	}
	results, err := s.Tester.Test(req.Context(), t)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, testAnswer{nonNil(results)})
}

// testBody is a test as it is asked for: its channel is a name or an object.
type testBody struct {
	Test
	Channel json.RawMessage `json:"channel"`
}

func (in *testBody) test() (Test, error) {
	t := in.Test
	switch channel := in.Channel; {
	case len(channel) == 0: // left out
	case begins(channel, '"'):
		if _ = json.Unmarshal(channel, &t.Channel); t.Channel == "" {
			return Test{}, errMalformed.because("channel is empty", "name one, or leave channel out for all")
		}
	case begins(channel, '{'):
		if err := json.Unmarshal(channel, &t.Unsaved); err != nil {
			return Test{}, errMalformed.because(fieldFault(err), testExample)
		}
	default:
		return Test{}, errMalformed.because("channel is neither a name nor an object", testExample)
	}
	if _, ok := event.ParseSeverity(t.Severity); t.Severity != "" && !ok {
		return Test{}, errMalformed.because("severity is none of INFO, WARNING and CRITICAL", "leave it out for INFO")
	}
	if t.Outcome != "" && t.Outcome != event.Success {
		return Test{}, errMalformed.because("outcome is not success", "leave it out or send success")
	}
	return t, nil
}

// noAI answers for a rewriter that is not there.
func (s *Server) noAI(http.ResponseWriter, bunrouter.Request) error { return errNoAI }
