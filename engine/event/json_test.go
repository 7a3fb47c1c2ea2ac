package event

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func nested(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }

func TestCheckJSONTakesOneValue(t *testing.T) {
	keys := strings.Repeat(`"k":"",`, maxJSONKeys-1) + `"k":""`
	for name, text := range map[string]string{
		"object":            `{"title":"x","fields":{"a":[1,2]}}`,
		"blanks around":     " \r\n\t{} \n",
		"array":             `[{},{}]`,
		"word":              `null`,
		"number":            `-1.5e3`,
		"as deep as may be": nested(maxJSONDepth),
		"as many keys":      "{" + keys + "}",
		"as many values":    "[" + strings.Repeat("0,", maxJSONValues-1) + "0]",
		"brackets in text":  `"` + strings.Repeat(`[{:,`, 5000) + `"`,
		"quotes in text":    `{"a":"\"\\","b":"\\\"[[["}`,
		"huge number":       `1e999`,
		"key twice":         `{"a":1,"a":2}`,
	} {
		if bad := CheckJSON([]byte(text)); bad != nil {
			t.Errorf("%s: got %v", name, bad)
		}
	}
}

func TestCheckJSONRefuses(t *testing.T) {
	keys := strings.Repeat(`"k":"",`, maxJSONKeys) + `"k":""`
	for name, tt := range map[string]struct{ text, why string }{
		"nothing":              {"", "the body is empty"},
		"blanks":               {" \n", "the body is empty"},
		"Latin-1":              {"\"caf\xe9\"", "not UTF-8"},
		"a level too deep":     {nested(maxJSONDepth + 1), "nested more than 32"},
		"never closed":         {strings.Repeat(`{"a":`, 100_000), "nested more than 32"},
		"a key too many":       {"{" + keys + "}", "1000 keys"},
		"a value too many":     {"[" + strings.Repeat("0,", maxJSONValues) + "0]", "10000 values"},
		"cut in a text":        {`{"title":"x`, "ends in the middle"},
		"cut after an escape":  {`"x\`, "ends in the middle"},
		"cut after a key":      {`{"title":`, "ends in the middle"},
		"two values":           {`{} {}`, "something follows the JSON value, from byte 2"},
		"text behind":          {`{"a":1}; drop`, "something follows the JSON value, from byte 7"},
		"raw newline":          {"{\"a\":\"x\ny\"}", "control character stands in a JSON string at byte 7"},
		"bare word":            {`{"a": x}`, "not JSON from byte 6"},
		"single quotes":        {`{'a':1}`, "not JSON from byte 1"},
		"comma at the end":     {`{"a":1,}`, "not JSON from byte 7"},
		"closed before opened": {"]]]]" + nested(maxJSONDepth), "not JSON from byte 0"},
		"byte order mark":      {"\ufeff{}", "not JSON from byte 0"},
		"no such blank":        {"\u00a0{}", "not JSON from byte 0"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := CheckJSON([]byte(tt.text))
			if bad == nil {
				t.Fatal("it was taken")
			}
			if !strings.Contains(bad.Why, tt.why) {
				t.Errorf("got %q, want %q in it", bad.Why, tt.why)
			}
			if bad.Do == "" || bad.Error() != bad.Why+": "+bad.Do {
				t.Errorf("got the remedy %q and the error %q", bad.Do, bad.Error())
			}
		})
	}
}

// A refusal must not carry what was refused: it goes into answers and logs.
func TestCheckJSONQuotesNothing(t *testing.T) {
	for _, text := range []string{`{"password": hunter2}`, `{"a":"hunter2`, `"x" hunter2`, "\"hunter2\x01\""} {
		if bad := CheckJSON([]byte(text)); bad == nil || strings.Contains(bad.Error(), "hunter2") {
			t.Errorf("got %v", bad)
		}
	}
}

// FuzzCheckJSON compares the bounds with what a full parse finds: everything
// that is taken parses and keeps them, and a refusal never hides valid JSON that
// keeps them.
func FuzzCheckJSON(f *testing.F) {
	for _, seed := range []string{
		`{"title":"x","fields":{"type":"vzdump"}}`, `[1,[2,[3]]]`, `"\"\\"`, `{"a":`, `{}{}`, "", "\x00", "\"\xff\"", `{"a":"\ud800"}`, nested(33),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		bad := CheckJSON(text)
		depth, keys, values := measure(text)
		fits := depth <= maxJSONDepth && keys <= maxJSONKeys && values <= maxJSONValues
		valid := json.Valid(text)
		switch {
		case bad == nil && (!valid || !fits):
			t.Fatalf("taken: valid %t, depth %d, %d keys, %d values", valid, depth, keys, values)
		case bad != nil && valid && fits && !strings.Contains(bad.Why, "UTF-8"):
			t.Fatalf("refused: %v", bad)
		case bad != nil && (bad.Why == "" || bad.Do == ""):
			t.Fatalf("no reason or remedy: %#v", bad)
		}
	})
}

// measure takes the figures of a text token by token. Of an object's members
// only the keys count as more than one value, as the bounds are on commas.
func measure(text []byte) (depth, keys, values int) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	level, values := 0, 1
	var counts []int // tokens of each open object or array
	object := []bool{}
	for {
		token, err := dec.Token()
		if err != nil {
			return depth, keys, values
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			last := len(counts) - 1
			n := counts[last]
			if object[last] {
				n /= 2
				keys += n
			}
			values += max(n-1, 0)
			counts, object = counts[:last], object[:last]
			level--
			continue
		}
		if len(counts) > 0 {
			counts[len(counts)-1]++
		}
		if token == json.Delim('{') || token == json.Delim('[') {
			counts, object = append(counts, 0), append(object, token == json.Delim('{'))
			level++
			depth = max(depth, level)
		}
	}
}

func BenchmarkCheckJSON(b *testing.B) {
	text := []byte(`{"title":"vzdump","message":"` + strings.Repeat(`100: INFO: progress\n`, 2000) + `","fields":{"type":"vzdump","hostname":"alder"}}`)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if bad := CheckJSON(text); bad != nil {
			b.Fatal(bad)
		}
	}
}
