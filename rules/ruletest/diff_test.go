package ruletest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiff(t *testing.T) {
	for _, c := range []struct{ want, got, diff string }{
		{"", "a", "+a"},
		{"a", "", "-a"},
		{"a b c", "a c", " a -b  c"},
		{"a b", "b a", "-a  b +a"},
		{"a b c d", "a x c y", " a -b +x  c -d +y"},
		{"a a a a a a a a a a b", "a a a a a a a a a a c", " a  a  … 6 more  a  a -b +c"},
		{"x", "x y y y y y y y y", " x +y +y +… 4 more +y +y"},
	} {
		got := written(diff(strings.Fields(c.want), strings.Fields(c.got)))
		if diff := cmp.Diff(c.diff, got); diff != "" {
			t.Errorf("%q and %q (-want +got):\n%s", c.want, c.got, diff)
		}
	}
}

func written(lines []Line) string {
	list := make([]string, len(lines))
	for i, l := range lines {
		list[i] = string(l.Sign) + l.Text
	}
	return strings.Join(list, " ")
}

// TestDiffIsBounded compares lists as long as a test can make them.
func TestDiffIsBounded(t *testing.T) {
	long := slices.Repeat([]string{"a", "b"}, 50_000)
	odd := slices.Repeat([]string{"b", "c"}, 50_000)
	for name, lines := range map[string][]Line{
		"nothing in common":    diff(long, odd),
		"one missing far away": diff(long, slices.Delete(slices.Clone(long), 90_000, 90_001)),
		"many small ones":      diff(slices.Repeat([]string{"a", "b"}, 400), slices.Repeat([]string{"a", "c"}, 400)),
	} {
		if len(lines) > maxLines+1 || !slices.ContainsFunc(lines, func(l Line) bool { return l.Sign != ' ' }) {
			t.Errorf("%s: %d lines: %s", name, len(lines), written(lines))
		}
	}
}

// TestDiffLeadsFromOneToTheOther reads both lists off every comparison.
func TestDiffLeadsFromOneToTheOther(t *testing.T) {
	for i := range 6 * 6 * 6 {
		want, got := strings.Split(fmt.Sprintf("%03b", i%8), ""), strings.Split(fmt.Sprintf("%04b", i/8%16), "")
		var a, b []string
		for _, l := range diff(want, got) {
			if l.Sign != '+' {
				a = append(a, l.Text)
			}
			if l.Sign != '-' {
				b = append(b, l.Text)
			}
		}
		if !slices.Equal(a, want) || !slices.Equal(b, got) {
			t.Errorf("%v and %v: read %v and %v", want, got, a, b)
		}
	}
}
