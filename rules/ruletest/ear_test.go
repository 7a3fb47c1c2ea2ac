package ruletest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/engine"
)

func TestTrailFoldsAndIsBounded(t *testing.T) {
	var tr trail
	at := time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)
	for i := range 1000 {
		now := at.Add(time.Duration(i) * time.Second)
		tr.add(&engine.Decision{Time: now, Type: "vm_start", Stage: engine.StageChannel, Reason: engine.ReasonNoChannel})
		tr.add(&engine.Decision{Time: now, Type: fmt.Sprintf("type_%d", i), Stage: engine.StageRules, Reason: engine.ReasonDropped, Detail: "x", Place: "a.hcl:7"})
	}
	lines := tr.words()
	if len(lines) != maxLed+1 || len(tr.steps) != maxTrail {
		t.Fatalf("%d lines of %d steps", len(lines), len(tr.steps))
	}
	for i, want := range []string{
		"Tue 10:00:00 vm_start, channel: no channel takes it ×1000 until Tue 10:16:39",
		`Tue 10:00:00 type_0, rules: dropped by rule "x" (a.hcl:7)`,
	} {
		if lines[i] != want {
			t.Errorf("got %q, want %q", lines[i], want)
		}
	}
	if last := lines[maxLed]; !strings.Contains(last, "986 more") {
		t.Errorf("the last line is %q", last)
	}
}
