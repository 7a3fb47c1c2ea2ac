package main

import (
	"fmt"
	"strings"
	"time"

	"tocsin/api"
)

// printTroubles says of every channel that is not well what is the matter, since
// when, and what to do.
func (a *app) printTroubles(list []api.ChannelState) {
	now := time.Now()
	for i := range list {
		for n, line := range troubleOf(&list[i], now) {
			if n == 0 {
				fmt.Fprintln(a.out)
			}
			fmt.Fprintln(a.out, line)
		}
	}
}

// troubleOf returns lines for people; none of a channel that is well.
func troubleOf(c *api.ChannelState, now time.Time) []string {
	name := oneLine(c.Name)
	switch {
	case c.State == "stranded":
		lines := []string{name + " is stranded: " + oneLine(c.Reason), "  " + queueWords(&c.Queue, now)}
		if c.Queue.Waits() {
			lines = append(lines, "  do: bring the channel back, or tocsin outbox retry --channel "+shellWord(name)+" --to NAME")
		}
		return lines
	case c.State == "waiting":
		return []string{name + " does not send: " + oneLine(c.Reason), "  " + queueWords(&c.Queue, now)}
	case c.State == "failing":
		return append([]string{name + " is failing" + streakWords(c)}, failureLines(c, now)...)
	case c.Failures > 0:
		return append([]string{name + " has trouble" + streakWords(c)}, failureLines(c, now)...)
	case c.Note != "":
		return []string{name + " delivers, but: " + oneLine(c.Note)}
	}
	return nil
}

// streakWords tells since when a channel fails, and how often in a row.
func streakWords(c *api.ChannelState) string {
	text := ""
	if c.Since != nil {
		text = " since " + moment(*c.Since)
	}
	if c.Failures > 0 {
		text += fmt.Sprintf(", %d %s in a row", c.Failures, verb(c.Failures, "failure", "failures"))
	}
	return text
}

// failureLines tell the error, with its remedy, and what waits.
func failureLines(c *api.ChannelState, now time.Time) []string {
	var lines []string
	if c.Queue.Error != "" {
		code := ""
		if c.Queue.Code != "" {
			code = " [" + oneLine(c.Queue.Code) + "]"
		}
		lines = append(lines, "  why"+code+": "+oneLine(c.Queue.Error))
	}
	lines = append(lines, "  "+queueWords(&c.Queue, now))
	if c.Queue.Waiting > 0 {
		lines = append(lines, "  once it is put right: tocsin outbox retry --channel "+shellWord(oneLine(c.Name)))
	}
	return lines
}

// queueWords tells how much waits, and how old the oldest of it is.
func queueWords(q *api.Queue, now time.Time) string {
	var parts []string
	if q.Waiting > 0 {
		parts = append(parts, countOf(q.Waiting)+" "+verb(q.Waiting, "waits", "wait"))
		if q.Oldest != nil {
			parts[0] += ", the oldest for " + age(*q.Oldest, now)
		}
	}
	if q.Quiet != nil {
		parts = append(parts, fmt.Sprintf("%d kept for the end of quiet hours", q.Quiet.Messages))
	}
	if q.Digest != nil {
		parts = append(parts, fmt.Sprintf("%d kept for a digest", q.Digest.Messages))
	}
	if q.Dead > 0 {
		parts = append(parts, fmt.Sprintf("%d given up", q.Dead))
	}
	if len(parts) == 0 {
		return "nothing waits"
	}
	return strings.Join(parts, "; ")
}
