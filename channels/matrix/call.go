package matrix

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// call makes one request of the client-server API and reads its answer. An
// answer that says yes and breaks off is believed, and not whole.
func (c *channel) call(ctx context.Context, method, path string, body, answer any) (whole bool, err error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return false, &event.SendError{Class: event.Unfit, Code: "internal", Why: "the event could not be written as JSON", Do: "this is a fault in tocsin, please report it"}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.server+"/_matrix/client/v3"+path, bytes.NewReader(text.Bytes()))
	if err != nil { // its text holds the address
		return false, &event.SendError{Class: event.Target, Code: "bad_url", Why: "the homeserver's address is none that a request can be sent to", Do: "correct server"}
	}
	req.Header.Set("Content-Type", "application/json")
	if token := c.token(); token.IsSet() {
		req.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
	got, err := c.client.Do(req)
	if err != nil {
		return false, err
	}
	if !got.OK() {
		return false, c.refusal(got)
	}
	if json.Unmarshal(got.Body, answer) == nil {
		return true, nil
	}
	if got.Foreign() || len(bytes.TrimSpace(got.Body)) == 0 && !got.Partial {
		return false, foreign()
	}
	return false, nil
}

// foreign says that something else than a homeserver answered.
func foreign() error {
	return &event.SendError{
		Class: event.Temporary, Code: "bad_answer",
		Why: "what answers at the channel's address is no Matrix homeserver: it said yes without saying to what",
		Do:  "check server, and whether a sign-in page or another site stands before it",
	}
}

// refusal turns an answer that is no success into an error. Matrix's own code
// decides; answers without one come from a proxy, where the status does.
func (c *channel) refusal(answer *httpsend.Answer) error {
	refused := answer.Refusal("the Matrix homeserver")
	var said struct {
		Code  string  `json:"errcode"`
		Text  string  `json:"error"`
		Retry float64 `json:"retry_after_ms"`
	}
	if json.Unmarshal(answer.Body, &said) != nil || said.Code == "" {
		return refused
	}
	const longest = 200
	text := c.hide(event.Clip(event.OneLine(event.Clean(said.Text)), longest))
	refused.Why = fmt.Sprintf("the Matrix homeserver answered %d with %s (%s)", answer.Status, event.OneLine(event.Clean(event.Clip(said.Code, 60))), text)
	if said.Retry > 0 {
		refused.RetryAfter = max(refused.RetryAfter, httpsend.Seconds(said.Retry/1000))
	}
	if v, ok := verdicts()[said.Code]; ok {
		refused.Class, refused.Code, refused.Do = v.class, v.code, v.do
	}
	return refused
}

// verdict is what a code of Matrix means for a message and its channel.
type verdict struct {
	class    event.Class
	code, do string
}

func verdicts() map[string]verdict {
	return map[string]verdict{
		"M_UNKNOWN_TOKEN":          {event.Target, "bad_token", "set a new access_token: the old one was ended, as by a sign-out"},
		"M_MISSING_TOKEN":          {event.Target, "bad_token", "set access_token, or user and password"},
		"M_USER_DEACTIVATED":       {event.Target, "bad_token", "the user is deactivated: use another one"},
		"M_FORBIDDEN":              {event.Target, "forbidden", "check user and password, invite the user to the room, and see that it may send there"},
		"M_NOT_FOUND":              {event.Target, "not_found", "check the alias or id of the room"},
		"M_UNRECOGNIZED":           {event.Target, "wrong_path", "check server: it must be the homeserver itself"},
		"M_GUEST_ACCESS_FORBIDDEN": {event.Target, "forbidden", "invite the user to the room"},
		"M_LIMIT_EXCEEDED":         {event.Temporary, "rate_limited", "it is sent as soon as the homeserver takes messages again"},
		"M_TOO_LARGE":              {event.Unfit, "too_large", "shorten the template of this event"},
	}
}
