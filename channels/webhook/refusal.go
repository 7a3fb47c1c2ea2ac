package webhook

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// refusal turns an answer that is no success into an error: by its status, with
// the receiver's own words.
func (c *channel) refusal(answer *httpsend.Answer) *event.SendError {
	refused := answer.Refusal(c.host)
	if said := c.said(answer); said != "" {
		refused.Why = c.host + " answered " + strconv.Itoa(answer.Status) + " (" + said + ")"
	}
	switch answer.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		refused.Do = "check headers and secret of the channel, and what the receiver allows"
	case http.StatusNotFound, http.StatusGone:
		refused.Do = "check url: the receiver has nothing there, or nothing any more"
	case http.StatusMethodNotAllowed:
		refused.Class, refused.Code = event.Target, "wrong_method"
		refused.Do = "set method to what the receiver takes there"
	case http.StatusUnsupportedMediaType:
		refused.Class, refused.Code = event.Target, "wrong_type"
		refused.Do = "set content_type and body to what the receiver takes"
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		refused.Do = "check that body is what the receiver takes; the message is sent once more, shortened"
	case http.StatusRequestEntityTooLarge:
		refused.Do = "raise the receiver's limit; the message is sent once more, shortened and without its data"
	}
	return refused
}

// said returns the receiver's own words, fit to show. A page says nothing that
// helps, and what repeats a secret of the channel is not shown at all.
func (c *channel) said(answer *httpsend.Answer) string {
	const longest = 200
	body := bytes.TrimSpace(answer.Body)
	if len(body) == 0 || body[0] == '<' || c.repeats(answer.Body) {
		return ""
	}
	return event.Clip(event.OneLine(event.Clean(string(body))), longest)
}

// repeats reports whether a text shows a secret, in one of the usual spellings.
func (c *channel) repeats(text []byte) bool {
	for _, secret := range c.hidden {
		escaped, _ := json.Marshal(secret) // texts always marshal
		for _, spelling := range []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(escaped), `"`),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)),
		} {
			if bytes.Contains(text, []byte(spelling)) {
				return true
			}
		}
	}
	return false
}

// secretsOf lists what may be a secret: the parts of the address behind its host,
// the values of headers, the signing secret.
func secretsOf(address *url.URL, v channels.Values) []string {
	const shortest = 6 // what is shorter stands in any text
	var list []string
	add := func(text string) {
		if text = strings.TrimSpace(text); len(text) >= shortest {
			list = append(list, text)
		}
	}
	for part := range strings.SplitSeq(address.Path, "/") {
		add(part)
	}
	for _, values := range address.Query() {
		for _, value := range values {
			add(value)
		}
	}
	add(address.RawQuery)
	if password, ok := address.User.Password(); ok {
		add(password)
	}
	for _, value := range v.Map("headers") {
		for word := range strings.FieldsSeq(value.Reveal()) {
			add(word)
		}
	}
	add(v.Secret("secret").Reveal())
	add(strings.TrimPrefix(v.Secret("secret").Reveal(), "whsec_"))
	return list
}
