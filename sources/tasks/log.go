package tasks

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"tocsin/engine/event"
)

// Bounds of what is read of a log.
const (
	headLines   = 30  // in which a snapshot and a target are named
	maxTroubles = 5   // lines that tell why
	maxTrouble  = 300 // characters of each
	maxLogLine  = 4 << 10
	maxGuests   = 1000
)

// Log is what the log of a task tells besides its status.
type Log struct {
	Target   string   // node that a guest moves to
	Snapshot string   // name of the snapshot
	Storage  string   // that a backup goes to
	Guests   []string // numbers of the guests of a backup, in the order of the job
	Troubles []string // the last lines that look like warnings or errors

	lines int
	named bool // Guests are those that the job names
	cut   bool // a part was left out: the guests are not all
}

// Read takes in lines until there are no more.
func (l *Log) Read(r io.Reader) error {
	in := bufio.NewReaderSize(r, maxLogLine)
	for {
		line, err := in.ReadSlice('\n')
		l.line(string(line))
		for errors.Is(err, bufio.ErrBufferFull) { // the rest of a line that is too long
			_, err = in.ReadSlice('\n')
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Skip says that a part of the log is left out.
func (l *Log) Skip() { l.cut, l.Guests = true, nil }

var (
	dated     = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: (?:INFO|WARN|ERROR):)? `)
	moving    = regexp.MustCompile(`^starting migration of (?:VM|CT) \d+ to node '([A-Za-z0-9-]{1,63})'`)
	backedUp  = regexp.MustCompile(`^INFO: Starting Backup of VM (\d{3,9}) `)
	command   = regexp.MustCompile(`^INFO: starting new backup job: vzdump((?: \d{3,9})*)(.*)`)
	toStorage = regexp.MustCompile(` --?storage[ =]'?([A-Za-z][A-Za-z0-9_.-]{0,99})`)
	snapshots = []*regexp.Regexp{
		regexp.MustCompile(`\bsnap_(?:vm|base|subvol)-\d+-[a-z]+-\d+_([A-Za-z][A-Za-z0-9_-]{0,39})\b`),
		regexp.MustCompile(`(?:vm|base|subvol)-\d+-[a-z]+-\d+@([A-Za-z][A-Za-z0-9_-]{0,39})\b`),
		regexp.MustCompile(`\bsnapshot (?:name )?'([A-Za-z][A-Za-z0-9_-]{0,39})'`),
	}
)

// line looks at one line.
func (l *Log) line(text string) {
	text = strings.TrimRight(text, " \t\r\n")
	if text == "" {
		return
	}
	l.lines++
	if l.lines <= headLines {
		l.head(text)
	}
	if m := backedUp.FindStringSubmatch(text); m != nil && !l.named && !l.cut && len(l.Guests) < maxGuests && !slices.Contains(l.Guests, m[1]) {
		l.Guests = append(l.Guests, m[1])
	}
	if words := trouble(text); words != "" {
		l.Troubles = add(l.Troubles, words)
	}
}

// head looks for what the first lines tell.
func (l *Log) head(text string) {
	if m := command.FindStringSubmatch(text); m != nil && l.lines == 1 {
		l.Guests = strings.Fields(m[1])
		l.named = len(l.Guests) > 0
		if s := toStorage.FindStringSubmatch(m[2]); s != nil {
			l.Storage = s[1]
		}
		return
	}
	if m := moving.FindStringSubmatch(strings.TrimPrefix(text, dated.FindString(text))); m != nil && l.Target == "" {
		l.Target = m[1]
	}
	if l.Snapshot == "" {
		l.Snapshot = snapshotIn(text)
	}
}

// snapshotIn finds the name of a snapshot. The one by which a backup or migration
// copies a disk is none.
func snapshotIn(text string) string {
	for _, re := range snapshots {
		if m := re.FindStringSubmatch(text); m != nil && m[1] != "vzdump" && !strings.HasPrefix(m[1], "__") {
			return m[1]
		}
	}
	return ""
}

var (
	marked = regexp.MustCompile(`^(?:ERROR|WARN|WARNING|error|warning|Error|Warning): ?`)
	sounds = regexp.MustCompile(`(?i)\b(?:error|errors|failed|fails|failure|cannot|can't|could not|unable to|no such|denied|refused|timeout|timed out|not enough|no space|out of space|invalid|missing|exited with|busy|aborted|does not exist|already exists|unexpected|warn|warning)\b`)
)

// trouble returns what a line says, when it looks like a warning or an error.
func trouble(text string) string {
	if strings.HasPrefix(text, "TASK ") || strings.HasPrefix(text, "INFO: ") {
		return ""
	}
	stamp := dated.FindString(text)
	if strings.HasSuffix(stamp, "INFO: ") {
		return ""
	}
	text = strings.TrimPrefix(text, stamp)
	mark := marked.FindString(text)
	if mark == "" && !strings.HasSuffix(stamp, ": ") && !sounds.MatchString(text) {
		return ""
	}
	return oneLine(strings.TrimPrefix(text, mark))
}

func oneLine(text string) string { return event.Clip(event.OneLine(event.Clean(text)), maxTrouble) }

// add keeps the last lines. One that says what an earlier one said, and more, takes
// its place.
func add(list []string, words string) []string {
	if words == "" || slices.ContainsFunc(list, func(old string) bool { return strings.Contains(old, words) }) {
		return list
	}
	list = slices.DeleteFunc(list, func(old string) bool { return strings.Contains(words, old) })
	if list = append(list, words); len(list) > maxTroubles {
		list = list[1:]
	}
	return list
}

// empty are statuses that say no more than that a task failed.
var empty = []string{"job errors", "migration aborted", "migration problems"}

// reason tells why a task did not go well, in a few lines.
func reason(t *Task, l *Log) string {
	if o := t.Outcome(); o == Started || o == OK {
		return ""
	}
	status, lines := oneLine(t.Status), l.Troubles
	switch {
	case t.Status == unexpected:
		status = "The task did not say how it ended: its process was killed, or the host went down."
	case strings.HasPrefix(t.Status, "unable to get last line from task log"):
		status = "How the task ended is not known: its log cannot be read (" + status + ")."
	case t.Outcome() == Warnings, slices.Contains(empty, t.Status) && len(lines) > 0:
		status = ""
	}
	if status != "" && !slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, status) }) {
		lines = append([]string{status}, lines...)
	}
	return strings.Join(lines, "\n")
}
