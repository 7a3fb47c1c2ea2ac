package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
	"tocsin/rules/ruletest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// report returns the outcome of three tests. What comes from outside in it is
// hostile.
func report() *testReport {
	at := time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)
	told := make([]ruletest.Message, 12)
	for i := range told {
		told[i] = ruletest.Message{At: at.Add(time.Duration(i) * time.Minute), Type: "disk_space_low", Severity: event.Warning, Title: "Disk / is 91% full"}
	}
	return &testReport{
		dir: "conf", took: 34 * time.Millisecond,
		results: []testResult{
			{ruletest.Result{Name: "a night", Place: "tests/night.hcl:3", Virtual: 8 * time.Hour}, 2 * time.Millisecond},
			{ruletest.Result{Name: `a "flood", 100% <&> ]]>`, Place: "tests/flood.hcl:7", Virtual: 5 * time.Minute, Failures: []ruletest.Failure{
				{
					Place: "tests/flood.hcl:15", Channel: "phone", At: at.Add(15 * time.Minute), Total: 40, Told: told,
					Why: "channel phone: expected nothing; told 40 messages", Want: []string{},
					Types: []ruletest.Line{{Sign: '+', Text: "disk_space_low"}, {Sign: '+', Text: "… 38 more"}, {Sign: '+', Text: "disk_space_low"}},
					Led:   []string{"Tue 10:00:00 disk_space_low, cooldown: the same event was told 10s ago and cools down for 5m ×3 until Tue 10:00:30 (rules.hcl:9)"},
				},
				{
					Place: "tests/flood.hcl:20", Channel: "mail", At: at.Add(time.Hour), Total: 1, Told: told[:1],
					Why:  `channel mail: the last message does not contain "92%"`,
					Last: "[WARNING] disk_space_low\nDisk / is 91% full\n\x1b[2J::error::gone\r\nhost: pve1",
				},
			}}, time.Millisecond},
			{ruletest.Result{Name: "silence", Place: "tests/flood.hcl:30", Virtual: time.Minute, Failures: []ruletest.Failure{{
				Place: "tests/flood.hcl:33", Channel: "mail", At: at, Why: "channel mail: expected vm_start; told nothing",
				Want: []string{"vm_start"}, Types: []ruletest.Line{{Sign: '-', Text: "vm_start"}},
			}}}, time.Millisecond},
		},
	}
}

func TestReports(t *testing.T) {
	for name, change := range map[string]func(*testReport){
		"human":   func(*testReport) {},
		"verbose": func(r *testReport) { r.verbose, r.colour, r.results = true, true, r.results[:1] },
		"json":    func(*testReport) {},
		"junit":   func(*testReport) {},
		"github":  func(r *testReport) { r.colour = true },
	} {
		t.Run(name, func(t *testing.T) {
			r := report()
			change(r)
			var got bytes.Buffer
			if err := r.write(&got, name); err != nil {
				t.Fatal(err)
			}
			if name != "verbose" && strings.ContainsAny(got.String(), "\x1b\r") {
				t.Error("text from outside is not made safe")
			}
			golden := filepath.Join("testdata", "report", name+".golden")
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestJUnitReadsBack reads the report as a CI server would.
func TestJUnitReadsBack(t *testing.T) {
	r := report()
	var out bytes.Buffer
	if err := r.write(&out, "junit"); err != nil {
		t.Fatal(err)
	}
	var back junitSuites
	if err := xml.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Suites) != 1 || len(back.Suites[0].Cases) != 3 || back.Failures != 2 || back.Suites[0].Tests != 3 {
		t.Fatalf("got %+v", back)
	}
	c := back.Suites[0].Cases[1]
	if c.Name != r.results[1].Name || c.File != "conf/tests/flood.hcl" || c.Line != 7 {
		t.Errorf("got %+v", c)
	}
	if f := c.Failure; f == nil || !strings.Contains(f.Text, "<U+001B>[2J") || !strings.Contains(f.Text, "tests/flood.hcl:20: channel mail") {
		t.Errorf("got %+v", f)
	}
}

func TestJSONReadsBack(t *testing.T) {
	r := report()
	var out bytes.Buffer
	if err := r.write(&out, "json"); err != nil {
		t.Fatal(err)
	}
	var back testsJSON
	if err := json.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	f := back.Tests[1].Failures
	if back.Passed || back.Failed != 2 || len(f) != 2 || f[0].Total != 40 || f[0].Expected == nil || f[1].Expected != nil {
		t.Errorf("got %+v", back)
	}
	if f[1].Last != r.results[1].Failures[1].Last {
		t.Errorf("the last message is %q", f[1].Last)
	}
}

func TestReportsOfNothing(t *testing.T) {
	for format, want := range map[string]string{
		"human": "no tests: write one", "github": "no tests: write one", "json": `"tests": []`, "junit": `<testsuite name="tocsin" tests="0"`,
	} {
		var out bytes.Buffer
		if err := (&testReport{dir: "conf"}).write(&out, format); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v: got\n%s", format, err, out.String())
		}
	}
}

func TestReportsTellThatNothingCouldBeWritten(t *testing.T) {
	for _, format := range []string{"human", "json", "junit", "github"} {
		if err := report().write(full{}, format); !errors.Is(err, errFull) {
			t.Errorf("%s: got %v", format, err)
		}
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }
