package docs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/rules/ruletest"
)

// TestTests runs every test block of the page.
func TestTests(t *testing.T) {
	stories := 0
	for _, f := range fences(t) {
		if f.lang != "hcl" || f.word("error") != "" || f.word("fragment") != "" {
			continue
		}
		config, _, _ := load(t, f.text)
		if config == nil {
			continue // TestSnippets says why
		}
		for i := range config.Tests {
			stories++
			if r := ruletest.Run(config, &config.Tests[i]); !r.Passed() {
				t.Errorf("%v: %q: %+v", f, r.Name, r.Failures)
			}
		}
	}
	if stories < 12 {
		t.Errorf("only %d tests were run", stories)
	}
}

// TestTold compares what the page says will be seen with what the tests before it
// were told; -update writes it anew.
func TestTold(t *testing.T) {
	var before fence
	var stale []fence
	for _, f := range fences(t) {
		switch f.lang {
		case "hcl":
			before = f
		case "told":
			want := told(t, before, slices.Contains(f.words, "body"))
			if want != f.text {
				f.text = want
				stale = append(stale, f)
			}
		}
	}
	if len(stale) == 0 {
		return
	}
	if *update {
		rewrite(t, stale)
		t.Fatal("rewritten; run again")
	}
	for _, f := range stale {
		t.Errorf("%v is stale, run go test ./docs -update; it would be\n%s", f, f.text)
	}
}

// told returns what the channels that the tests of a snippet look at were told,
// a line each, and with body also what grouped messages hold.
func told(t *testing.T, f fence, body bool) string {
	t.Helper()
	config, _, _ := load(t, f.text)
	if config == nil {
		t.Fatalf("%v does not load", f)
	}
	var out strings.Builder
	for i := range config.Tests {
		tell(&out, config, &config.Tests[i], body)
	}
	if out.Len() == 0 {
		t.Errorf("%v: nothing was told", f)
	}
	return out.String()
}

func tell(out *strings.Builder, config *rules.Config, test *rules.Test, body bool) {
	policy := *config.Policy
	policy.Enabled = true
	policy.Index()
	w := ruletest.NewWorld(&policy, config.Templates, test.Start)
	var end time.Duration
	watched := map[string]bool{}
	for _, e := range test.Expects {
		end, watched[e.Channel] = max(end, e.At), true
	}
	w.Told = func(channel string, m event.Message) {
		if !watched[channel] {
			return
		}
		fmt.Fprintf(out, "%s  %s: %s %s\n", w.Now.Format("Mon 15:04:05"), channel, m.Icon, m.Title)
		if body && (m.Type == event.QuietSummary || m.Type == event.DigestType) {
			for line := range strings.SplitSeq(strings.TrimSpace(m.Body), "\n") {
				fmt.Fprintf(out, "%17s%s\n", "", line)
			}
		}
	}
	for _, s := range test.Sends {
		for i := range s.Count {
			w.Until(test.Start.Add(s.At + time.Duration(i)*s.Every))
			w.Arrive(s.Incoming)
		}
	}
	w.Until(test.Start.Add(end))
}
