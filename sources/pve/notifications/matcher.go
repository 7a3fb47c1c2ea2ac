package notifications

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// checkMatchers looks at what Proxmox VE reads only when it sends. One wrong line of
// one matcher then keeps everybody from being notified. A section that a later one of
// the same id replaces is not read.
func (p *parser) checkMatchers() error {
	last := map[string]int{}
	for i, s := range p.file.Sections {
		last[s.ID] = i
	}
	for i, s := range p.file.Sections {
		if s.Type != "matcher" || last[s.ID] != i {
			continue
		}
		for _, property := range s.Properties {
			if why := checkRule(property.Key, property.Value); why != "" {
				p.line = property.Line
				return p.fault(fmt.Sprintf("matcher %s: %s: %s", s.ID, property.Key, why), "correct the line: until then Proxmox VE notifies nobody of anything")
			}
		}
	}
	return nil
}

func checkRule(key, value string) string {
	switch key {
	case "match-field":
		return checkField(value)
	case "match-severity":
		return checkSeverities(value)
	case "match-calendar":
		return checkCalendar(value)
	}
	return ""
}

func checkField(value string) string {
	how, rest, ok := strings.Cut(value, ":")
	field, want, equals := strings.Cut(rest, "=")
	switch {
	case !ok || how != "exact" && how != "regex":
		return visible(value) + " begins with neither exact: nor regex:"
	case !equals || !idPattern.MatchString(field):
		return visible(value) + " is not written exact:FIELD=VALUE,VALUE or regex:FIELD=PATTERN"
	case how == "regex" && !isPattern(want):
		return visible(want) + " is no pattern; there is no look-around and no back-reference"
	}
	return ""
}

// rustOnly is what patterns may hold in Rust's syntax, which Proxmox VE reads, and not
// in Go's, which is nearly the same.
var rustOnly = regexp.MustCompile(`\\[uUpP]|\\b\{|\(\?[a-zA-Z]*[xR]`)

// lookAround is what neither syntax has.
var lookAround = regexp.MustCompile(`\(\?<?[=!]`)

// isPattern reports whether Proxmox VE takes a pattern. Where the two syntaxes differ
// it is taken: nothing is worse by an edit of a file that is broken already.
func isPattern(text string) bool {
	_, err := syntax.Parse(text, syntax.Perl)
	fault, ok := errors.AsType[*syntax.Error](err)
	if !ok {
		return true
	}
	return !lookAround.MatchString(text) && (fault.Code == syntax.ErrInvalidRepeatOp || rustOnly.MatchString(text))
}

func checkSeverities(value string) string {
	for word := range strings.SplitSeq(value, ",") {
		switch strings.TrimSpace(word) {
		case "info", "notice", "warning", "error", "unknown":
		default:
			return visible(value) + " is no list of info, notice, warning, error, unknown, in lower case"
		}
	}
	return ""
}

var calendar = regexp.MustCompile(`^(?:([A-Za-z.,]+)[ \t]*)?(\d+)(?::(\d+))?[ \t]*-[ \t]*(\d+)(?::(\d+))?$`)

// checkCalendar reads a span of the day, perhaps on some days of the week.
func checkCalendar(value string) string {
	m := calendar.FindStringSubmatch(value)
	if m == nil {
		return visible(value) + " is not written like mon..fri 8:00-17:30; a range of days has two dots"
	}
	if m[1] != "" && !areDays(m[1]) {
		return visible(value) + " names no days: they are mon to sun, with commas between them and two dots for a range"
	}
	from, ok := minuteOfDay(m[2], m[3])
	to, alsoOK := minuteOfDay(m[4], m[5])
	switch {
	case !ok || !alsoOK:
		return visible(value) + " has an hour above 23 or a minute above 59"
	case from > to:
		return visible(value) + " ends before it begins: a span cannot go over midnight"
	}
	return ""
}

func areDays(text string) bool {
	days := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
	for item := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(item, "..")
		if !slices.Contains(days, strings.ToLower(from)) || isRange && !slices.Contains(days, strings.ToLower(to)) {
			return false
		}
	}
	return true
}

func minuteOfDay(hour, minute string) (int, bool) {
	h, err := strconv.Atoi(hour)
	m := 0
	if err == nil && minute != "" {
		m, err = strconv.Atoi(minute)
	}
	return h*60 + m, err == nil && h < 24 && m < 60
}
