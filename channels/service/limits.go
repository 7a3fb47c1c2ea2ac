package service

import (
	"fmt"
	"strings"
)

// Limits says in words how long texts may be; empty when nothing is known.
func (m *Message) Limits() string {
	var parts []string
	if m.TitleMax > 0 && m.Merge == nil {
		parts = append(parts, fmt.Sprintf("title %d %s", m.TitleMax, m.unitName()))
	}
	if m.Max > 0 {
		what := "text"
		if m.Merge == nil && !m.Shared {
			what = "body"
		}
		limit := fmt.Sprintf("%s %d %s", what, m.Max, m.unitName())
		if m.MaxFor != nil {
			limit += " (some channels have another limit)"
		}
		parts = append(parts, limit)
	}
	if len(parts) == 0 {
		return ""
	}
	over := map[string]string{Split: "split into several", Truncate: "cut", Whole: "left to the service"}[m.over(Options{})]
	return strings.Join(parts, ", ") + "; what is longer is " + over
}

// unitName names the unit by what a character that is no letter of English
// takes in it.
func (m *Message) unitName() string {
	switch m.unit()('€') + m.unit()('🔔') {
	case 2:
		return "characters"
	case 3:
		return "UTF-16 units"
	}
	return "bytes"
}
