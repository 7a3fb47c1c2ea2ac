package textdiff_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"tocsin/rules/textdiff"
)

// merged returns the merge of words as words, or the base's words that overlap.
func merged(base, mine, theirs string) (string, string) {
	a, b := strings.Fields(mine), strings.Fields(theirs)
	lines, overlaps := textdiff.Merge(strings.Fields(base), a, b)
	var out, over []string
	for _, l := range lines {
		if l.Mine {
			out = append(out, a[l.Index])
		} else {
			out = append(out, b[l.Index])
		}
	}
	for _, o := range overlaps {
		over = append(over, strings.Join(strings.Fields(base)[o.Base.From:o.Base.To], " ")+":"+strings.Join(a[o.Mine.From:o.Mine.To], " ")+":"+strings.Join(b[o.Theirs.From:o.Theirs.To], " "))
	}
	return strings.Join(out, " "), strings.Join(over, ", ")
}

func TestMerge(t *testing.T) {
	for _, tt := range []struct{ name, base, mine, theirs, want, overlap string }{
		{"nothing", "a b c", "a b c", "a b c", "a b c", ""},
		{"mine", "a b c", "a x c", "a b c", "a x c", ""},
		{"theirs", "a b c", "a b c", "a x c", "a x c", ""},
		{"apart", "a b c d", "x b c d", "a b c y", "x b c y", ""},
		{"next to each other", "a b c", "a x c", "a b y", "a x y", ""},
		{"the same", "a b c", "a x c", "a x c", "a x c", ""},
		{"the same line", "a b c", "a x c", "a y c", "", "b:x:y"},
		{"gone and changed", "a b c", "a c", "a y c", "", "b::y"},
		{"gone, and more behind it", "a b c", "a c", "a b y c", "a y c", ""},
		{"both add there", "a c", "a x c", "a y c", "", ":x:y"},
		{"moved", "a b c d e", "a b X d e", "n a b c d e", "n a b X d e", ""},
		{"over several", "a b c d e", "a X e", "a b Y d e", "", "b c d:X:b Y d"},
	} {
		if got, over := merged(tt.base, tt.mine, tt.theirs); got != tt.want || over != tt.overlap {
			t.Errorf("%s: %q, overlap %q", tt.name, got, over)
		}
	}
}

// TestMergeKeepsEverything: what one side did is there, and with the base on the
// other side nothing else is.
func TestMergeKeepsEverything(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 3))
		text := func() string {
			var words []string
			for range r.IntN(12) {
				words = append(words, string(rune('a'+r.IntN(5))))
			}
			return strings.Join(words, " ")
		}
		base, other := text(), text()
		if got, over := merged(base, other, base); got != other || over != "" {
			t.Fatalf("mine alone: %q and %q: %q, %q", base, other, got, over)
		}
		if got, over := merged(base, base, other); got != other || over != "" {
			t.Fatalf("theirs alone: %q and %q: %q, %q", base, other, got, over)
		}
		if got, over := merged(base, other, other); got != other || over != "" {
			t.Fatalf("both alike: %q and %q: %q, %q", base, other, got, over)
		}
		merged(base, other, text()) // must not panic
	}
}
