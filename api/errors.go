package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/uptrace/bunrouter"
)

// Error is an answer that is no success. Why and Do are for people; Code is
// stable, for programs.
type Error struct {
	Status  int           `json:"-"`
	Code    string        `json:"code"`
	Message string        `json:"message"`
	Why     string        `json:"why,omitempty"`
	Do      string        `json:"do,omitempty"`
	Events  []sent        `json:"events,omitempty"` // what became of each event of a batch, when some were kept
	After   time.Duration `json:"-"`                // Retry-After; 0: none

	Edit      *Edited    `json:"edit,omitempty"`      // that was not saved, as it is on the files now
	Conflict  *Conflict  `json:"conflict,omitempty"`  // with somebody else
	Elsewhere *Elsewhere `json:"elsewhere,omitempty"` // where the value comes from
	Merge     *Merge     `json:"merge,omitempty"`     // of a file that others changed
	Patch     string     `json:"patch,omitempty"`     // to be applied by hand
}

// Error returns the message and the reason.
func (e *Error) Error() string {
	if e.Why == "" {
		return e.Message
	}
	return e.Message + ": " + e.Why
}

// because returns the error with a reason.
func (e *Error) because(why, do string) *Error {
	c := *e
	c.Why, c.Do = why, do
	return &c
}

func (e *Error) after(d time.Duration) *Error {
	c := *e
	c.After = max(d, time.Second)
	return &c
}

// The answers that are no success: the one table from kind to status. They are
// never changed; because and after work on copies.
var (
	errMalformed   = &Error{Status: http.StatusBadRequest, Code: "malformed", Message: "the request is not understood"}
	errPlain       = &Error{Status: http.StatusBadRequest, Code: "needs_tls", Message: "this port speaks TLS: only the webhook is plain, and only on this host", Do: "use https://"}
	errToken       = &Error{Status: http.StatusUnauthorized, Code: "unauthorized", Message: "this needs a valid token or session", Do: "send the header Authorization: Bearer TOKEN, or sign in; tocsin token new makes a token"}
	errSecret      = &Error{Status: http.StatusUnauthorized, Code: "unauthorized", Message: "the webhook refused the caller"}
	errPassword    = &Error{Status: http.StatusUnauthorized, Code: "unauthorized", Message: "the name or the password is wrong", Do: "tocsin login makes a link that needs neither"}
	errLink        = &Error{Status: http.StatusUnauthorized, Code: "unauthorized", Message: "the link is used up, out of date or wrong", Do: "tocsin login makes another"}
	errScope       = &Error{Status: http.StatusForbidden, Code: "forbidden", Message: "the token or account does not allow this"}
	errRights      = &Error{Status: http.StatusForbidden, Code: "no_rights", Message: "this host does not let tocsin do that"}
	errAddress     = &Error{Status: http.StatusForbidden, Code: "forbidden", Message: "the address is not on the webhook's list", Do: "add it to webhook.allow"}
	errOrigin      = &Error{Status: http.StatusForbidden, Code: "cross_origin", Message: "a page of another site or port made this request", Do: "only pages that tocsin serves, and programs, change something here"}
	errCSRF        = &Error{Status: http.StatusForbidden, Code: "csrf", Message: "the page did not show that the request is its own", Do: "send the header X-CSRF-Token with the csrf of GET auth/session"}
	errInsecure    = &Error{Status: http.StatusForbidden, Code: "insecure", Message: "signing in would be readable on the way", Do: "set api.tls_cert and api.tls_key, name the proxy with TLS in api.trusted_proxies, or come from this host (ssh -L)"}
	errNotFound    = &Error{Status: http.StatusNotFound, Code: "not_found", Message: "there is nothing at this path"}
	errUnknown     = &Error{Status: http.StatusNotFound, Code: "unknown", Message: "the request names what does not exist"}
	errMethod      = &Error{Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Message: "this path does not take the method"}
	errReplayed    = &Error{Status: http.StatusConflict, Code: "replayed", Message: "the same request was taken before"}
	errLarge       = &Error{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Message: "the body is too large", Why: "more than 1 MiB is never read"}
	errMedia       = &Error{Status: http.StatusUnsupportedMediaType, Code: "not_json", Message: "the body must be JSON", Do: "send the header Content-Type: application/json"}
	errHost        = &Error{Status: http.StatusMisdirectedRequest, Code: "foreign_host", Message: "this name is not served here", Do: "use 127.0.0.1 or localhost, or add the name to api.allowed_hosts"}
	errUnfit       = &Error{Status: http.StatusUnprocessableEntity, Code: "unprocessable", Message: "the request cannot be carried out"}
	errUnseen      = &Error{Status: http.StatusPreconditionRequired, Code: "tag_missing", Message: "the file is there, and the request does not say which text of it was seen", Do: "read it, and send its ETag as If-Match; * stands for any"}
	errNoAI        = &Error{Status: http.StatusConflict, Code: "no_ai", Message: "no text is rewritten by a model here", Why: "this tocsin has no rewriter", Do: "leave it out"}
	errRate        = &Error{Status: http.StatusTooManyRequests, Code: "rate_limited", Message: "too many requests", Do: "wait as long as the header Retry-After says"}
	errAttempts    = &Error{Status: http.StatusTooManyRequests, Code: "rate_limited", Message: "too many attempts to sign in failed", Do: "wait as long as the header Retry-After says; tocsin login makes a link meanwhile"}
	errLinks       = &Error{Status: http.StatusTooManyRequests, Code: "rate_limited", Message: "too many links were wrong", Do: "wait as long as the header Retry-After says; the link stays good meanwhile, for 15 minutes in all"}
	errBusy        = &Error{Status: http.StatusServiceUnavailable, Code: "busy", Message: "too many passwords are being checked", Do: "try again", After: 5 * time.Second}
	errInternal    = &Error{Status: http.StatusInternalServerError, Code: "internal", Message: "something went wrong in tocsin", Do: "look into its log"}
	errUnavailable = &Error{Status: http.StatusServiceUnavailable, Code: "unavailable", Message: "events cannot be kept at the moment; nothing was accepted", After: 5 * time.Second}
)

// ErrConflict is the Outcome.Err of a claimed key that came with another body.
var ErrConflict = errors.New("the same key came before with another body")

// Unavailable is the error of an interface that cannot do its work at the
// moment, such as the Outcome.Err of an event that could not be kept.
type Unavailable struct{ Why, Do string }

// Error returns the reason.
func (u *Unavailable) Error() string { return u.Why }

// BadRequest is an error of an interface that is the caller's mistake.
type BadRequest struct{ Why, Do string }

// Error returns the reason.
func (b *BadRequest) Error() string { return b.Why }

// NotFound is an error of an interface about something the caller named that
// does not exist.
type NotFound struct{ Why, Do string }

// Error returns the reason.
func (n *NotFound) Error() string { return n.Why }

// answer is the one place that turns a handler's error into a response.
func (s *Server) answer(h bunrouter.HandlerFunc) bunrouter.HandlerFunc {
	return func(w http.ResponseWriter, req bunrouter.Request) error {
		if err := h(w, req); err != nil {
			writeError(w, s.asError(req, err))
		}
		return nil
	}
}

// asError finds the answer for an error. The log gets the route, not the path:
// somebody may have put a secret there.
func (s *Server) asError(req bunrouter.Request, err error) *Error {
	if part, ok := errors.AsType[*partial](err); ok {
		return part.answer(s.asError(req, part.err))
	}
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	if cannot, ok := errors.AsType[*Unavailable](err); ok {
		return errUnavailable.because(cannot.Why, cannot.Do)
	}
	if bad, ok := errors.AsType[*BadRequest](err); ok {
		return errUnfit.because(bad.Why, bad.Do)
	}
	if no, ok := errors.AsType[*Forbidden](err); ok {
		return errRights.because(no.Why, no.Do)
	}
	if missing, ok := errors.AsType[*NotFound](err); ok {
		return errUnknown.because(missing.Why, missing.Do)
	}
	if refused, ok := errors.AsType[*Refusal](err); ok {
		return refused.answer()
	}
	if errors.Is(err, ErrConflict) {
		return errUnfit.because("the Idempotency-Key came before with another body", "use a new key for a new event")
	}
	s.Log.Error("request failed", "component", "api", "method", req.Method, "route", req.Route(), "err", err)
	return errInternal
}

func writeError(w http.ResponseWriter, e *Error) {
	if e.After > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((e.After+time.Second-1)/time.Second)))
	}
	if e.Edit != nil {
		setTag(w, e.Edit.Revision)
	}
	if e.Merge != nil {
		setTag(w, e.Merge.Tag)
	}
	if e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="tocsin"`)
	}
	_ = writeJSON(w, e.Status, failure{e}) // it marshals
}

// writeJSON answers with v. Nothing is written when v does not marshal, so that
// the error can still be answered. That a caller is gone is no error.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(v); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes())
	return nil
}
