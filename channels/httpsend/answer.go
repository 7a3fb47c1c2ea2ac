package httpsend

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tocsin/engine/event"
)

// Answer is a service's answer, whatever its status.
type Answer struct {
	Status  int
	Header  http.Header
	Body    []byte // at most 64 KiB, or as the client was told
	Partial bool   // the body is longer, or broke off
}

// OK reports whether the status is 2xx.
func (a *Answer) OK() bool { return a.Status/100 == 2 }

// Foreign reports whether the body is something else than the JSON object that
// a service answers with, such as the login page of a network that answers in
// its place. A body of which nothing came is not foreign.
func (a *Answer) Foreign() bool {
	body := bytes.TrimLeft(a.Body, " \t\r\n")
	return len(body) > 0 && body[0] != '{'
}

// Refusal turns a status that is no success into an error of the class that
// the status suggests. service is the name to speak of: "Telegram".
func (a *Answer) Refusal(service string) *event.SendError {
	v := verdictOn(a.Status)
	e := &event.SendError{Class: v.class, Code: v.code, Why: fmt.Sprintf("%s answered %s", service, status(a.Status)), Do: v.do}
	if v.means != "" {
		e.Why += ": " + v.means
	}
	e.Maybe = a.Status == http.StatusGatewayTimeout || a.Status == cloudflareTimeout
	if e.Class == event.Temporary {
		e.RetryAfter = RetryAfter(a.Header, time.Now())
	}
	return e
}

// verdict is what a status means for a message and its channel.
type verdict struct {
	class event.Class
	code  string
	means string // clause for the operator
	do    string
}

// cloudflareTimeout is how Cloudflare says 504: it reached the service, which did
// not answer in time.
const cloudflareTimeout = 524

// verdictOn judges a status by itself. What a client did wrong is taken for the
// message's fault where the status says no more: then one odd message never
// holds the others.
func verdictOn(code int) verdict {
	switch code {
	case http.StatusUnauthorized:
		return verdict{event.Target, "unauthorized", "it does not know the token or password", "check the channel's token or password"}
	case http.StatusForbidden:
		return verdict{event.Target, "forbidden", "it does not let this channel send", "check the token's rights at the service"}
	case http.StatusNotFound:
		return verdict{event.Target, "not_found", "there is nothing at the channel's address", "check the channel's address and token"}
	case http.StatusGone:
		return verdict{event.Target, "gone", "the channel's address is there no longer", "make a new one at the service"}
	case http.StatusProxyAuthRequired: // of the proxy, so it says nothing of the message
		return verdict{event.Temporary, "proxy", "the proxy wants a password", "check HTTP_PROXY and HTTPS_PROXY in the service's environment"}
	case http.StatusTooManyRequests:
		return verdict{event.Temporary, "rate_limited", "too many messages in a short time", "it is sent as soon as the service takes messages again"}
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return verdict{event.Temporary, "server_error", "it could not take the request just now", again}
	case http.StatusGatewayTimeout, cloudflareTimeout:
		return verdict{event.Temporary, "server_error", "a gateway waited for it in vain, so the message may have arrived", again}
	case http.StatusRequestEntityTooLarge:
		return verdict{event.Unfit, "too_large", "the message is too long for it", "shorten the template of this event"}
	}
	switch {
	case code >= 500:
		return verdict{event.Temporary, "server_error", "the fault is on its side", "it is sent again by itself; if that does not help, look at the service's status"}
	case code >= 400:
		return verdict{event.Unfit, "rejected", "it does not take this message", "look at the message in the history for what is odd about it"}
	case code >= 300:
		return verdict{event.Temporary, "redirected", "tocsin follows no redirect, as it could carry a token elsewhere", "use the address that it redirects to, often the same with https"}
	}
	return verdict{event.Temporary, "server_error", "that is no answer to a message", "check that the channel's address leads to the service"}
}

// status returns the code with its name, where it has one.
func status(code int) string {
	if text := http.StatusText(code); text != "" {
		return strconv.Itoa(code) + " " + text
	}
	return strconv.Itoa(code)
}
