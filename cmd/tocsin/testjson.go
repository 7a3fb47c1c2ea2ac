package main

import (
	"encoding/json"
	"io"
	"time"

	"tocsin/rules/ruletest"
)

// The parts of the JSON form.
type (
	testsJSON struct {
		Version int        `json:"format_version"`
		Passed  bool       `json:"passed"`
		Failed  int        `json:"failed"`
		Millis  float64    `json:"milliseconds"`
		Tests   []testJSON `json:"tests"`
	}
	testJSON struct {
		Name     string        `json:"name"`
		Place    string        `json:"place"`
		Passed   bool          `json:"passed"`
		Millis   float64       `json:"milliseconds"`
		Virtual  string        `json:"virtual_time"`
		Failures []failureJSON `json:"failures,omitempty"`
	}
	failureJSON struct {
		Place     string     `json:"place"`
		Channel   string     `json:"channel"`
		At        time.Time  `json:"at"`
		Why       string     `json:"why"`
		Expected  []string   `json:"expected"` // null: nothing is said about types
		Told      []toldJSON `json:"told"`     // the first ones
		Total     int        `json:"told_total"`
		Last      string     `json:"last_message,omitempty"`
		Decisions []string   `json:"decisions"`
	}
	toldJSON struct {
		At       time.Time `json:"at"`
		Type     string    `json:"type"`
		Severity string    `json:"severity"`
		Title    string    `json:"title"`
	}
)

func (r *testReport) writeJSON(w io.Writer) error {
	out := testsJSON{Version: 1, Passed: r.failed() == 0, Failed: r.failed(), Millis: millis(r.took), Tests: make([]testJSON, len(r.results))}
	for i := range r.results {
		t := &r.results[i]
		out.Tests[i] = testJSON{Name: t.Name, Place: t.Place, Passed: t.Passed(), Millis: millis(t.took), Virtual: t.Virtual.String()}
		for n := range t.Failures {
			out.Tests[i].Failures = append(out.Tests[i].Failures, failureAsJSON(&t.Failures[n]))
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func failureAsJSON(f *ruletest.Failure) failureJSON {
	out := failureJSON{
		Place: f.Place, Channel: f.Channel, At: f.At, Why: f.Why, Expected: f.Want, Told: make([]toldJSON, len(f.Told)),
		Total: f.Total, Last: f.Last, Decisions: append([]string{}, f.Led...),
	}
	for i, m := range f.Told {
		out.Told[i] = toldJSON{m.At, m.Type, m.Severity.String(), m.Title}
	}
	return out
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
