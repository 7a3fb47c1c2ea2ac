package probe_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/sources/probe"
)

const barn = `
group "barn" {
  title = "Barn"
}
event "leak" {
  group       = "barn"
  fields      = { pipe = "string", litres = "number", seen = "time", since = "duration", size = "bytes", marks = "list", reason = "string" }
  fingerprint = ["pipe"]
  title       = "A pipe leaks"
}
event "dry" {
  group    = "barn"
  resolves = ["leak"]
  fields   = { pipe = "string", since = "duration", size = "bytes", seen = "time", duration = "duration", original_severity = "string" }
  title    = "It is dry"
}
event "custom" {
  group  = "barn"
  fields = { message = "string" }
  title  = "{{ .type }}"
}
tocsin {
  enabled = true
}
`

// load compiles one source block.
func load(t testing.TB, block string) *probe.Rule {
	t.Helper()
	config, diags := rules.Load(rules.Input{Pack: map[string][]byte{}, Files: map[string][]byte{"barn.hcl": []byte(barn + block)}, Host: "barn"})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return config.Sources[0].Spec.(*probe.Rule)
}

var start = time.Date(2025, 2, 3, 4, 5, 6, 0, time.UTC)

// command is what a command brings.
func command(code float64, stdout string) probe.Result {
	return probe.Result{
		Values: map[string]any{"code": code, "stdout": stdout, "stderr": "first line\nlast line\n", "duration": event.Duration(time.Second)},
		Texts:  []probe.Text{{Body: stdout}}, Mark: fmt.Sprint(code, stdout),
	}
}

// told describes findings: type, and what data is asked for.
func told(v probe.Verdict, fields ...string) string {
	var out []string
	for _, f := range v.Findings {
		words := []string{f.Event.Type}
		for _, name := range fields {
			if x, ok := f.Event.Data[name]; ok {
				words = append(words, event.Text(x))
			}
		}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, ", ")
}

// story looks again and again, each time as after a restart, and returns what each
// look told.
func story(t *testing.T, r *probe.Rule, looks []probe.Result, fields ...string) []string {
	t.Helper()
	var out []string
	text := ""
	for i, res := range looks {
		state, err := probe.ParseState(text)
		if err != nil {
			t.Fatal(err)
		}
		v := r.Judge(state, res, start.Add(time.Duration(i)*time.Minute))
		if len(v.Faults) > 0 {
			t.Errorf("look %d: %v", i, v.Faults)
		}
		if n := len(v.Findings); n > 0 && v.Findings[n-1].State != state.String() {
			t.Errorf("look %d: the last event is kept with another state than the look", i)
		}
		text = state.String()
		out = append(out, told(v, fields...))
	}
	return out
}

// answer is what a server brings.
func answer(status float64, body string) probe.Result {
	return probe.Result{Values: map[string]any{"status": status, "body": body}, Texts: []probe.Text{{Body: body}}, Mark: body}
}

func lines(texts ...string) []probe.Result {
	var out []probe.Result
	for _, text := range texts {
		out = append(out, command(0, text))
	}
	return out
}

func TestStories(t *testing.T) {
	const state = `source "command" "pipes" {
  every    = "1m"
  command  = ["pipes"]
  when     = "result.stdout contains 'wet'"
  emit     = "leak"
  resolved = "dry"
  data     = { pipe = "{{ .result.stdout | trim }}" }
}`
	const items = `source "command" "pipes" {
  every    = "1m"
  command  = ["pipes"]
  matches  = { pipes = "^(?P<pipe>\\w+) (?P<litres>\\d+)(?P<mark>!?)$" }
  each     = "result.matches.pipes"
  key      = "{{ .item.pipe }}"
  when     = "item.litres > 5"
  emit     = "leak"
  resolved = "dry"
}`
	for name, c := range map[string]struct {
		block string
		looks []probe.Result
		want  []string
	}{
		"a state is told when it begins and ends": {
			state, lines("fine", "wet 1", "wet 2", "fine", "fine", "wet 3"), []string{"", "leak wet 1", "", "dry wet 1", "", "leak wet 3"},
		},
		"a state is told at the first look": {state, lines("wet"), []string{"leak wet"}},
		"each item has a state": {
			items, lines("a 1\nb 9", "a 7\nb 9", "a 7", "b 6\na 8", ""), []string{"leak b 9", "leak a 7", "dry b", "leak b 6", "dry a, dry b"},
		},
		"an item that is there twice counts once": {items, lines("a 9\na 8"), []string{"leak a 9"}},
		"without a condition an item is a state":  {strings.Replace(items, `  when     = "item.litres > 5"`+"\n", "", 1), lines("a 1", "a 2\nb 1", ""), []string{"leak a 1", "leak b 1", "dry a, dry b"}},
		"without a key a match is known by all of it": {
			strings.Replace(items, `  key      = "{{ .item.pipe }}"`+"\n", "", 1), lines("a 9", "a 10", "a 10"), []string{"leak a 9", "leak a 10, dry a", ""},
		},
		"a failed look tells nothing": {
			items, []probe.Result{command(0, "a 9"), command(1, ""), probe.Failed("it broke"), command(0, "a 9"), command(0, "a 1")},
			[]string{"leak a 9", "", "", "", "dry a"},
		},
		"another name is another state": {
			strings.Replace(state, "  when ", "  key = \"{{ .result.stdout }}\"\n  when ", 1), lines("wet 1", "wet 1", "wet 2", "fine"), []string{"leak wet 1", "", "leak wet 2, dry wet 1", "dry wet 2"},
		},
		"a change is told each time, but not at first": {
			`source "command" "pipes" {
  every   = "1m"
  command = ["pipes"]
  when    = "result.changed and result.stdout contains 'wet'"
  emit    = "leak"
  data    = { pipe = "{{ .result.previous.stdout }} → {{ .result.stdout }}" }
}`, lines("wet 0", "wet 1", "wet 1", "fine", "wet 2"), []string{"", "leak wet 0 → wet 1", "", "", "leak fine → wet 2"},
		},
		"what changes of items": {
			`source "command" "pipes" {
  every   = "1m"
  command = ["pipes"]
  matches = { pipes = "^(?P<pipe>\\w+) (?P<litres>\\d+)$" }
  each    = "result.matches.pipes"
  key     = "{{ .item.pipe }}"
  when    = "item.litres > item.previous.litres"
  emit    = "leak"
}`, lines("a 1\nb 1", "a 2\nb 0", "a 1\nb 1", "a 1\nb 10"), []string{"", "leak a 2", "leak b 1", "leak b 10"},
		},
		"new items are changes": {
			`source "command" "pipes" {
  every   = "1m"
  command = ["pipes"]
  matches = { pipes = "^(?P<pipe>\\w+)$" }
  each    = "result.matches.pipes"
  when    = "item.changed"
  emit    = "leak"
}`, lines("a", "a\nb", "a\nb", "b", "b\na"), []string{"", "leak b", "", "", "leak a"},
		},
		"a failure that is read": {
			`source "command" "pipes" {
  every   = "1m"
  command = ["pipes"]
  when    = "result.error != nil or result.stdout contains 'wet'"
  emit    = "leak"
  data    = { pipe = "{{ .result.error }}" }
}`, []probe.Result{command(0, "fine"), probe.Failed("it broke"), probe.Failed("it broke"), command(0, "fine"), command(3, "")},
			[]string{"", "leak it broke", "", "", "leak pipes ended with code 3: last line"},
		},
		"an exit code that is read": {
			`source "command" "pipes" {
  every   = "1m"
  command = ["pipes"]
  when    = "result.code == 3"
  emit    = "leak"
}`, []probe.Result{command(0, ""), command(3, ""), command(2, ""), command(3, "")}, []string{"", "leak", "", "leak"},
		},
		"an error page in place of JSON": {
			`source "http" "pipes" {
  every = "1m"
  url   = "http://barn.example"
  when  = "result.status >= 500 or result.json.wet"
  emit  = "leak"
}`, []probe.Result{answer(200, `{"wet": false}`), answer(502, "<html>"), answer(200, "<html>"), answer(200, `{"wet": false}`), answer(200, `{"wet": true}`)},
			[]string{"", "leak", "", "", "leak"},
		},
		"members of JSON": {
			`source "command" "pipes" {
  every    = "1m"
  command  = ["pipes"]
  each     = "result.json.*.pipes"
  when     = "item.litres > 5 and item.wet"
  emit     = "leak"
  resolved = "dry"
  data     = { pipe = "{{ join ` + "`/`" + ` .item.keys }}" }
}`, lines(`{"n": {"pipes": {"a": {"litres": 6, "wet": true}}}, "s": {}, "x": 1}`, `{"n": {"pipes": {"a": {"litres": 7, "wet": true}, "b": {"litres": 7}}}}`, `{}`),
			[]string{"leak n/a 6", "", "dry n/a"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := story(t, load(t, c.block), c.looks, "pipe", "litres"); !slices.Equal(got, c.want) {
				t.Errorf("told %q, want %q", got, c.want)
			}
		})
	}
}

// What hinders a look is told with its cause, and leaves what is remembered alone.
func TestTrouble(t *testing.T) {
	const block = `source "command" "pipes" {
  every    = "1m"
  optional = %v
  command  = ["pipes"]
  matches  = { pipes = "^a+$" }
  each     = %q
  emit     = "leak"
}`
	many := strings.Repeat("a\n", 5001)
	for name, c := range map[string]struct {
		optional bool
		each     string
		res      probe.Result
		want     string
	}{
		"an exit code":             {false, "result.matches.pipes", command(7, ""), "pipes ended with code 7: last line"},
		"what is not there":        {false, "result.matches.pipes", probe.Missing("pipes is not in PATH"), "pipes is not in PATH"},
		"what may lack":            {true, "result.matches.pipes", probe.Missing("pipes is not in PATH"), ""},
		"what fails and may lack":  {true, "result.matches.pipes", probe.Failed("it broke"), "it broke"},
		"no JSON":                  {true, "result.json.list", command(0, "<html>"), "what was found is no JSON: invalid character '<' looking for beginning of value"},
		"another JSON":             {false, "result.json.list", command(0, `{"error": 1}`), "result.json.list leads nowhere: there is no list"},
		"another JSON that may be": {true, "result.json.list", command(0, `{"error": 1}`), ""},
		"a value in its place":     {false, "result.json.list", command(0, `{"list": 1}`), "result.json.list leads nowhere: no list or object stands there"},
		"deep JSON":                {false, "result.json", command(0, strings.Repeat("[", 40)+strings.Repeat("]", 40)), "the JSON has more than 50000 values, or more than 32 levels"},
		"much JSON":                {false, "result.json", command(0, "["+strings.Repeat("0,", 60_000)+"0]"), "the JSON has more than 50000 values, or more than 32 levels"},
		"many items":               {false, "result.json", command(0, "["+strings.Repeat("0,", 1_000)+"0]"), "result.json has more than 1000 items"},
		"many matches":             {false, "result.matches.pipes", command(0, many), "the pattern pipes fits more than 5000 times"},
	} {
		t.Run(name, func(t *testing.T) {
			r := load(t, fmt.Sprintf(block, c.optional, c.each))
			state, err := probe.ParseState(`{"at":5,"items":{"x":{"since":5}}}`)
			if err != nil {
				t.Fatal(err)
			}
			before := state.String()
			v := r.Judge(state, c.res, start)
			if v.Trouble != c.want || v.Judged || v.Kept || len(v.Findings) != 0 || state.String() != before {
				t.Errorf("trouble %q, want %q; %+v %s", v.Trouble, c.want, v, state)
			}
		})
	}
}

// The data of an event: what the item has by itself, what is added, and what goes
// over to the event that ends it.
func TestData(t *testing.T) {
	r := load(t, `source "http" "pipes" {
  every    = "1m"
  url      = "http://barn.example"
  each     = "result.json"
  when     = "item.wet"
  emit     = "leak"
  severity = "CRITICAL"
  host     = "{{ .item.at }}"
  resolved = "dry"
  data = {
    marks  = "{{ range .item.notes }}{{ . }}\n{{ end }}"
    reason = ""
    litres = "{{ .item.none }}"
  }
}`)
	state := &probe.State{}
	pipe := func(wet bool) probe.Result {
		body := fmt.Sprintf(`{"a": {"wet": %v, "at": "shed", "pipe": "evil\u001b[1m", "litres": 3, "seen": "2025-01-02T03:04:05Z", "since": 90, "size": 2048, "notes": ["x", "y z"], "reason": "none", "other": 1}}`, wet)
		return answer(200, body)
	}
	e := r.Judge(state, pipe(true), start).Findings[0].Event
	if e.Type != "leak" || e.Severity != "CRITICAL" || e.Host != "shed" || e.Source != "probe" || !e.Time.Equal(start) {
		t.Errorf("%+v", e)
	}
	want := "map[marks:[x y z] pipe:evil<U+001B>[1m seen:2025-01-02 03:04:05 +0000 UTC since:1m 30s size:2 KiB]"
	if got := fmt.Sprint(e.Data); got != want {
		t.Errorf("data are\n%s, want\n%s", got, want)
	}
	state, err := probe.ParseState(state.String())
	if err != nil {
		t.Fatal(err)
	}
	e = r.Judge(state, pipe(false), start.Add(time.Hour)).Findings[0].Event
	want = "map[duration:1h original_severity:CRITICAL pipe:evil<U+001B>[1m seen:2025-01-02 03:04:05 +0000 UTC since:1m 30s size:2 KiB]"
	if got := fmt.Sprint(e.Data); got != want || e.Type != "dry" || e.Host != "shed" || e.Severity != "" {
		t.Errorf("%+v\n%s, want\n%s", e, got, want)
	}
}

// Conditions read what was there before with its types.
func TestPreviousHasTypes(t *testing.T) {
	r := load(t, `source "file" "lease" {
  every = "1m"
  path  = "/run/lease"
  when  = "result.mtime > result.previous.mtime and result.size > result.previous.size and result.previous.age < duration('1h')"
  emit  = "leak"
}`)
	file := func(minute int, size event.Bytes) probe.Result {
		at := start.Add(time.Duration(minute) * time.Minute)
		return probe.Result{Values: map[string]any{"exists": true, "path": "/run/lease", "size": size, "mtime": at, "age": event.Duration(time.Minute)}, Mark: at.String()}
	}
	got := story(t, r, []probe.Result{file(0, 1), file(1, 2), file(2, 2), file(3, 9)})
	if want := []string{"", "leak", "", "leak"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// A file's age is another at each look, which is no change.
func TestFilesAreItems(t *testing.T) {
	r := load(t, `source "file" "dumps" {
  every = "1m"
  path  = "/srv/*.gz"
  each  = "result.files"
  when  = "item.changed"
  emit  = "leak"
  data  = { pipe = "{{ .item.name }} {{ .item.age }}" }
}`)
	files := func(age time.Duration, sizes ...int) probe.Result {
		var list []any
		for i, size := range sizes {
			list = append(list, map[string]any{"path": fmt.Sprintf("/srv/%d.gz", i), "name": fmt.Sprintf("%d.gz", i), "size": event.Bytes(size), "mtime": start, "age": event.Duration(age)})
		}
		return probe.Result{Values: map[string]any{"exists": true, "files": list}, Mark: fmt.Sprint(sizes)}
	}
	got := story(t, r, []probe.Result{files(time.Minute, 5), files(time.Hour, 5), files(time.Hour, 6, 1), files(2*time.Hour, 6, 1)}, "pipe")
	if want := []string{"", "", "leak 0.gz 1h, leak 1.gz 1h", ""}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// A fault of the condition leaves an item as it was.
func TestAFaultChangesNothing(t *testing.T) {
	r := load(t, `source "http" "pipes" {
  every = "1m"
  url   = "http://barn.example"
  each  = "result.json"
  when  = "item.litres > 5"
  emit  = "leak"
  data  = { reason = "{{ index .item.list 9 }}" }
}`)
	state := &probe.State{}
	for i, body := range []string{`{"a": {"litres": 9}}`, `{"a": {"litres": "many"}}`, `{"a": {"litres": 9}}`} {
		v := r.Judge(state, answer(200, body), start)
		if (len(v.Findings) == 1) != (i == 0) || (len(v.Faults) > 0) != (i == 1) {
			t.Errorf("look %d: %+v", i, v)
		}
	}
}

// Events that come together are kept with what is known behind each: what is lost
// with the rest is found again, and nothing else.
func TestEventsAreKeptOneByOne(t *testing.T) {
	r := load(t, `source "command" "pipes" {
  every   = "1m"
  command = ["pipes"]
  matches = { pipes = "^(?P<pipe>\\w+)$" }
  each    = "result.matches.pipes"
  emit    = "leak"
}`)
	res := command(0, "a\nb\nc\n")
	v := r.Judge(&probe.State{}, res, start)
	for i := range v.Findings {
		state, err := probe.ParseState(v.Findings[i].State)
		if err != nil {
			t.Fatal(err)
		}
		again := r.Judge(state, command(0, "a\nb\nc\n"), start)
		if want := len(v.Findings) - 1 - i; len(again.Findings) != want {
			t.Errorf("behind event %d: %s, want %d events", i, told(again, "pipe"), want)
		}
	}
}

func TestParseState(t *testing.T) {
	for text, good := range map[string]bool{
		"": true, "{}": true, `{"at":1,"items":{"a":{"since":1}}}`: true, `{"items":{"a":null}}`: false, "17": false, `{"at":"x"}`: false,
	} {
		if s, err := probe.ParseState(text); (err == nil) != good || s == nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Of a large result, what is brief is known at the next look.
func TestPreviousOfLargeResults(t *testing.T) {
	r := load(t, `source "command" "release" {
  every   = "1m"
  command = ["release"]
  when    = "result.previous != nil and result.json.tag != result.previous.json.tag"
  emit    = "leak"
  data    = { pipe = "{{ .result.previous.json.tag }}{{ .result.previous.json.assets.first.name }}{{ .result.previous.json.notes }}" }
}`)
	release := func(tag string) string {
		return fmt.Sprintf(`{"assets": {"first": {"name": "!", "text": %q}, "list": [%q]}, "notes": %q, "tag": %q}`,
			strings.Repeat("x", 20_000), strings.Repeat("x", 20_000), strings.Repeat("x", 20_000), tag)
	}
	got := story(t, r, lines(release("v1"), release("v1"), release("v2"), release("v2")), "pipe")
	if want := []string{"", "", "leak v1!", ""}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// A rule that looks at something else, or for something else, has nothing to compare
// with; what it said before stays said.
func TestAnEditIsNoChange(t *testing.T) {
	const block = `source "command" "pipes" {
  every   = "1m"
  command = ["pipes"]
  matches = { pipes = "^(?P<pipe>%s)$" }
  each    = "result.matches.pipes"
  when    = "item.changed"
  emit    = "leak"
}`
	one, other := load(t, fmt.Sprintf(block, `\\w+`)), load(t, fmt.Sprintf(block, `\\w+|-`))
	state := &probe.State{}
	for i, c := range []struct {
		rule  *probe.Rule
		lines string
		want  string
	}{{one, "a\n-", ""}, {one, "a\nb\n-", "leak b"}, {other, "a\nb\nc\n-", ""}, {other, "a\nb\nc\nd\n-", "leak d"}} {
		if got := told(c.rule.Judge(state, command(0, c.lines), start), "pipe"); got != c.want {
			t.Errorf("look %d: %q, want %q", i, got, c.want)
		}
	}
}

// An event gets the data that it declares, and what ends it gets the rest.
func TestDataForTheEndAlone(t *testing.T) {
	r := load(t, `source "command" "pipes" {
  every    = "1m"
  command  = ["pipes"]
  when     = "result.stdout == 'wet'"
  emit     = "custom"
  resolved = "dry"
  data     = { message = "x", pipe = "y" }
}`)
	state := &probe.State{}
	if got := fmt.Sprint(r.Judge(state, command(0, "wet"), start).Findings[0].Event.Data); got != "map[message:x]" {
		t.Errorf("the beginning has %s", got)
	}
	if got := fmt.Sprint(r.Judge(state, command(0, "dry"), start.Add(time.Minute)).Findings[0].Event.Data); got != "map[duration:1m pipe:y]" {
		t.Errorf("the end has %s", got)
	}
}

// Conditions go through lists, and compare amounts and spans in them.
func TestConditionsOverLists(t *testing.T) {
	r := load(t, `source "file" "dumps" {
  every = "1m"
  path  = "/srv/*.gz"
  when  = "any(result.files, .size > bytes('1KiB') and .age < duration('1h'))"
  emit  = "leak"
}`)
	files := func(size event.Bytes, age time.Duration) probe.Result {
		return probe.Result{Mark: "x", Values: map[string]any{"exists": true, "files": []any{
			map[string]any{"path": "/srv/a.gz", "size": size, "mtime": start, "age": event.Duration(age)},
		}}}
	}
	got := story(t, r, []probe.Result{files(1024, 0), files(2048, time.Minute), files(1024, 0), files(2048, time.Hour)})
	if want := []string{"", "leak", "", ""}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}
