package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tocsin/engine/event"
)

// outboxSummary tells in a line what there is, and in one more for each channel
// that is gone or off what to do with its messages.
func outboxSummary(tallies []event.Tally) []string {
	counts := map[string]int{}
	for _, t := range tallies {
		counts[summaryWords(t.State)] += t.Count
	}
	var parts []string
	for _, words := range []string{"wait", "held", "kept for the end of quiet hours", "kept for a digest", "given up"} {
		n := counts[words]
		switch {
		case n == 0:
			continue
		case words == "wait":
			words = verb(n, "waits", "wait")
		case words == "held":
			words += refusals(tallies)
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, words))
	}
	if len(parts) == 0 {
		return []string{"nothing waits and nothing was given up"}
	}
	return append([]string{strings.Join(parts, ", ")}, strandedLines(tallies)...)
}

// summaryWords says a state as the summary does, which makes no difference
// between those of a parcel that goes its way.
func summaryWords(s event.ParcelState) string {
	switch s {
	case event.Held, event.Dead, event.ParcelState(event.QuietBuffer), event.ParcelState(event.DigestBuffer):
		return stateWords(s)
	}
	return "wait"
}

// refusals says which channels hold messages, and why.
func refusals(tallies []event.Tally) string {
	var list []string
	for _, t := range tallies {
		if t.State == event.Held && !t.Stranded {
			list = append(list, oneLine(t.Channel)+": "+short(t.Error, 100))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return " (" + strings.Join(list, "; ") + ")"
}

// strandedLines says what is left behind on each channel that is gone or off.
func strandedLines(tallies []event.Tally) []string {
	left := map[string]int{}
	for _, t := range tallies {
		if t.Stranded && t.State != event.Dead {
			left[oneLine(t.Channel)] += t.Count
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(left)) {
		lines = append(lines, fmt.Sprintf("%d stranded on %s, which is gone or off: tocsin outbox retry --channel %s --to NAME", left[name], name, shellWord(name)))
	}
	return lines
}
