package save

import (
	"fmt"
	"strings"
	"time"

	"tocsin/rules/edit"
)

// ReadOnly says why nothing may be saved, and gives the patch to apply by hand.
type ReadOnly struct {
	Why   string `json:"why"`
	Patch string `json:"patch"`
}

// Error says why.
func (e *ReadOnly) Error() string { return "nothing is saved: " + e.Why }

// Stale says that the files changed since the edit was planned, and how the edit
// looks on the new ones: to be looked at, and then saved.
type Stale struct {
	Preview *Preview `json:"preview"`
}

// Error says that the edit must be looked at again.
func (e *Stale) Error() string {
	return "the files changed meanwhile; the edit still fits them: look at it again, then save it"
}

// Conflict says that the value which an edit is about was changed by somebody
// else since. Nothing is lost: both are here.
type Conflict struct {
	What   string     `json:"what"` // channel phone: chat_id
	Place  edit.Place `json:"place"`
	Mine   string     `json:"mine"`   // secrets masked
	Theirs string     `json:"theirs"` // as it is now; empty: it is gone
	By     string     `json:"by,omitempty"`
	At     time.Time  `json:"at,omitzero"`
}

// Error says what it is now, and since when.
func (e *Conflict) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s was changed meanwhile", e.What)
	if e.Place.Line > 0 {
		fmt.Fprintf(&b, ", at %s", e.Place)
	}
	if e.By != "" {
		fmt.Fprintf(&b, ", by %s", e.By)
	}
	if e.Theirs == "" {
		b.WriteString(": it is gone")
	} else {
		fmt.Fprintf(&b, ": it is now %s", oneLine(e.Theirs))
	}
	return b.String()
}

// Refused says that an edit is not saved, as the files would not load or a test
// would fail. The preview tells what is wrong.
type Refused struct {
	Preview *Preview
}

// Error says what is in the way.
func (e *Refused) Error() string {
	if len(e.Preview.Failing) > 0 && !e.Preview.Diagnostics.HasErrors() {
		return fmt.Sprintf("nothing is saved: the test %q would fail", e.Preview.Failing[0].Name)
	}
	return "nothing is saved: the configuration would not load"
}

// oneLine puts text on one line, not too long.
func oneLine(text string) string {
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) > 120 {
		return string(r[:119]) + "…"
	}
	return string(r)
}
