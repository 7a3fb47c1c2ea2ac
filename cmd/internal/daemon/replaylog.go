package daemon

import (
	"io"
	"slices"
	"time"

	"tocsin/rules"
	"tocsin/sources/log"
	"tocsin/sources/textfile"
)

// ReplayLog takes the lines of a log through the sources of a configuration, and hands
// what they make to each. They are those over the path of the file, or, where there are
// none, as for a copy, all sources over logs. A line without a time is as of now.
func ReplayLog(c *rules.Config, file, path string, in io.Reader, each func(*Replayed) error) (Recording, error) {
	matcher, now := log.NewMatcher(path, logsOf(c, path)), time.Now()
	var rec Recording
	err := rec.lines(file, in, func(n int, line []byte) error {
		if len(line) > textfile.MaxLine {
			rec.Huge++
			return nil
		}
		rec.Entries++
		matches, faults := matcher.Match(line, now)
		return rec.take(c, Origin{File: file, Line: n, Source: "log"}, matches, faults, each)
	})
	return rec, err
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
