package daemon

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"tocsin/rules"
	"tocsin/sources/journal/follow"
	"tocsin/sources/log"
	"tocsin/sources/textfile"
)

// ReplayLog takes the lines of a log through the sources of a configuration, and hands
// what they make to each. They are those over the path of the file, or, where there are
// none, as for a copy, all sources over logs. A line without a time is as of now.
func ReplayLog(c *rules.Config, file, path string, in io.Reader, each func(*Replayed) error) (Recording, error) {
	matcher, lines, now := log.NewMatcher(path, logsOf(c, path)), follow.NewLines(in), time.Now()
	var rec Recording
	for n := 1; ; n++ {
		line, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return rec, nil
		}
		if err != nil {
			return rec, fmt.Errorf("read %s: %w", file, err)
		}
		huge := lines.Huge()
		rec.Huge, n = rec.Huge+huge, n+huge
		if len(line) > textfile.MaxLine {
			rec.Huge++
			continue
		}
		rec.Entries++
		matches, faults := matcher.Match(line, now)
		for _, f := range faults {
			rec.fault("line %d: %s of source %q (%s): %v", n, f.Part, f.Rule.Name, f.Rule.Place, f.Err)
		}
		for i := range matches {
			rec.Events++
			m := &matches[i]
			settleSeverity(c, &m.Event)
			origin := Origin{File: file, Line: n, Source: "log " + m.Rule.Name, Place: m.Rule.Place}
			if err := each(&Replayed{Incoming: m.Event, Origin: origin}); err != nil {
				return rec, err
			}
		}
	}
}

// logsOf are the sources over a log, or all of them as if they were.
func logsOf(c *rules.Config, path string) []*log.Rule {
	list, _ := specs[*log.Rule](c, "log")
	if slices.ContainsFunc(list, func(r *log.Rule) bool { return r.Path == path }) {
		return list
	}
	var all []*log.Rule
	for _, r := range list {
		moved := *r
		moved.Path = path
		all = append(all, &moved)
	}
	return all
}
