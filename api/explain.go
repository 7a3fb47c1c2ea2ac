package api

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/uptrace/bunrouter"
)

// explainExample is the remedy for a body that asks nothing.
const explainExample = `send {"id": "01J…"} or {"event": {"event_type": "backup_fail", "data": {"vmid": 101}}}`

// explainBody is a question as it is asked.
type explainBody struct {
	ID    string          `json:"id"`
	Event json.RawMessage `json:"event"` // as for send
	At    string          `json:"at"`
}

// explain answers why an event was told, held or stopped, or what would become
// of one. It changes nothing.
func (s *Server) explain(w http.ResponseWriter, req bunrouter.Request) error {
	var in explainBody
	if err := readObject(w, req.Request, &in, explainExample); err != nil {
		return err
	}
	if (in.ID == "") == (len(in.Event) == 0) {
		return errMalformed.because("it names neither an event nor an id, or both", explainExample)
	}
	q := Question{ID: in.ID}
	if in.At != "" {
		at, ok := momentOf(in.At, time.Now())
		if !ok {
			return errMalformed.because("at is no time such as 2026-03-14T01:00:00Z", "leave it out for now")
		}
		q.At = at
	}
	if q.ID == "" {
		b, fault := readEvent(in.Event)
		if fault != nil {
			return fault
		}
		q.Event = *b.incoming("api")
	}
	x, found, err := s.Explainer.Explain(req.Context(), q)
	switch {
	case err != nil:
		return err
	case !found:
		return errUnknown.because("no event of that id is on record", "tocsin history and tocsin decisions list ids; they are kept for some days only")
	}
	x.Steps, x.Channels, x.Remedies = nonNil(x.Steps), nonNil(x.Channels), nonNil(x.Remedies)
	return writeJSON(w, http.StatusOK, x)
}
