package textdiff

import (
	"fmt"
	"strings"
)

// context is how many equal lines are shown around a difference.
const context = 3

// Unified returns the unified diff that leads from old to new, or nothing when
// they are equal. A text without a newline at its end is marked as such.
func Unified(oldName, newName string, old, new []byte) string {
	a, b := lines(old), lines(new)
	edits := compare(a, b)
	if len(edits) == 0 {
		return ""
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", oldName, newName)
	for len(edits) > 0 {
		n := 1
		for n < len(edits) && edits[n].from-edits[n-1].to <= 2*context {
			n++
		}
		hunk(&out, a, b, edits[:n])
		edits = edits[n:]
	}
	return out.String()
}

// lines splits a text; each line keeps its end.
func lines(text []byte) []string {
	list := strings.SplitAfter(string(text), "\n")
	if list[len(list)-1] == "" {
		return list[:len(list)-1]
	}
	return list
}

// hunk writes edits that stand close together, with what is around them.
func hunk(out *strings.Builder, a, b []string, edits []edit) {
	first, last := edits[0], edits[len(edits)-1]
	from, to := max(first.from-context, 0), min(last.to+context, len(a))
	newFrom, newTo := first.at-(first.from-from), last.at+last.added+(to-last.to)
	fmt.Fprintf(out, "@@ -%s +%s @@\n", span(from, to), span(newFrom, newTo))
	at := from
	for _, e := range edits {
		write(out, " ", a[at:e.from])
		write(out, "-", a[e.from:e.to])
		write(out, "+", b[e.at:e.at+e.added])
		at = e.to
	}
	write(out, " ", a[at:to])
}

// span writes a range of lines as patch counts them.
func span(from, to int) string {
	switch to - from {
	case 0:
		return fmt.Sprintf("%d,0", from)
	case 1:
		return fmt.Sprint(from + 1)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}

func write(out *strings.Builder, sign string, list []string) {
	for _, line := range list {
		out.WriteString(sign + line)
		if !strings.HasSuffix(line, "\n") {
			out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}
