package diag

import (
	"encoding/json"
	"io"
	"net/url"
	"path"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// WriteSARIF writes the diagnostics in the Static Analysis Results Interchange
// Format, version 2.1.0, for code scanners. Locate tells where a file of a
// diagnostic is, as seen from the repository.
func WriteSARIF(w io.Writer, diags hcl.Diagnostics, sources map[string][]byte, locate func(file string) string, version string) error {
	run := sarifRun{ColumnKind: "utf16CodeUnits", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "tocsin", Version: version, Rules: []sarifRule{}}
	at := sarifPlaces{sources, locate}
	for _, d := range NewReport(diags, sources).Diagnostics {
		i := slices.IndexFunc(run.Tool.Driver.Rules, func(r sarifRule) bool { return r.ID == d.Code })
		if i < 0 {
			i = len(run.Tool.Driver.Rules)
			rule := sarifRule{ID: d.Code, Short: sarifText{sentences(d.Summary)}}
			rule.Default.Level = d.Severity
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
		}
		run.Results = append(run.Results, at.result(&d, i))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// sarifPlaces turns places into locations.
type sarifPlaces struct {
	sources map[string][]byte
	locate  func(string) string
}

func (s sarifPlaces) result(d *Diagnostic, rule int) sarifResult {
	text := sentences(d.Summary, d.Label, d.Detail)
	if d.In != "" {
		text = "In " + d.In + ": " + text
	}
	r := sarifResult{RuleID: d.Code, RuleIndex: rule, Level: d.Severity, Message: sarifText{text}}
	if d.Place != nil {
		r.Locations = []sarifLocation{s.location(d.Place)}
	}
	for i := range d.Related {
		l := s.location(&d.Related[i])
		l.ID = i + 1
		if d.Related[i].Label != "" {
			l.Message = &sarifText{sentences(d.Related[i].Label)}
		}
		r.Related = append(r.Related, l)
	}
	return r
}

func (s sarifPlaces) location(p *Place) (l sarifLocation) {
	u := url.URL{Path: s.locate(p.File)}
	if path.IsAbs(u.Path) {
		u.Scheme = "file"
	}
	l.Physical.Artifact.URI = u.String()
	l.Physical.Region = regionOf(p, s.sources)
	return l
}

// The parts of the format that are written.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
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
			Region region `json:"region"`
		} `json:"physicalLocation"`
	}
)
