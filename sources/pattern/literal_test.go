package pattern

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestLiterals(t *testing.T) {
	for pattern, want := range map[string]string{
		`^Failed \S+ for (?P<user>.*) from`:   "failed ",
		`^(?:Invalid|Illegal) user`:           "nvalid llegal",
		`x(?:abc|defg)y?`:                     "abc defg",
		`(?:abc)?def`:                         "def",
		`(?:abc)*`:                            "",
		`.*`:                                  "",
		`a.b.c`:                               "",
		`(?i)quorum lost`:                     "quorum lo", // s may be a long one of Unicode
		`(?:ab){2}`:                           "",
		`(?:abcd){2,3}`:                       "abcd",
		`^EXT[234]-fs error`:                  "-fs error",
		`a very long literal without any end`: "a very long lite",
	} {
		if got := strings.Join(compiled(pattern).Literals(), " "); got != want {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
}

func TestAnchored(t *testing.T) {
	for pattern, want := range map[string]bool{
		`^a`: true, `\Aa`: true, `a`: false, `a^b`: false, `^a|^b`: true, `^a|b`: false, `(?:^a)`: true, `(^a)b`: true, `(?m)^a`: false,
		`.*^a`: false, `(?:^a)?b`: false, `(?:)^a`: true, `^(?:a|b)`: true,
	} {
		if got := compiled(pattern).Anchored(); got != want {
			t.Errorf("%s: %v, want %v", pattern, got, want)
		}
	}
}

// What a pattern fits holds one of its literals, whatever pattern and text are.
func FuzzLiterals(f *testing.F) {
	for _, pattern := range []string{`^Failed \S+`, `(?i)KELVIN sign`, `a(?:bcd|efg+)h*`, `x{3,5}y`} {
		f.Add(pattern, "Failed x kelvin \u212aELVIN SIGN abcdh xxxxy")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		re, err := regexp.Compile(pattern)
		if err != nil || !re.MatchString(text) {
			return
		}
		p, err := Compile(pattern)
		if err != nil {
			return
		}
		set := p.Literals()
		if set != nil && !slices.ContainsFunc(set, func(s string) bool { return strings.Contains(lower(text), s) }) {
			t.Errorf("%q fits %q, which holds none of %q", pattern, text, set)
		}
	})
}

// The automaton finds what strings.Contains finds.
func TestTheAutomatonFindsAllLiterals(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	word := func(most int) string {
		b := make([]byte, 1+random.IntN(most))
		for i := range b {
			b[i] = "abcAB -"[random.IntN(7)]
		}
		return string(b)
	}
	for range 500 {
		literals, owners := make([]string, 1+random.IntN(20)), []int32{}
		for i := range literals {
			literals[i] = lower(word(5))
			owners = append(owners, int32(i))
		}
		a, text := newAutomaton(literals, owners), word(40)
		got := a.find(nil, []byte(text))
		slices.Sort(got)
		got = slices.Compact(got)
		var want []int32
		for i, s := range literals {
			if strings.Contains(lower(text), s) {
				want = append(want, int32(i))
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%q in %q: %v, want %v", literals, text, got, want)
		}
	}
}

func compiled(text string) *Pattern {
	p, err := Compile(text)
	if err != nil {
		panic(err)
	}
	return p
}
