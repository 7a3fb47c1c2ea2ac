package apprise

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

// statusIn finds the HTTP status that a service gave, in Apprise's log.
var statusIn = regexp.MustCompile(`error=(\d{3})\b`)

// unreadable finds Apprise's words for a URL that it cannot use.
var unreadable = regexp.MustCompile(`(?i)unparse?able|unsupported url|could not load|at least one server url|invalid (?:\S+ )?url`)

// failure says what Apprise's log makes of a message that it could not deliver. The
// class is that of the service's status, where the log tells one.
func (n *note) failure(log []byte) *event.SendError {
	if unreadable.Match(log) {
		return &event.SendError{
			Class: event.Target, Code: "bad_url", Why: "Apprise cannot read the URL of this channel as one of its service " + n.scheme,
			Do: "compare it with Apprise's documentation of the service, and see tocsin check",
		}
	}
	if all := statusIn.FindAllSubmatch(log, -1); len(all) > 0 {
		status, _ := strconv.Atoi(string(all[len(all)-1][1])) // three digits
		e := (&httpsend.Answer{Status: status}).Refusal("the " + n.scheme + " service of Apprise")
		if e.Class == event.Target {
			e.Do = "check the parts of the channel's URL at the service"
		}
		e.Why += n.quoted(log)
		return e
	}
	return &event.SendError{
		Class: event.Temporary, Code: "failed", Why: "Apprise could not deliver to its service " + n.scheme + n.quoted(log),
		Do: "it is sent again by itself; if that does not help, try the URL with the apprise command and -vvv",
	}
}

// stamp begins a line of Apprise's log.
var stamp = regexp.MustCompile(`^\S+ \S+ - [A-Z]+ - |^[A-Z]+:? `)

// quoted returns the last line of a log that is a warning, fit to stand behind
// another text, without the parts of the URL.
func (n *note) quoted(log []byte) string {
	const longest = 200
	said := ""
	for line := range bytes.Lines(log) {
		if bytes.Contains(line, []byte("WARNING")) || bytes.Contains(line, []byte("ERROR")) {
			said = string(line)
		}
	}
	said = event.OneLine(event.Clean(stamp.ReplaceAllString(said, "")))
	if said == "" || strings.Contains(said, "://") {
		return ""
	}
	for _, part := range n.hidden {
		said = strings.ReplaceAll(said, part, "…")
	}
	return fmt.Sprintf(" (%s)", event.Clip(said, longest))
}
