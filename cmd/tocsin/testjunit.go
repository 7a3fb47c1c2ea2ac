package main

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"time"
)

// The parts of JUnit's form that are written. It has no schema of its own; these
// are what every reader of it understands.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		junitCounts
		Suites []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name string `xml:"name,attr"`
		junitCounts
		Cases []junitCase `xml:"testcase"`
	}
	junitCounts struct {
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Time     string `xml:"time,attr"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
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
	counts := junitCounts{Tests: len(r.results), Failures: r.failed(), Time: seconds(r.took)}
	suite := junitSuite{Name: "tocsin", junitCounts: counts}
	for i := range r.results {
		suite.Cases = append(suite.Cases, r.junitCase(&r.results[i]))
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(junitSuites{junitCounts: counts, Suites: []junitSuite{suite}}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// junitCase is one test. Its failures are one, as a case of JUnit has at most
// one that every reader shows.
func (r *testReport) junitCase(t *testResult) junitCase {
	file, line := r.place(t.Place)
	c := junitCase{Name: oneLine(t.Name), Class: file, File: file, Line: line, Time: seconds(t.took)}
	if t.Passed() {
		return c
	}
	var text strings.Builder
	for n := range t.Failures {
		text.WriteString(failureText(&t.Failures[n]))
	}
	c.Failure = &junitFailure{Message: oneLine(t.Failures[0].Why), Type: "expect", Text: text.String()}
	return c
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 4, 64) }
