package diag

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// WriteSARIF writes the diagnostics in the Static Analysis Results Interchange
// Format, version 2.1.0, for code scanners. Paths begin with dir, the folder
// that was checked, as it was named.
func WriteSARIF(w io.Writer, diags hcl.Diagnostics, sources map[string][]byte, dir, version string) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "tocsin", Version: version, Rules: []sarifRule{}}
	for _, d := range NewReport(diags, sources).Diagnostics {
		i := slices.IndexFunc(run.Tool.Driver.Rules, func(r sarifRule) bool { return r.ID == d.Code })
		if i < 0 {
			i = len(run.Tool.Driver.Rules)
			rule := sarifRule{ID: d.Code, Short: sarifText{d.Summary}}
			rule.Default.Level = d.Severity
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
		}
		run.Results = append(run.Results, sarifResultOf(&d, i, dir))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": []sarifRun{run},
	})
}

func sarifResultOf(d *Diagnostic, rule int, dir string) sarifResult {
	text := []string{upper(d.Summary)}
	if d.Label != "" {
		text = append(text, upper(d.Label))
	}
	r := sarifResult{RuleID: d.Code, RuleIndex: rule, Level: d.Severity, Message: sarifText{strings.Join(append(text, d.Detail), " ")}}
	if d.Place != nil {
		r.Locations = []sarifLocation{sarifLocationOf(d.Place, dir)}
	}
	for i := range d.Related {
		l := sarifLocationOf(&d.Related[i], dir)
		l.ID = i + 1
		if d.Related[i].Label != "" {
			l.Message = &sarifText{d.Related[i].Label}
		}
		r.Related = append(r.Related, l)
	}
	return r
}

func sarifLocationOf(p *Place, dir string) (l sarifLocation) {
	l.Physical.Artifact.URI = strings.ReplaceAll(InFolder(dir, p.File), " ", "%20")
	l.Physical.Region = sarifRegion{p.Start.Line, p.Start.Column, p.End.Line, p.End.Column}
	return l
}

// The parts of the format that are written.
type (
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string    `json:"id"`
		Short   sarifText `json:"shortDescription"`
		Default struct {
			Level string `json:"level"`
		} `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
	}
	sarifLocation struct {
		ID       int        `json:"id,omitempty"`
		Message  *sarifText `json:"message,omitempty"`
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region sarifRegion `json:"region"`
		} `json:"physicalLocation"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
)
