package gotify

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

// refusal turns an answer that is no success into an error. The status
// decides, but for a request that is wrong because of its token.
func (c *channel) refusal(answer *httpsend.Answer) *event.SendError {
	refused := answer.Refusal("Gotify")
	said := c.said(answer.Body)
	if said != "" {
		refused.Why = "Gotify answered " + strconv.Itoa(answer.Status) + " (" + said + ")"
	}
	switch answer.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		refused.Class, refused.Code = event.Target, "bad_token"
		refused.Do = "set token to that of an application on this server: it may have been deleted there"
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		refused.Class, refused.Code = event.Target, "wrong_path"
		refused.Do = "check the path of url: behind a proxy Gotify is often served under one, such as https://example.org/gotify"
	case http.StatusBadRequest:
		if strings.Contains(said, "appid") { // asked only of tokens that are no application's
			refused.Class, refused.Code = event.Target, "bad_token"
			refused.Do = "set token to that of an application; this one belongs to a client"
		}
	case http.StatusRequestEntityTooLarge:
		refused.Do = "raise the body limit of the proxy before Gotify; the message is sent again plain and cut"
	}
	return refused
}

// said returns the server's own words, fit to show; empty when the answer is
// not Gotify's.
func (c *channel) said(body []byte) string {
	const longest = 200
	var answer struct {
		Description string `json:"errorDescription"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	text := strings.ReplaceAll(answer.Description, c.token.Reveal(), c.token.String())
	return event.Clip(event.OneLine(event.Clean(text)), longest)
}

// messageID reads the id of an accepted message; ok is false when the answer is
// not Gotify's. The server repeats the whole message behind the id, so that the
// answer may be too long to be read to its end. One that breaks off before the
// id, or before anything came, is believed.
func messageID(answer *httpsend.Answer) (id string, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(answer.Body))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return "", answer.Partial && !answer.Foreign()
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return "", brokeOff(err)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return "", brokeOff(err)
		}
		if key != "id" { // decoded whole, so that an id inside it does not count
			continue
		}
		n, err := strconv.ParseUint(string(value), 10, 64)
		return string(value), err == nil && n > 0
	}
	_, err := dec.Token() // the end of the object
	return "", err != nil && brokeOff(err)
}

// brokeOff reports whether JSON ended too early, rather than being none.
func brokeOff(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) }
