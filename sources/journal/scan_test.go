package journal

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

// members reads a line with scan, as texts by key.
func members(line []byte) (map[string]string, error) {
	got := map[string]string{}
	err := scan(line, func(key, value []byte) {
		if t, ok := text(nil, value, maxMessage); ok {
			got[string(unquote(nil, key, maxField))] = string(t)
		}
	})
	return got, err
}

func TestScan(t *testing.T) {
	for line, want := range map[string]map[string]string{
		`{}`:                                     {},
		` { "A" : "b" , "C":"d" } `:              {"A": "b", "C": "d"},
		`{"A":"\u00e4\ud83d\ude00"}`:             {"A": "ä😀"},
		`{"A":"tab\tquote\"back\\slash\/"}`:      {"A": "tab\tquote\"back\\slash/"},
		`{"A":"\ud800 alone"}`:                   {"A": "\ufffd alone"},
		`{"A":[104,105,255]}`:                    {"A": "hi\xff"},
		`{"A":["first","second"]}`:               {"A": "first"},
		`{"A":[[104,105],"second"]}`:             {"A": "hi"},
		`{"A":null,"B":[],"C":{"D":"e"},"F":17}`: {"F": "17"},
		`{"A":"x","A":"y"}`:                      {"A": "y"},
	} {
		got, err := members([]byte(line))
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", line, got, err, want)
		}
	}
}

func TestScanRefusesWhatIsNoEntry(t *testing.T) {
	for _, line := range []string{
		"", "null", "[]", `"text"`, "{", `{"A"`, `{"A":`, `{"A":"b"`, `{"A":"b",}`, `{"A":"b"}}`, `{"A":"b"} {"A":"c"}`, `{"A" "b"}`, `{A:"b"}`,
		`{"A":"\"}`, `{"A":[1,2}`, `{"A":` + strings.Repeat("[", 100000), "-- cursor: s=1", "Hint: You are currently not seeing messages",
	} {
		if got, err := members([]byte(line)); err == nil {
			t.Errorf("%.40q: %q, want an error", line, got)
		}
	}
}

// Whatever encoding/json reads as an object of texts is read as the same one.
func FuzzScan(f *testing.F) {
	f.Add(`{"MESSAGE":"a \"b\" \u00e4 \ud83d\ude00\n","PRIORITY":"3","X":["a","b"],"Y":[1,2,300],"Z":null}`)
	f.Add(`{"__CURSOR":"s=1;i=2","MESSAGE":[27,91,48,109]}`)
	f.Add(`{"a":{"b":[{}]},"c":-1.5e3}`)
	f.Add("{\"\":\"\xea\xc40\"}")
	f.Fuzz(func(t *testing.T, line string) {
		got, err := members([]byte(line))
		var want map[string]any
		if json.Unmarshal([]byte(line), &want) != nil || want == nil {
			return // only that it ends, without a panic
		}
		if err != nil {
			if deep(want, 0) {
				return
			}
			t.Fatalf("%q: %v", line, err)
		}
		for key, v := range want {
			// Names of fields are plain words, written without escapes.
			if _, there := got[key]; !there && (strings.Contains(line, `\`) || strings.ContainsRune(key, '\ufffd')) {
				continue
			}
			// encoding/json makes U+FFFD of each byte that is no text, as runes do.
			if s, ok := v.(string); ok && len(s) < maxMessage && string([]rune(got[key])) != s && !strings.Contains(line, "\\ud") && !strings.Contains(line, "\\uD") {
				t.Fatalf("%q: %q is %q, want %q", line, key, got[key], s)
			}
		}
	})
}

func deep(v any, level int) bool {
	if level >= maxNesting {
		return true
	}
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			if deep(inner, level+1) {
				return true
			}
		}
	case []any:
		for _, inner := range v {
			if deep(inner, level+1) {
				return true
			}
		}
	}
	return false
}

func TestTheMessageIsMadeFitToBeRead(t *testing.T) {
	for raw, want := range map[string]string{
		`"plain"`:                           "plain",
		`"  [KNET  ] x \n"`:                 "  [KNET  ] x",
		`"\u001b[31mred\u001b[0m text"`:     "red text",
		`[114,101,100,27,91,48,109]`:        "red",
		`"a\u0000b"`:                        "a<U+0000>b",
		`"message repeated 3 times: [ x ]"`: "x",
		`"message repeated 3 times: [ x"`:   "message repeated 3 times: [ x",
		`null`:                              "",
	} {
		e := &entry{others: map[string][]byte{}}
		if err := e.read([]byte(`{"MESSAGE":` + raw + `}`)); err != nil {
			t.Fatal(err)
		}
		e.body()
		if got := e.shown(); got != want {
			t.Errorf("%s is %q, want %q", raw, got, want)
		}
	}
}

func TestAHugeMessageIsCut(t *testing.T) {
	e := &entry{others: map[string][]byte{}}
	for _, raw := range []string{`"` + strings.Repeat("x", 1<<20) + `"`, "[" + strings.Repeat("120,", 1<<20) + "120]"} {
		if err := e.read([]byte(`{"MESSAGE":` + raw + `}`)); err != nil {
			t.Fatal(err)
		}
		if n := len(e.body()); n != maxMessage {
			t.Errorf("%d bytes are read, want %d", n, maxMessage)
		}
	}
}
