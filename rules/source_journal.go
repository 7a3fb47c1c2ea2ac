package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tocsin/sources/journal"
)

// journalKind is the kind of source that reads systemd's journal.
const journalKind = "journal"

// journalSource decodes what a source makes of the journal's entries.
//
//	source "journal" "sshd_failed_password" {
//	  identifiers = ["sshd", "sshd-session"]   # who wrote it; or units, or both
//	  units       = ["ssh.service", "ssh@.service"]
//	  uids        = [0]                        # as which user; what has none counts, too
//	  transport   = "syslog"                   # kernel, syslog, journal, stdout, audit, driver
//	  priority    = "warning"                  # so urgent or more
//	  pattern     = "^Failed (?P<method>\\S+) for (?P<user>.*) from (?P<source_ip>\\S+) port (?P<port>\\d+)"
//	  when        = "match.user != 'monitor' and entry.uptime > duration('2m')"
//	  emit        = "auth_fail"
//	  severity    = "WARNING"                  # default: the event's
//	  host        = "{{ .entry.host }}"        # default: this one
//	  data        = { service = "sshd" }       # templates over .match and .entry
//	}
func (r *reader) journalSource(s *Source) any {
	j := &journal.Rule{Urgency: 7}
	j.Identifiers = r.identifiers()
	j.Units = r.units()
	j.Users = r.userIDs()
	j.Transports = r.oneOf("transport", "kernel", "syslog", "journal", "stdout", "audit", "driver")
	r.urgency(&j.Urgency)
	var read []string
	j.Rule, read = r.lineRule(s, &lineRoot{name: "entry", types: journal.Names(), open: journal.IsField})
	r.checkBound(j)
	if r.argument("pattern") == nil && r.argument("when") == nil {
		r.require("pattern")
	}
	for _, name := range read {
		if journal.IsField(name) {
			j.Fields = append(j.Fields, name)
		}
	}
	slices.Sort(j.Fields)
	j.Fields = slices.Compact(j.Fields)
	return j
}

// identifiers reads the names of programs.
func (r *reader) identifiers() []string {
	words, ok := r.words("identifiers")
	if !ok {
		return nil
	}
	for _, w := range words {
		if w.text == "" || len(w.text) > 128 || strings.ContainsAny(w.text, "*?[ ") {
			r.fail(finding{
				code: CodeValue, at: w.at, in: r.block.in(), summary: fmt.Sprintf("invalid identifier %q", w.text),
				detail: "It is the word that the program writes before its messages, whole: sshd, kernel. journalctl -F SYSLOG_IDENTIFIER lists those of this host.",
			})
		}
	}
	return textsOf(words)
}

// unitTypes end the names of units that have processes, which write entries.
func unitTypes() []string {
	return []string{".service", ".scope", ".socket", ".mount", ".swap", ".slice", ".timer"}
}

// units reads the names of units.
func (r *reader) units() []string {
	words, ok := r.words("units")
	if !ok {
		return nil
	}
	for _, w := range words {
		f := finding{code: CodeValue, at: w.at, in: r.block.in(), summary: fmt.Sprintf("invalid unit %q", w.text)}
		switch {
		case strings.ContainsAny(w.text, "*?[ "):
			f.detail = "Units are named whole. All instances of one are its name without what stands behind the @: ssh@.service."
			r.fail(f)
		case !slices.ContainsFunc(unitTypes(), func(end string) bool { return strings.HasSuffix(w.text, end) && w.text != end }):
			f.detail = "The name of a unit has its type: ssh.service."
			if !strings.Contains(w.text, ".") && w.text != "" {
				f.label = fmt.Sprintf("write %q", w.text+".service")
			}
			r.fail(f)
		}
	}
	return textsOf(words)
}

// userIDs reads the numbers of users.
func (r *reader) userIDs() []int {
	words, ok := r.words("uids")
	if !ok {
		return nil
	}
	var out []int
	for _, w := range words {
		n, err := strconv.ParseUint(w.text, 10, 32)
		if err != nil {
			r.fail(finding{
				code: CodeValue, at: w.at, in: r.block.in(), summary: fmt.Sprintf("invalid user number %q", w.text),
				detail: "Write numbers, as id -u NAME prints them: uids = [0].",
			})
			continue
		}
		out = append(out, int(n))
	}
	return out
}

// oneOf reads words that are each one of several.
func (r *reader) oneOf(name string, choices ...string) []string {
	words, ok := r.words(name)
	if !ok {
		return nil
	}
	for _, w := range words {
		if !slices.Contains(choices, w.text) {
			f := finding{code: CodeValue, at: w.at, in: r.block.in(), summary: fmt.Sprintf("unknown %s %q", name, w.text), detail: "It is one of " + quoted(choices) + "."}
			r.fail(f.suggest(w.text, slices.Values(choices)))
		}
	}
	return textsOf(words)
}

// urgency reads how urgent an entry must be.
func (r *reader) urgency(to *int) {
	var word string
	if r.choice("priority", &word, journal.Priorities()...) {
		*to = slices.Index(journal.Priorities(), word)
	}
}

// checkBound refuses a source that any program could raise events through.
func (r *reader) checkBound(j *journal.Rule) {
	if r.argument("identifiers") == nil && r.argument("units") == nil || len(j.Identifiers)+len(j.Units) == 0 {
		r.fail(finding{
			code: CodeUnbound, at: r.block.head, in: r.block.in(), summary: "source that reads what any program writes",
			detail: `Any user of the host could raise its event with logger. Say whose messages it reads: identifiers = ["sshd"], or units = ["ssh.service"].`,
		})
	}
}
