package tasks

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Task is a task as the lists tell of it.
type Task struct {
	UPID
	End    time.Time // zero: it runs
	Status string    // how it ended
}

// maxStatus bounds what is kept of a status, in bytes.
const maxStatus = 4 << 10

// unexpected is the status of a task whose process was gone before it said how it
// ended.
const unexpected = "unexpected status"

// ParseIndex reads a line of the list of finished tasks: UPID, end, status. The
// last two may be missing.
func ParseIndex(line string) (Task, bool) {
	head, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	upid, ok := ParseUPID(head)
	if !ok {
		return Task{}, false
	}
	t := Task{UPID: upid, End: upid.Start, Status: unexpected}
	return t, t.ended(rest)
}

// ParseActive reads a line of the list of active tasks: UPID, 0 or 1, and for
// finished ones end and status.
func ParseActive(line string) (Task, bool) {
	head, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	mark, rest, _ := strings.Cut(rest, " ")
	upid, ok := ParseUPID(head)
	if !ok || mark != "0" && mark != "1" {
		return Task{}, false
	}
	t := Task{UPID: upid}
	if rest == "" {
		return t, true
	}
	return t, t.ended(rest)
}

// ended reads end and status.
func (t *Task) ended(text string) bool {
	if text == "" {
		return true
	}
	word, status, _ := strings.Cut(text, " ")
	end, bad := uint64(0), len(word) != 8
	if !bad {
		end, bad = parseHex(word)
	}
	if bad {
		return false
	}
	t.End, t.Status = time.Unix(int64(end), 0).UTC(), unexpected
	if status = strings.TrimSpace(status); status != "" {
		t.Status = status[:min(len(status), maxStatus)]
	}
	return true
}

// Outcome is how far a task is, and how it went.
type Outcome int

// The outcomes of a task.
const (
	Started Outcome = iota
	OK
	Warnings
	Failed
)

// Outcomes lists their names, as a configuration has them.
func Outcomes() []string { return []string{"started", "ok", "warnings", "failed"} }

// String returns the name of an outcome.
func (o Outcome) String() string { return Outcomes()[o] }

var warned = regexp.MustCompile(`^WARNINGS: (\d{1,9})$`)

// Outcome tells how the task went. Only OK and a number of warnings are good news:
// whatever else stands there is an error.
func (t *Task) Outcome() Outcome {
	switch {
	case t.End.IsZero():
		return Started
	case t.Status == "OK":
		return OK
	case warned.MatchString(t.Status):
		return Warnings
	}
	return Failed
}

// Warnings is how many warnings the status counts.
func (t *Task) Warnings() int {
	if m := warned.FindStringSubmatch(t.Status); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

// Stopped reports whether somebody ended the task before it was done.
func (t *Task) Stopped() bool {
	return t.Outcome() == Failed && (strings.Contains(t.Status, "interrupted by signal") || strings.Contains(t.Status, "received interrupt"))
}
