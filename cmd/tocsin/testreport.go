package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"tocsin/engine/event"
	"tocsin/rules/diag"
	"tocsin/rules/ruletest"
)

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
			fmt.Fprintf(&b, "%s %s  (%s)\n", r.paint("FAIL", red), t.Name, t.Place)
			for n := range t.Failures {
				b.WriteString(indent(failureText(&t.Failures[n]), "  "))
			}
			b.WriteByte('\n')
		case r.verbose:
			fmt.Fprintf(&b, "%s   %s  (%s of virtual time)\n", r.paint("ok", green), t.Name, event.Duration(t.Virtual))
		}
	}
	b.WriteString(r.summary() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// summary is the last line.
func (r *testReport) summary() string {
	took := r.took.Round(time.Millisecond)
	switch failed := r.failed(); {
	case len(r.results) == 0:
		return `no tests: write one as test "NAME" { send "TYPE" {} expect "CHANNEL" { types = ["TYPE"] } }, each block on lines of its own`
	case failed > 0:
		return fmt.Sprintf("%s %d of %d tests in %v", r.paint("FAIL", red), failed, len(r.results), took)
	case len(r.results) == 1:
		return fmt.Sprintf("%s 1 test in %v", r.paint("ok", green), took)
	}
	return fmt.Sprintf("%s %d tests in %v", r.paint("ok", green), len(r.results), took)
}

// failureText is one failure for people: what was expected, what differs, what
// was told, and the decisions that led there.
func failureText(f *ruletest.Failure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", f.Place, clean(f.Why))
	for _, l := range f.Types {
		fmt.Fprintf(&b, "    %c %s\n", l.Sign, clean(l.Text))
	}
	if f.Last != "" {
		b.WriteString(indent(clip(clean(f.Last), 1000)+"\n", "    | "))
	}
	if len(f.Types) > 0 && len(f.Told) > 0 {
		b.WriteString("  told until " + f.At.Format("Mon 15:04:05") + ":\n")
		for i, m := range f.Told {
			if i == 10 {
				fmt.Fprintf(&b, "    … %d more\n", len(f.Told)-i)
				break
			}
			fmt.Fprintf(&b, "    %s %s %s: %s\n", m.At.Format("Mon 15:04:05"), m.Severity, m.Type, short(m.Title, 80))
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

// indent puts a prefix before each line of a text that ends in a newline.
func indent(text, prefix string) string {
	return prefix + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+prefix) + "\n"
}

func clip(text string, limit int) string { return event.Clip(text, limit) }

func (r *testReport) writeJSON(w io.Writer) error {
	type failure struct {
		Place   string   `json:"place"`
		Channel string   `json:"channel"`
		Why     string   `json:"why"`
		Told    []string `json:"told"`
		Led     []string `json:"decisions,omitempty"`
	}
	type test struct {
		Name     string    `json:"name"`
		Place    string    `json:"place"`
		Passed   bool      `json:"passed"`
		Millis   float64   `json:"milliseconds"`
		Virtual  string    `json:"virtual_time"`
		Failures []failure `json:"failures,omitempty"`
	}
	list := make([]test, 0, len(r.results))
	for i := range r.results {
		t := &r.results[i]
		out := test{Name: t.Name, Place: t.Place, Passed: t.Passed(), Millis: float64(t.took.Microseconds()) / 1000, Virtual: t.Virtual.String()}
		for _, f := range t.Failures {
			told := make([]string, len(f.Told))
			for n, m := range f.Told {
				told[n] = m.Type
			}
			out.Failures = append(out.Failures, failure{f.Place, f.Channel, f.Why, told, f.Led})
		}
		list = append(list, out)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"format_version": 1, "passed": r.failed() == 0, "failed": r.failed(), "tests": list})
}

// The parts of JUnit's form that are written.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr"`
		Line    string        `xml:"line,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

func (r *testReport) writeJUnit(w io.Writer) error {
	suite := junitSuite{Name: "tocsin", Tests: len(r.results), Failures: r.failed(), Time: seconds(r.took)}
	for i := range r.results {
		t := &r.results[i]
		file, line := r.place(t.Place)
		c := junitCase{Name: t.Name, Class: file, File: file, Line: strconv.Itoa(line), Time: seconds(t.took)}
		if !t.Passed() {
			c.Failure = &junitFailure{Message: t.Failures[0].Why, Type: "expect"}
			for n := range t.Failures {
				c.Failure.Text += failureText(&t.Failures[n])
			}
		}
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	err := enc.Encode(junitSuites{Tests: suite.Tests, Failures: suite.Failures, Time: suite.Time, Suites: []junitSuite{suite}})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n")
	return err
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 4, 64) }

// place returns a file:line as seen from where the folder was named.
func (r *testReport) place(text string) (file string, line int) {
	file, number, _ := cutLast(text, ":")
	line, _ = strconv.Atoi(number) // a place always ends in a number
	return diag.InFolder(r.dir, file), line
}

func cutLast(text, sep string) (before, after string, found bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

func (r *testReport) writeGitHub(w io.Writer) error {
	var b strings.Builder
	for i := range r.results {
		t := &r.results[i]
		for n := range t.Failures {
			file, line := r.place(t.Failures[n].Place)
			a := diag.Annotation{Level: "error", File: file, Line: line, Title: "test " + t.Name, Text: failureText(&t.Failures[n])}
			b.WriteString(a.String() + "\n")
		}
	}
	r.colour = false
	b.WriteString(r.summary() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// Colours of a terminal. Nothing is said by colour alone.
const (
	red   = "31"
	green = "32"
)

func (r *testReport) paint(text, colour string) string { return paint(r.colour, text, colour) }
