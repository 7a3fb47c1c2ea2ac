package tocsin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// receipt reads the answer to an event that was taken, or was known already. One
// that breaks off is believed.
func (c *channel) receipt(answer *httpsend.Answer) (event.Receipt, error) {
	var taken struct {
		ID       string `json:"id"`
		Accepted bool   `json:"accepted"`
		Circles  bool   `json:"circles"`
	}
	err := json.NewDecoder(bytes.NewReader(answer.Body)).Decode(&taken)
	brokeOff := errors.Is(err, io.ErrUnexpectedEOF) || answer.Partial && !answer.Foreign()
	if err != nil && !brokeOff || err == nil && !taken.Accepted {
		return event.Receipt{}, &event.SendError{
			Class: event.Target, Code: "not_tocsin",
			Why: "what answers at the channel's address is not tocsin: it took the event without saying so",
			Do:  "check url, and whether a sign-in page or another site stands before the other one",
		}
	}
	r := event.Receipt{MessageID: event.Clip(event.OneLine(event.Clean(taken.ID)), 100)}
	if taken.Circles {
		r.Note = `the event came from there, and was not taken again: give the channel when = "event.source != 'forward'" to spare the way`
	}
	return r, nil
}

// refusal turns an answer that is no success into an error, with the other one's
// own words.
func (c *channel) refusal(answer *httpsend.Answer) *event.SendError {
	refused := answer.Refusal(c.host)
	code, why := c.said(answer.Body)
	if why != "" {
		refused.Why = c.host + " answered " + strconv.Itoa(answer.Status) + " (" + why + ")"
	}
	switch answer.Status {
	case http.StatusUnauthorized:
		refused.Class, refused.Code = event.Target, "unauthorized"
		refused.Do = "set token to one that the other tocsin has made and not revoked, or secret to its webhook.secret, and look at both clocks"
	case http.StatusForbidden:
		refused.Class, refused.Code = event.Target, "forbidden"
		refused.Do = "use a token with the scope send, or add this host to webhook.allow there"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		refused.Class, refused.Code = event.Target, "wrong_path"
		refused.Do = "check url: there is no tocsin at this address, or it is behind a path"
	case http.StatusMisdirectedRequest:
		refused.Class, refused.Code = event.Target, "foreign_host"
		refused.Do = "add the host of url to api.allowed_hosts of the other one"
	case http.StatusConflict:
		refused.Do = "it was taken before in another form; look into the history there"
	}
	if code == "" && refused.Class == event.Unfit && answer.Status != http.StatusRequestEntityTooLarge {
		// Not in tocsin's words, so it says nothing of the event.
		refused.Class, refused.Code, refused.Do = event.Target, "not_tocsin", "check url: what answers there is not tocsin"
	}
	return refused
}

// said returns the code and the words of the other one, fit to show; nothing when
// the answer is not tocsin's.
func (c *channel) said(body []byte) (code, words string) {
	const longest = 300
	var answer struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
			Why     string `json:"why"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Error.Code == "" {
		return "", ""
	}
	e := answer.Error
	words = e.Message
	if e.Why != "" {
		words += ": " + e.Why
	}
	if secret := c.hidden.Reveal(); secret != "" {
		words = strings.ReplaceAll(words, secret, c.hidden.String())
	}
	return e.Code, event.Clip(event.OneLine(event.Clean(words)), longest)
}
