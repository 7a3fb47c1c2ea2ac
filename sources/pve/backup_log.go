package pve

import (
	"strings"
)

// backupLog is what the log of a vzdump job tells beyond the table.
type backupLog struct {
	command    command
	warnings   []logLine           // in their order
	errors     map[string][]string // by guest, without the final one
	failures   map[string]string   // by guest: why its backup failed
	anyFailure string              // the first of them
}

// logLine is one line of the log of a guest.
type logLine struct {
	id    string // of the guest
	level string // INFO, WARN or ERROR; empty for a note of the job itself
	text  string
}

// parseLog reads a log line by line. A job that ran for hours has many; only
// the few that are no progress are kept. What a guest or a hook printed stands in
// INFO lines and is never mistaken for a warning.
func parseLog(log string) backupLog {
	l := backupLog{errors: map[string][]string{}, failures: map[string]string{}}
	for line := range strings.SplitSeq(log, "\n") {
		if l.command == nil && strings.HasPrefix(line, "vzdump ") {
			l.command = shellWords(line)
			continue
		}
		if entry, ok := parseLogLine(line); ok {
			l.add(entry)
		}
	}
	return l
}

func (l *backupLog) add(entry logLine) {
	switch entry.level {
	case "WARN":
		if len(l.warnings) < maxList {
			l.warnings = append(l.warnings, entry)
		}
	case "ERROR":
		reason, final := strings.CutPrefix(entry.text, "Backup of VM "+entry.id+" failed - ")
		if !final {
			l.errors[entry.id] = append(l.errors[entry.id], entry.text)
			return
		}
		l.failures[entry.id] = reason
		l.anyFailure = firstOf(l.anyFailure, reason)
	case "":
		if entry.text == noLog {
			l.failures[entry.id] = noLog
		}
	}
}

// reason is why the backup of a guest failed, or nothing.
func (l *backupLog) reason(id string) string {
	if reason := l.failures[id]; reason != "" {
		return reason
	}
	if errors := l.errors[id]; len(errors) > 0 {
		return errors[len(errors)-1]
	}
	return ""
}

// noLog stands in place of the log of a guest that could not even be looked
// at, such as one that does not exist.
const noLog = "no log available"

// parseLogLine reads "100: 2026-03-14 01:00:02 INFO: text".
func parseLogLine(line string) (logLine, bool) {
	id, rest, ok := strings.Cut(line, ": ")
	if !ok || !isDigits(id) {
		return logLine{}, false
	}
	rest = strings.TrimPrefix(rest[lenStamp(rest):], " ")
	for _, level := range [...]string{"INFO", "WARN", "ERROR"} {
		if text, ok := strings.CutPrefix(rest, level+": "); ok {
			return logLine{id: id, level: level, text: strings.TrimSpace(text)}, true
		}
	}
	return logLine{id: id, text: strings.TrimSpace(rest)}, true
}

// lenStamp is the length of the date and time that text begins with.
func lenStamp(text string) int {
	const form = "0000-00-00 00:00:00"
	if len(text) < len(form) {
		return 0
	}
	for i := range form {
		if c := text[i]; form[i] == '0' && (c < '0' || c > '9') || form[i] != '0' && c != form[i] {
			return 0
		}
	}
	return len(form)
}
