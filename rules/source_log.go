package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"tocsin/engine/event"
	"tocsin/sources/log"
)

// logKind is the kind of source that follows a text file.
const logKind = "log"

// logSource decodes what a source makes of the lines of a file.
//
//	source "log" "oven_hot" {
//	  path     = "/var/log/oven/oven.log"
//	  pattern  = "^(?P<_time>\\S+ \\S+) oven (?P<oven>\\d+) reached (?P<degrees>\\d+) C$"
//	  time     = "2006-01-02 15:04:05"        # how _time is written; default: a line is new when it is read
//	  when     = "match.degrees > 300"
//	  emit     = "oven_hot"
//	  severity = "WARNING"                    # default: the event's
//	  host     = "kitchen"                    # default: this one
//	  data     = { log = "{{ .line.path }}" } # templates over .match and .line
//	}
func (r *reader) logSource(s *Source) any {
	r.require("path")
	r.require("pattern")
	l := &log.Rule{Path: r.logPath()}
	l.Rule, _ = r.lineRule(s, &lineRoot{name: "line", types: log.Names()})
	l.Layout = r.timeLayout(l)
	return l
}

// logPath reads the name of a file.
func (r *reader) logPath() string {
	var name string
	if !r.str("path", &name) {
		return ""
	}
	f := finding{code: CodeValue, at: r.argument("path").valueRange(), in: r.block.in(), summary: fmt.Sprintf("invalid path %q", name)}
	switch {
	case strings.ContainsAny(name, "*?["):
		f.detail = "Each file has a source of its own, and its whole name: whoever may make files that fit a pattern could raise events. Files that are rotated keep the name that is followed."
	case !path.IsAbs(name) || path.Clean(name) != name || name == "/" || len(name) > 1024 || event.Clean(name) != name:
		f.detail = `Write the absolute path of the file, without . and ..: "/var/log/fail2ban.log".`
	case r.logFiles(name) > log.MaxFiles:
		f.summary = "too many log files"
		f.detail = fmt.Sprintf("All sources together follow at most %d. Let programs write to one file, or to the journal.", log.MaxFiles)
	default:
		return name
	}
	r.fail(f)
	return ""
}

// logFiles counts the files that are followed, with one more.
func (r *reader) logFiles(name string) int {
	files := []string{name}
	for _, s := range r.config.Sources {
		if l, ok := s.Spec.(*log.Rule); ok && !slices.Contains(files, l.Path) {
			files = append(files, l.Path)
		}
	}
	return len(files)
}

// timeLayout reads how the time of a line is written.
func (r *reader) timeLayout(l *log.Rule) string {
	var layout string
	if !r.str("time", &layout) {
		return ""
	}
	f := finding{code: CodeValue, at: r.argument("time").valueRange(), in: r.block.in(), summary: fmt.Sprintf("invalid layout %q", layout)}
	switch {
	case !log.CheckLayout(layout):
		f.detail = `Write how the line would write Monday, 2 January 2006, 15:04:05: "2006-01-02 15:04:05" or "Jan _2 15:04:05". It has month, day, hour and minute.`
	case l.Pattern != nil && !slices.Contains(l.Pattern.Groups(), log.Stamp):
		f.code, f.summary = CodeMissingArg, "layout of no time"
		f.detail = fmt.Sprintf("Let the pattern cut out the time: (?P<%s>…).", log.Stamp)
	default:
		return layout
	}
	r.fail(f)
	return ""
}
