package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"tocsin/engine/event"
	"tocsin/rules/diag"
	"tocsin/rules/ruletest"
)

// testReport is the outcome of a run of tests.
type testReport struct {
	results []testResult
	took    time.Duration
	dir     string // as it was named
	verbose bool
	colour  bool
}

type testResult struct {
	ruletest.Result
	took time.Duration
}

func (r *testReport) failed() int {
	n := 0
	for i := range r.results {
		if !r.results[i].Passed() {
			n++
		}
	}
	return n
}

// write writes the report in one of its forms.
func (r *testReport) write(w io.Writer, format string) error {
	switch format {
	case "json":
		return r.writeJSON(w)
	case "junit":
		return r.writeJUnit(w)
	case "github":
		return r.writeGitHub(w)
	}
	return r.writeHuman(w)
}

func (r *testReport) writeHuman(w io.Writer) error {
	var b strings.Builder
	for i := range r.results {
		t := &r.results[i]
		switch {
		case !t.Passed():
			fmt.Fprintf(&b, "%s %s  (%s)\n", r.paint("FAIL", red), oneLine(t.Name), t.Place)
			for n := range t.Failures {
				b.WriteString(indent(failureText(&t.Failures[n]), "  "))
			}
			b.WriteByte('\n')
		case r.verbose:
			fmt.Fprintf(&b, "%s   %s  (%s of virtual time)\n", r.paint("ok", green), oneLine(t.Name), event.Duration(t.Virtual))
		}
	}
	b.WriteString(r.summary() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// writeGitHub annotates the expectations that did not come true.
func (r *testReport) writeGitHub(w io.Writer) error {
	var b strings.Builder
	for i := range r.results {
		t := &r.results[i]
		for n := range t.Failures {
			file, line := r.place(t.Failures[n].Place)
			a := diag.Annotation{
				Level: "error", File: file, Line: line, Title: "test " + oneLine(t.Name),
				Text: strings.TrimSuffix(failureText(&t.Failures[n]), "\n"),
			}
			b.WriteString(a.String() + "\n")
		}
	}
	plain := *r
	plain.colour = false
	b.WriteString(plain.summary() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// summary is the last line.
func (r *testReport) summary() string {
	took := r.took.Round(time.Millisecond)
	if took < 10*time.Millisecond { // most folders
		took = r.took.Round(100 * time.Microsecond)
	}
	switch failed := r.failed(); {
	case len(r.results) == 0:
		return `no tests: write one as test "NAME" { send "TYPE" {} expect "CHANNEL" { types = ["TYPE"] } }, each block on lines of its own`
	case failed > 0:
		return fmt.Sprintf("%s %d of %s in %v", r.paint("FAIL", red), failed, tests(len(r.results)), took)
	default:
		return fmt.Sprintf("%s %s in %v", r.paint("ok", green), tests(len(r.results)), took)
	}
}

func tests(n int) string {
	if n == 1 {
		return "1 test"
	}
	return strconv.Itoa(n) + " tests"
}

// Bounds of what is shown of one failure.
const (
	maxShownText = 1000 // bytes of a message
	maxShownTold = 10   // messages
)

// failureText is one failure for people: what was expected, what differs, what
// was told, and the decisions that led there.
func failureText(f *ruletest.Failure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", f.Place, oneLine(f.Why))
	for _, l := range f.Types {
		fmt.Fprintf(&b, "    %c %s\n", l.Sign, oneLine(l.Text))
	}
	if f.Last != "" {
		b.WriteString(indent(event.Clip(clean(f.Last), maxShownText)+"\n", "    | "))
	}
	if len(f.Told) > 0 {
		b.WriteString("  told until " + storyTime(f.At) + ":\n")
		shown := f.Told[:min(len(f.Told), maxShownTold)]
		for _, m := range shown {
			fmt.Fprintf(&b, "    %s %s %s: %s\n", storyTime(m.At), m.Severity, oneLine(m.Type), short(m.Title, 80))
		}
		if left := f.Total - len(shown); left > 0 {
			fmt.Fprintf(&b, "    … %d more\n", left)
		}
	}
	if len(f.Led) > 0 {
		b.WriteString("  what led there:\n")
		for _, line := range f.Led {
			b.WriteString("    " + oneLine(line) + "\n")
		}
	}
	return b.String()
}

// storyTime is a moment of a story, which lasts days rather than years.
func storyTime(t time.Time) string { return t.Format("Mon 15:04:05") }

// place returns a file:line as seen from where the folder was named.
func (r *testReport) place(text string) (file string, line int) {
	file = text
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		file = text[:i]
		line, _ = strconv.Atoi(text[i+1:]) // a place always ends in a number
	}
	return diag.InFolder(r.dir, file), line
}

// Colours of a terminal. Nothing is said by colour alone.
const (
	red   = "31"
	green = "32"
)

func (r *testReport) paint(text, colour string) string { return paint(r.colour, text, colour) }
