package condition

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

func entryNames() Names {
	return NewNames(map[string]event.FieldType{
		"match.user": event.String, "match.type": event.String, "match.severity": event.String, "match.port": event.Number,
		"entry.priority": event.Number, "entry.uptime": event.Span, "value": event.Number,
	}, "entry")
}

func TestAConditionOverOtherNames(t *testing.T) {
	c := NewCompiler(Schema{Zone: time.UTC, Locals: map[string]any{"mine": []any{"root"}}})
	values := map[string]any{
		"match.user": "root", "match.type": "anything", "match.severity": "err", "match.port": 22.0,
		"entry.priority": 3.0, "entry.uptime": event.Duration(time.Hour), "entry._HOSTNAME": "pve1", "value": 85.0,
	}
	for text, want := range map[string]bool{
		"match.user == 'root' and match.port == 22":     true,
		"match.type == 'anything'":                      true,
		"match.severity == 'err'":                       true, // a word like any other
		"match.severity in ['err', 'crit']":             true,
		"match.user in local.mine":                      true,
		"entry.uptime > duration('2m')":                 true,
		"entry.uptime < duration('2m')":                 false,
		"entry._HOSTNAME == 'pve1'":                     true,
		"entry.COREDUMP_EXE == 'x'":                     false,
		"entry.COREDUMP_EXE == nil":                     true,
		"value >= 85 and not (entry.priority > 4)":      true,
		"match.user matches '^ro' and value * 2 == 170": true,
	} {
		cond, problems := c.Compile(text, Subject{Names: entryNames()})
		if cond == nil {
			t.Errorf("%s: %+v", text, problems)
			continue
		}
		if got, err := cond.MatchValues(values); err != nil || got != want {
			t.Errorf("%s is %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestProblemsOfOtherNames(t *testing.T) {
	c := NewCompiler(Schema{Zone: time.UTC})
	for text, want := range map[string]string{
		"match.usr == 'root'":       `did you mean "match.user"?`,
		"event.type == 'x'":         `Names begin with entry, match, value, local.`,
		"match == 'x'":              `Name one of its parts: match.port, match.severity`,
		"match.port == '22'":        `Write the number without quotes.`,
		"entry.coredump_exe == 'x'": `unknown name "entry.coredump_exe"`,
	} {
		cond, problems := c.Compile(text, Subject{Names: entryNames()})
		var words strings.Builder
		for _, p := range problems {
			words.WriteString(p.Summary + " " + p.Detail + " " + p.Label)
		}
		if cond != nil || !strings.Contains(words.String(), want) {
			t.Errorf("%s: %s, want %s", text, words.String(), want)
		}
	}
}

func TestNamesAreEqualWhenTheyMeanTheSame(t *testing.T) {
	one, two := entryNames(), entryNames()
	if one != two || one == (Names{}) {
		t.Error("names cannot be told apart")
	}
}

// A long name is wrong at the word that leads nowhere.
func TestProblemsOfLongNames(t *testing.T) {
	c := NewCompiler(Schema{Zone: time.UTC})
	names := NewNames(map[string]event.FieldType{"host.cpu.used": event.Number, "host.cpu.cores": event.Number, "host.load.one": event.Number})
	for text, want := range map[string]string{
		"host.cpu.usd > 1":    `9-12 unknown name "host.cpu.usd" did you mean "host.cpu.used"?`,
		"host.cpx.used > 1":   `5-8 unknown name "host.cpx" did you mean "host.cpu"?`,
		"host.cpu > 1":        `0-8 host.cpu is no value by itself `,
		"host > 1":            `0-4 host is no value by itself `,
		"host.cpu.used.x > 1": ``,
	} {
		cond, problems := c.Compile(text, Subject{Names: names})
		got := ""
		for _, p := range problems {
			got += fmt.Sprintf("%d-%d %s %s", p.From, p.To, p.Summary, p.Label)
		}
		if want != "" && got != want || cond != nil {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
