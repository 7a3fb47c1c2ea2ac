package health

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tocsin/engine/event"
)

const (
	listAfter = 24 * time.Hour // what is open so long is told again, and again after as long
	maxLines  = 20             // of findings in one event
)

// Close ends a round of looks: it tells the categories that have another level now, and
// once a day what is still open.
func (b *Board) Close(now time.Time) []Change {
	findings := b.Findings()
	b.compare(now, b.ranks(), findings)
	b.list(now, findings)
	changes, _ := b.handOut()
	return changes
}

// ranks are the levels of the categories: the worst of their findings.
func (b *Board) ranks() map[string]Level {
	out := map[string]Level{}
	raise := func(category string, level Level) {
		if level > out[category] {
			out[category] = level
		}
	}
	for name, src := range b.sources {
		if r := b.rules[name]; r != nil && src.Whole.Unread >= unreadable {
			raise(r.Category, Unknown)
		}
		for _, s := range src.Subjects {
			if r := b.rules[name]; r != nil && s.Unread >= unreadable {
				raise(r.Category, Unknown)
			}
			if s.Finding != nil {
				raise(s.Finding.Category, s.Finding.Level)
			}
		}
	}
	return out
}

// compare tells what is another level than before.
func (b *Board) compare(now time.Time, ranks map[string]Level, findings []*Finding) {
	var worse []any
	worst := OK
	for _, category := range Categories() {
		was, is := b.levels[category], ranks[category]
		if was == is {
			continue
		}
		if is > was && is >= Warning {
			worse, worst = append(worse, category), max(worst, is)
		}
		b.tell(now, changedEvent, is.severity(), map[string]any{
			"category": category, "previous": was.String(), "current": is.String(), "reason": joined(findings, category),
		})
	}
	if !maps.Equal(b.levels, ranks) {
		b.levels, b.changed = ranks, true
	}
	if len(worse) > 0 {
		b.tell(now, degradedEvent, worst.severity(), map[string]any{
			"count": float64(len(worse)), "categories": worse, "reason": joined(findings, texts(worse)...),
		})
	}
}

// severity is the one of an event that tells a level.
func (l Level) severity() string {
	switch l {
	case OK:
		return "INFO"
	case Critical:
		return "CRITICAL"
	}
	return "WARNING"
}

// joined tells the findings of categories, a line each.
func joined(findings []*Finding, categories ...string) string {
	var list []string
	for _, f := range findings {
		if slices.Contains(categories, f.Category) {
			list = append(list, f.line())
		}
	}
	return strings.Join(texts(lines(list, maxLines)), "\n")
}

// list tells, once a day, what has been open for a day.
func (b *Board) list(now time.Time, findings []*Finding) {
	var old []string
	for _, f := range findings {
		if age := now.Sub(f.Began); age >= listAfter {
			old = append(old, fmt.Sprintf("%s, for %s", f.line(), event.Duration(age)))
		}
	}
	if len(old) == 0 || now.Sub(b.listed) < listAfter {
		return
	}
	b.listed, b.changed = now, true
	b.tell(now, persistentEvent, "", map[string]any{"count": float64(len(old)), "issue_list": lines(old, maxLines)})
}

// line tells a finding in a line.
func (f *Finding) line() string {
	text := f.About
	if reason := event.OneLine(event.Text(f.Data["reason"])); reason != "" {
		text = reason
	}
	return f.Severity + " " + event.Clip(text, 200)
}

func texts(list []any) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = event.Text(v)
	}
	return out
}
