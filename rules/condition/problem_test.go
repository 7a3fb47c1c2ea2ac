package condition_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
	"tocsin/rules/condition"
)

// TestProblems: the guilty part of each text stands between « and ».
func TestProblems(t *testing.T) {
	for _, tt := range []struct{ marked, code, summary, remedy string }{
		// It does not parse.
		{"event.severity «=» 'INFO'", condition.CodeSyntax, "invalid condition", "written with =="},
		{"event.host == 'a' «AND» event.type == 'x'", condition.CodeSyntax, "invalid condition", "lower case: and"},
		{"event.host == 'a' and «(»", condition.CodeSyntax, "invalid condition", "missing at the end"},
		{"event.host == 'a«»", condition.CodeSyntax, "invalid condition", "quote"},
		{"« »", condition.CodeSyntax, "empty condition", "leave the argument out"},

		// Unknown names point at their own word and name the near one.
		{"event.«sevrity» == 'INFO'", condition.CodeName, `unknown name "event.sevrity"`, `did you mean "event.severity"?`},
		{"event.guest.«nmae» == 'x'", condition.CodeName, `unknown name "event.guest.nmae"`, `did you mean "event.guest.name"?`},
		{"«severity» == 'INFO'", condition.CodeName, `unknown name "severity"`, `write "event.severity"`},
		{"«vmid» == 5", condition.CodeName, `unknown name "vmid"`, `write "event.data.vmid"`},
		{"event.type == «backup_fail»", condition.CodeName, `unknown name "backup_fail"`, `write 'backup_fail'`},
		{"event.severity == «WARNING»", condition.CodeName, `unknown name "WARNING"`, `write 'WARNING'`},
		{"event.host in local.«nigth_hosts»", condition.CodeName, `unknown name "local.nigth_hosts"`, `did you mean "local.night_hosts"?`},
		{"local.site.«hst» == 'x'", condition.CodeName, `unknown name "local.site.hst"`, `did you mean "local.site.host"?`},
		{"channel.«nam» == 'x'", condition.CodeName, `unknown name "channel.nam"`, `did you mean "channel.name"?`},
		{"«lowr»(event.host) == 'x'", condition.CodeName, `unknown function "lowr"`, `did you mean "lower"?`},
		{"«event» == 'x'", condition.CodeName, "event is no value by itself", "event.type"},
		{"«event.data» == 'x'", condition.CodeName, "event.data is no value by itself", "in event.data"},
		{"«event.guest» == 'x'", condition.CodeName, "event.guest is no value by itself", "event.guest == nil"},
		{"«$env».x == 'x'", condition.CodeName, `unknown name "$env"`, "begin with event"},
		{"event.host == 'grün' or event.«hots» == 'x'", condition.CodeName, `unknown name "event.hots"`, "event.host"},
		{"event.data.storage.«x» == 'x'", condition.CodeType, "wrong type", "no field x"},

		// Literals must name something.
		{"event.type == «'backup_fial'»", condition.CodeLiteral, `unknown event type "backup_fial"`, `did you mean "backup_fail"?`},
		{"«'backup_fial'» == event.type", condition.CodeLiteral, `unknown event type "backup_fial"`, "backup_fail"},
		{"event.type in ['door_open', «'dor_open'»]", condition.CodeLiteral, `unknown event type "dor_open"`, "door_open"},
		{"event.type == «'burst_doors'»", condition.CodeLiteral, "burst_doors is a burst", "these events"},
		{"event.group == «'backup'»", condition.CodeLiteral, `unknown group "backup"`, `did you mean "backups"?`},
		{"event.severity >= «'error'»", condition.CodeLiteral, `unknown severity "error"`, "write 'CRITICAL'"},
		{"event.severity >= «'WARNIG'»", condition.CodeLiteral, `unknown severity "WARNIG"`, `did you mean "WARNING"?`},
		{"glob(event.type, «'bakcup_*'»)", condition.CodeLiteral, `"bakcup_*" fits no event type`, ""},
		{"glob(event.host, «'[a'»)", condition.CodeLiteral, "invalid argument of glob()", "* stands for any text"},
		{"cidr(event.host, «'10.0.0.0'»)", condition.CodeLiteral, "invalid argument of cidr()", "10.0.0.0/8"},
		{"event.data.took > duration(«'soon'»)", condition.CodeLiteral, "invalid argument of duration()", "15m"},
		{"event.data.size > bytes(«'many'»)", condition.CodeLiteral, "invalid argument of bytes()", "50MiB"},
		{"event.host matches «'(a'»", condition.CodeLiteral, "invalid pattern", "RE2"},

		// Operands must go together.
		{"event.data.vmid == «'101'»", condition.CodeType, "vmid is a number, not text", "without quotes"},
		{"event.data.vmid in [100, «'101'»]", condition.CodeType, "vmid is a number, not text", "without quotes"},
		{"event.data.storage == «7»", condition.CodeType, "storage is text, not a number", "single quotes"},
		{"event.data.took > «300»", condition.CodeType, "took is a duration, not a number", "duration('15m')"},
		{"event.data.size > «'1 GiB'»", condition.CodeType, "size is a size, not text", "bytes('50MiB')"},
		{"event.data.disks == «'sda'»", condition.CodeType, "disks is a list, not text", "in event.data.disks"},
		{"event.time > «'2026'»", condition.CodeType, "event.time is a time, not text", "hour()"},
		{"event.data.clean == «'yes'»", condition.CodeType, "clean is true or false, not text", "alone"},
		{"event.severity > «event.host»", condition.CodeType, "severity compared with something unknown", "literals only"},
		{"event.host «<» event.time", condition.CodeType, "operands that do not go together", "same type"},
		{"'x' «in» event.host", condition.CodeType, "operands that do not go together", "contains"},
		{"event.data.vmid «%» 2 == 1", condition.CodeType, "operands that do not go together", "int(…)"},
		{"«event.data.vmid + 1»", condition.CodeType, "wrong type", "true or false"},

		// What conditions do not have.
		{"«now»() > event.time", condition.CodeRefused, "conditions have no now()", "event.time"},
		{"let «x» = 1; x == 1", condition.CodeRefused, "conditions have no variables", "locals"},
		{"event.time.«Hour»() == 1", condition.CodeRefused, "conditions have no methods", "hour(event.time)"},
		{"«{»'a': 1} == nil", condition.CodeRefused, "conditions have no maps", "one by one"},
		{"1 in 1«..»100000", condition.CodeRefused, "range too large", "1000"},
		{"event.host matches «event.cluster»", condition.CodeRefused, "pattern is no literal", "Write the pattern out"},
		{"local.«token» == 'x'", condition.CodeRefused, "local.token is secret", "never in a condition"},
		{"any(event.data.disks, any(event.data.disks, «true»))", condition.CodeRefused, "predicate inside a predicate", "list"},
	} {
		text := strings.NewReplacer("«", "", "»", "").Replace(tt.marked)
		cond, problems := condition.NewCompiler(schema()).Compile(text, condition.Subject{ChannelName: "phone", ChannelKind: "telegram"})
		if cond != nil || len(problems) == 0 {
			t.Errorf("%s: compiles", text)
			continue
		}
		p := problems[0]
		if got := text[:p.From] + "«" + text[p.From:p.To] + "»" + text[p.To:]; got != tt.marked {
			t.Errorf("points at %s, want %s", got, tt.marked)
		}
		if p.Code != tt.code || p.Summary != tt.summary || p.Warning {
			t.Errorf("%s: %s %q, want %s %q", text, p.Code, p.Summary, tt.code, tt.summary)
		}
		if remedy := p.Label + " " + p.Detail; !strings.Contains(remedy, tt.remedy) {
			t.Errorf("%s: remedy %q does not say %q", text, remedy, tt.remedy)
		}
	}
}

// TestAllAtOnce: independent mistakes are reported together, in the order of
// the text, and one cause only once.
func TestAllAtOnce(t *testing.T) {
	_, problems := condition.NewCompiler(schema()).Compile(
		"event.hots == 'ü' or event.guest.nmae == 'x' or local.limt > 5 or event.hots == 'y'", condition.Subject{})
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d %s", p.From, p.Summary))
	}
	want := []string{
		`6 unknown name "event.hots"`, `34 unknown name "event.guest.nmae"`, `55 unknown name "local.limt"`, `73 unknown name "event.hots"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestWarnings(t *testing.T) {
	for _, tt := range []struct{ text, code, remedy string }{
		{"event.data.vmidd == 1", condition.CodeUndeclared, "event.data.vmid"},
		{"event.data.colour == 'red'", condition.CodeUndeclared, "Declare it"},
		{"'vmidd' in event.data", condition.CodeUndeclared, "vmid"},
		{"event.type matches 'backup_*'", condition.CodeGlob, "glob(TEXT, 'backup_*')"},
	} {
		cond, problems := condition.NewCompiler(schema()).Compile(tt.text, condition.Subject{})
		if cond == nil || len(problems) != 1 || !problems[0].Warning || problems[0].Code != tt.code {
			t.Errorf("%s: %v, %+v, want one warning %s", tt.text, cond, problems, tt.code)
			continue
		}
		if !strings.Contains(problems[0].Label+problems[0].Detail, tt.remedy) {
			t.Errorf("%s: %+v does not say %q", tt.text, problems[0], tt.remedy)
		}
	}
}

// TestLimits: none of these may cost time or memory, let alone the process.
func TestLimits(t *testing.T) {
	start := time.Now()
	for name, text := range map[string]string{
		"long":            "event.host == '" + strings.Repeat("x", 5000) + "'",
		"brackets":        strings.Repeat("(", 2000) + "true" + strings.Repeat(")", 2000),
		"many nodes":      "true" + strings.Repeat(" or true", 400),
		"elvis":           "'a'" + strings.Repeat(" ?: 'a'", 200),
		"comparisons":     strings.Repeat("(1 < (", 30) + "1" + strings.Repeat(" < 2 ? 1 : 2) < 3 ? 1 : 2)", 30),
		"growth":          `reduce(1..30, #acc + #acc, "x") == ""`,
		"repeat":          `repeat("x", 1000000000) == ""`,
		"replace":         `replace(replace("a", "a", "aaaaaaaaaa"), "a", "aaaaaaaaaa") == ""`,
		"range":           "sum(1..1000000000) > 0",
		"map":             "map(event.data.disks, event.host) == []",
		"nested ternary":  strings.Repeat("event.data.clean ? event.data.clean : (", 60) + "true" + strings.Repeat(")", 60) + " > 1",
		"nested negation": strings.Repeat("-(", 60) + "event.data.vmid" + strings.Repeat(")", 60),
		"nested in lists": strings.Repeat("[", 60) + "1" + strings.Repeat("]", 60),
	} {
		cond, problems := condition.NewCompiler(schema()).Compile(text, condition.Subject{})
		if cond != nil || len(problems) == 0 {
			t.Errorf("%s: compiles", name)
		}
	}
	// These compile, and are quick.
	for name, text := range map[string]string{
		"ternaries":     strings.Repeat("event.data.clean ? event.data.clean : ", 40) + "true",
		"coalesced":     "(" + strings.Repeat("(event.data.vmid ?? ", 20) + "1" + strings.Repeat(")", 20) + ") == 1",
		"long sum":      "event.data.vmid" + strings.Repeat(" + event.data.vmid", 60) + " > 3",
		"sum of fields": "event.data.vmid" + strings.Repeat(" + event.data.vmid + event.data.size", 30) + " > 3",
	} {
		compile(t, text)
		_ = name
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("took %v", d)
	}
}

// FuzzCondition: whatever is written, compiling and matching end, and a
// condition that compiles says yes or no.
func FuzzCondition(f *testing.F) {
	for _, seed := range []string{
		"event.severity >= 'WARNING' or event.group == 'backups'", "event.data.vmid in [1, 2] and not event.data.clean",
		"any(event.data.disks, # startsWith 'sd')", "(event.data.vmid ?? 0) + 1 == 1", "local.site.host == event.guest.name",
		"a ?: b ?: c", "1 < 2 < 3", "if true { 1 } else { 2 }", "event.data['vmid'] == 1", "::len(event.data.disks) > 1", "event | len",
		"event.type matches '(' ", "\x00", "((((", "'\\u0000'", "event.data.a?.b[0:1].c", "min() == max()", "event.time.x", "-#", "b'x'",
		"during(event.time, 'sun 02:00-05:00')", "glob(event.type, 'b*') and event.type startsWith 'a'", "event.severity != 'INFO' and event.host in []",
	} {
		f.Add(seed)
	}
	c := condition.NewCompiler(schema())
	f.Fuzz(func(t *testing.T, text string) {
		cond, problems := c.Compile(text, condition.Subject{ChannelName: "phone", ChannelKind: "telegram"})
		for _, p := range problems {
			if p.From < 0 || p.To < p.From || p.To > len(text) || p.Code == "" || p.Summary == "" || p.Detail == "" {
				t.Errorf("%q: odd problem %+v", text, p)
			}
		}
		if cond == nil {
			if len(problems) == 0 {
				t.Errorf("%q: neither compiles nor says why", text)
			}
			return
		}
		for _, e := range []*event.Event{full(), bare()} {
			ok, err := cond.Match(e)
			if keys := cond.Keys(); ok && err == nil && keys != nil && !holdsOne(e, keys) {
				t.Errorf("%q matches, but none of its keys %v holds", text, keys)
			}
			if w := cond.Witness(e); len(w) > 300 {
				t.Errorf("%q tells %d bytes", text, len(w))
			}
		}
	})
}
