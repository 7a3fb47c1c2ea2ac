package diag_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"tocsin/rules/diag"
)

func TestGitHubAnnotations(t *testing.T) {
	d, sources := diagnostic("a = «b»", &diag.Extra{Code: "C104", In: `rule "x"`, Label: `did you mean "c"?`})
	d.Summary, d.Detail = "50% bad: this, that", "Do it\nright."
	var b bytes.Buffer
	if err := diag.WriteGitHub(&b, hcl.Diagnostics{d}, sources, "conf/farm"); err != nil {
		t.Fatal(err)
	}
	want := "::error file=conf/farm/f.hcl,line=1,endLine=1,col=5,endColumn=6,title=C104 50%25 bad%3A this%2C that::In rule \"x\": Did you mean \"c\"? Do it%0Aright.\n"
	if b.String() != want {
		t.Errorf("got  %swant %s", b.String(), want)
	}
}

// TestSARIF holds the properties that the format requires.
func TestSARIF(t *testing.T) {
	d, sources := diagnostic("key = «\"hunter2\"»", &diag.Extra{Code: "C603"})
	extra := d.Extra.(*diag.Extra)
	extra.Hidden = append(extra.Hidden, *d.Subject)
	extra.Related = []diag.Related{{Range: *d.Subject, Label: "here"}}
	var b bytes.Buffer
	if err := diag.WriteSARIF(&b, hcl.Diagnostics{d, d}, sources, "a folder", "1.0"); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "hunter2") {
		t.Errorf("a secret is shown:\n%s", b.String())
	}
	var doc struct {
		Version string `json:"version"`
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct{ ID string }
				}
			}
			Results []struct {
				RuleID    string `json:"ruleId"`
				RuleIndex int    `json:"ruleIndex"`
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
				RelatedLocations []struct {
					ID      int
					Message struct{ Text string }
				}
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Version != "2.1.0" || len(doc.Runs) != 1 || doc.Runs[0].Tool.Driver.Name != "tocsin" || len(doc.Runs[0].Tool.Driver.Rules) != 1 {
		t.Fatalf("got %+v", doc)
	}
	if len(doc.Runs[0].Results) != 2 {
		t.Fatalf("%d results", len(doc.Runs[0].Results))
	}
	r := doc.Runs[0].Results[1]
	at := r.Locations[0].PhysicalLocation
	if r.RuleID != "C603" || r.RuleIndex != 0 || r.Level != "error" || r.Message.Text != "Bad thing. Do it right." ||
		at.ArtifactLocation.URI != "a%20folder/f.hcl" || at.Region.StartLine != 1 || at.Region.StartColumn != 7 || at.Region.EndColumn != 16 {
		t.Errorf("got %+v", r)
	}
	if len(r.RelatedLocations) != 1 || r.RelatedLocations[0].ID != 1 || r.RelatedLocations[0].Message.Text != "here" {
		t.Errorf("related: %+v", r.RelatedLocations)
	}
}
