package api

import "net/http"

// Refusal is an edit that is not saved although it was understood. At most one of
// its details is there.
type Refusal struct {
	Reason  Reason
	Why, Do string

	Edit      *Edited    // how it looks on the files as they are
	Conflict  *Conflict  // of Conflicting
	Elsewhere *Elsewhere // of ComesFromElsewhere
	Merge     *Merge     // of Changed, of a file
}

// Error returns the reason.
func (r *Refusal) Error() string { return r.Why }

// Reason is why an edit is refused.
type Reason int

// The reasons.
const (
	IsReadOnly         Reason = iota // nothing may be saved; Edit has the patch
	Changed                          // other files than the caller saw
	Conflicting                      // the value was changed by somebody else
	ComesFromElsewhere               // somebody must say where
	WouldNotLoad                     // or a test would fail; Edit has the diagnostics
	HostOnly                         // it makes or changes what runs programs or reads files of this host
)

var refusals = map[Reason]*Error{
	IsReadOnly:         {Status: http.StatusConflict, Code: "read_only", Message: "the configuration cannot be changed from here", Do: "apply the patch by hand"},
	Changed:            {Status: http.StatusPreconditionFailed, Code: "stale", Message: "the files changed meanwhile; nothing was saved", Do: "look at the edit as it is now, and send it again with the new tag"},
	Conflicting:        {Status: http.StatusPreconditionFailed, Code: "conflict", Message: "somebody else changed the same meanwhile; nothing was saved", Do: "look at both, and send what you want with the new revision"},
	ComesFromElsewhere: {Status: http.StatusConflict, Code: "elsewhere", Message: "the value comes from elsewhere; nothing was saved", Do: "change it there, or send the same again with here=1"},
	WouldNotLoad:       {Status: http.StatusUnprocessableEntity, Code: "would_not_load", Message: "the configuration would not load; nothing was saved", Do: "correct what the diagnostics show"},
	HostOnly:           {Status: http.StatusForbidden, Code: "host_only", Message: "what runs programs or reads files of this host is not made or changed from here", Do: "write it into a file of the configuration folder on the host itself"},
}

// answer is the refusal as an answer.
func (r *Refusal) answer() *Error {
	e := *refusals[r.Reason]
	e.Why = r.Why
	if r.Do != "" {
		e.Do = r.Do
	}
	e.Edit, e.Conflict, e.Elsewhere, e.Merge = r.Edit, r.Conflict, r.Elsewhere, r.Merge
	if r.Reason == IsReadOnly && r.Edit != nil {
		e.Patch = r.Edit.Diff
	}
	return &e
}
