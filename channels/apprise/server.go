package apprise

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// server is Apprise's API server.
type server struct {
	client *httpsend.Client
	base   string // may hold a password
}

func (s *server) identity() (string, error) { return "server " + s.base, nil }

func (s *server) remedy() string {
	return "See what the API server lists at /details. Upgrade it, or correct the URL."
}

// schemas reads what the server lists.
func (s *server) schemas(ctx context.Context) (map[string]bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/details", nil)
	if err != nil { // its text holds the address
		return nil, fmt.Errorf("the address of Apprise's API server is none that a request can be sent to: correct apprise.api")
	}
	req.Header.Set("Accept", "application/json")
	answer, err := s.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("the API server of Apprise cannot be asked what it speaks: %w", err)
	}
	if !answer.OK() {
		return nil, fmt.Errorf("the API server of Apprise cannot be asked what it speaks: %w", answer.Refusal("it"))
	}
	var details struct {
		Schemas []struct {
			Protocols []string `json:"protocols"`
			Secure    []string `json:"secure_protocols"`
			Enabled   *bool    `json:"enabled"`
		} `json:"schemas"`
	}
	if err := json.Unmarshal(answer.Body, &details); err != nil || len(details.Schemas) == 0 {
		return nil, fmt.Errorf("what answers at apprise.api lists no services: check that it is the address of Apprise's API server, without a path of its own")
	}
	list := map[string]bool{}
	for _, service := range details.Schemas {
		if service.Enabled != nil && !*service.Enabled {
			continue
		}
		for _, name := range append(service.Protocols, service.Secure...) {
			list[name] = true
		}
	}
	return list, nil
}

// request is a note as the server takes it, with its URL: nothing is stored there.
type request struct {
	URLs   string `json:"urls"`
	Title  string `json:"title"`
	Body   string `json:"body"`
	Type   string `json:"type"`
	Format string `json:"format"`
}

// notify posts one note, with one URL: the answer is about that.
func (s *server) notify(ctx context.Context, n *note) error {
	answer, err := s.client.PostJSON(ctx, event.NewSecret(s.base+"/notify/"), http.Header{"Accept": {"application/json"}}, &request{
		URLs: n.url.Reveal(), Title: n.title, Body: n.body, Type: n.kind, Format: "text",
	})
	if err != nil {
		return err
	}
	return n.answered(answer)
}

// answered judges the server's answer.
func (n *note) answered(answer *httpsend.Answer) error {
	const name = "Apprise's API server"
	switch answer.Status {
	case http.StatusOK:
		if answer.Foreign() {
			return &event.SendError{
				Class: event.Target, Code: "not_apprise", Why: "what answers at apprise.api is not Apprise's API server",
				Do: "check the address, and whether a sign-in page stands before the server",
			}
		}
		return nil
	case http.StatusNoContent: // a success that sent nothing
		return &event.SendError{
			Class: event.Target, Code: "bad_url", Why: name + " sent nothing: it cannot read the URL of this channel as one of its service " + n.scheme,
			Do: "compare it with Apprise's documentation of the service, or upgrade the server",
		}
	case http.StatusFailedDependency:
		return n.failure(lines(answer.Body))
	}
	refused := answer.Refusal(name)
	switch answer.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		refused.Do = "check the password in apprise.api, and what the server allows"
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusMisdirectedRequest, http.StatusNotAcceptable:
		refused.Class, refused.Code = event.Target, "wrong_path"
		refused.Do = "check apprise.api: the server's address, without /notify and with no other Apprise behind it that leads back"
	case http.StatusRequestHeaderFieldsTooLarge:
		refused.Class, refused.Code = event.Unfit, "too_large"
		refused.Do = "the message is sent once more, shortened"
	case http.StatusBadGateway: // its own front gave up; the worker may have gone on
		refused.Maybe = true
	}
	if answer.OK() {
		refused.Class, refused.Code = event.Target, "not_apprise"
		refused.Why, refused.Do = "what answers at apprise.api is not Apprise's API server", "check the address"
	}
	return refused
}

// lines puts each text of a JSON answer on a line of its own, as a log has it.
func lines(body []byte) []byte {
	var answer struct {
		Error   string  `json:"error"`
		Details [][]any `json:"details"` // level, time, text
	}
	if json.Unmarshal(body, &answer) != nil {
		return body
	}
	var log []byte
	if answer.Error != "" {
		log = fmt.Appendf(log, "ERROR: %s\n", answer.Error)
	}
	for _, row := range answer.Details {
		if len(row) > 0 {
			log = fmt.Appendf(log, "%v: %v\n", row[0], row[len(row)-1])
		}
	}
	return log
}
