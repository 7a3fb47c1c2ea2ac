package edit_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"tocsin/rules/edit"
)

// writer writes files as no one would: comments in every place, tabs and
// blanks, both line ends, heredocs, one-line blocks, maps in maps.
type writer struct {
	r       *rand.Rand
	b       strings.Builder
	n       int // of comments and names, so that each is another
	unit    string
	targets []string // addresses of arguments that are there
	single  map[string]bool
}

func (w *writer) pick(list ...string) string { return list[w.r.IntN(len(list))] }

func (w *writer) chance(percent int) bool { return w.r.IntN(100) < percent }

// remark is sometimes a comment in the middle of a line.
func (w *writer) remark() string {
	if !w.chance(25) {
		return w.pick("", " ", "  ", "\t")
	}
	w.n++
	return fmt.Sprintf(" /* r%d */ ", w.n)
}

// behind is what ends a line: nothing, blanks or a comment.
func (w *writer) behind() string {
	w.n++
	return w.pick("", "", " ", fmt.Sprintf(" # b%d", w.n), fmt.Sprintf("\t// \"b%d\" {", w.n), fmt.Sprintf(" /* b%d */", w.n), fmt.Sprintf(" /* b%d\n over lines */", w.n)) + "\n"
}

// between is what stands on lines of its own.
func (w *writer) between(indent string) {
	for range w.r.IntN(3) {
		w.n++
		w.b.WriteString(w.pick("\n", "\n", indent+fmt.Sprintf("# c%d ${x} = {\n", w.n), fmt.Sprintf("// c%d\n", w.n), indent+fmt.Sprintf("/* c%d\n   a = 1 */\n", w.n)))
	}
}

func (w *writer) name() string { w.n++; return fmt.Sprintf("%s%d", w.pick("a", "name", "x_"), w.n) }

// value writes a value; lines says whether it may take several.
func (w *writer) value(indent string, depth int, lines bool) string {
	w.n++
	switch n := w.r.IntN(10); {
	case n < 2:
		return fmt.Sprintf("%d", w.n)
	case n < 3:
		return w.pick("true", "false", "null", "-1.5")
	case n < 4 && lines && depth == 0:
		return fmt.Sprintf("<<-EOT\n%s  text %d # no comment\n\n%s\t $${x} \"q\"\n%s EOT", indent, w.n, indent, indent)
	case n < 5 && lines && depth == 0:
		return fmt.Sprintf("<<X\ntext %d\n{\nX", w.n)
	case n < 7 && depth < 3:
		return w.list(indent, depth, lines)
	case n < 9 && depth < 3:
		return w.object(indent, depth, lines)
	}
	return fmt.Sprintf("%q", w.pick("text ", "a # b ", "// ", "{{ .x }} \\ ", "ä€ ")+fmt.Sprint(w.n))
}

func (w *writer) list(indent string, depth int, lines bool) string {
	n := w.r.IntN(4)
	if !lines || w.chance(50) {
		out := "[" + w.remark()
		for i := range n {
			out += w.value(indent, depth+1, false)
			if i < n-1 || w.chance(20) {
				out += w.remark() + "," + w.remark()
			}
		}
		return out + w.remark() + "]"
	}
	out := "[" + w.behind()
	for i := range n {
		if w.chance(30) {
			w.n++
			out += indent + w.unit + fmt.Sprintf("# e%d\n", w.n)
		}
		out += indent + w.unit + w.value(indent+w.unit, depth+1, true)
		if i < n-1 || w.chance(50) {
			out += w.pick("", " ") + ","
		}
		out += w.behind()
	}
	return out + indent + "]"
}

func (w *writer) object(indent string, depth int, lines bool) string {
	n := w.r.IntN(4)
	key := func() string {
		k := w.name()
		return w.pick(k, `"`+k+`"`, `"`+k+` x"`) + w.pick(" = ", "=", ": ", "   = ")
	}
	if !lines || w.chance(40) {
		out := "{" + w.remark()
		for i := range n {
			out += key() + w.value(indent, depth+1, false)
			if i < n-1 || w.chance(20) {
				out += w.remark() + "," + w.remark()
			}
		}
		return out + w.remark() + "}"
	}
	out := "{" + w.behind()
	for range n {
		if w.chance(30) {
			w.n++
			out += indent + w.unit + fmt.Sprintf("// e%d\n", w.n)
		}
		out += indent + w.unit + key() + w.value(indent+w.unit, depth+1, true) + w.pick("", "", ",") + w.behind()
	}
	return out + indent + "}"
}

// block writes a block and notes the arguments in it.
func (w *writer) block(indent, head, address string, nested bool) {
	w.between(indent)
	if w.chance(20) {
		if w.chance(50) {
			w.b.WriteString(indent + head + " {" + w.remark() + "}" + w.behind())
			w.single[address] = true
			return
		}
		name := w.name()
		w.b.WriteString(indent + head + w.pick("{ ", " { ", " {") + w.remark() + name + " = " + w.value(indent, 1, false) + w.remark() + "}" + w.behind())
		w.targets = append(w.targets, address+"."+name)
		w.single[address] = true
		return
	}
	inner := indent + w.unit
	w.b.WriteString(indent + head + w.pick(" {", "{") + w.behind())
	for range w.r.IntN(5) {
		w.between(inner)
		name := w.name()
		w.b.WriteString(inner + name + w.pick(" = ", "=", "\t=  ", "     = ") + w.value(inner, 0, true))
		if strings.HasSuffix(w.b.String(), "EOT") || strings.HasSuffix(w.b.String(), "\nX") {
			w.b.WriteString("\n")
		} else {
			w.b.WriteString(w.behind())
		}
		w.targets = append(w.targets, address+"."+name)
	}
	if nested {
		for _, kind := range []string{"toggles", "quiet_hours"} {
			if w.chance(40) {
				w.block(inner, kind, address+"."+kind, false)
			}
		}
	}
	w.between(inner)
	w.b.WriteString(indent + "}" + w.behind())
}

// write makes a file of blocks.
func write(seed uint64) (src []byte, w *writer) {
	w = &writer{r: rand.New(rand.NewPCG(seed, 7)), single: map[string]bool{}}
	w.unit = w.pick("  ", "\t", "    ", "   ")
	for i := range 1 + w.r.IntN(5) {
		switch w.r.IntN(4) {
		case 0:
			name := fmt.Sprintf("chan %d", i)
			w.block("", fmt.Sprintf("channel log %q", name), fmt.Sprintf("channel.log[%q]", name), true)
		case 1:
			w.block("", fmt.Sprintf("event \"e%d\"", i), fmt.Sprintf("event.e%d", i), false)
		case 2:
			w.block("", fmt.Sprintf("rule %q", fmt.Sprintf("rule %d", i)), fmt.Sprintf("rule[%q]", fmt.Sprintf("rule %d", i)), false)
		case 3:
			if i == 0 {
				w.block("", "toggles", "toggles", false)
			}
		}
	}
	w.between("")
	text := w.b.String()
	if w.chance(30) {
		text = strings.TrimRight(text, "\n")
	}
	if w.chance(30) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if w.chance(10) {
		text = "\ufeff" + text
	}
	return []byte(text), w
}

// comments lists the comments of a file.
func comments(src []byte) []string {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	var out []string
	for _, t := range tokens {
		if t.Type == hclsyntax.TokenComment {
			out = append(out, string(bytes.TrimSpace(t.Bytes)))
		}
	}
	return out
}

// lost returns the comments of a that b does not have.
func lost(a, b []byte) []string {
	there := map[string]int{}
	for _, c := range comments(b) {
		there[c]++
	}
	var out []string
	for _, c := range comments(a) {
		if there[c]--; there[c] < 0 {
			out = append(out, c)
		}
	}
	return out
}

// changedLines returns the lines of a, from 1, between which it differs from b.
func changedLines(a, b []byte) (from, to int) {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	j, k := len(a), len(b)
	for j > i && k > i && a[j-1] == b[k-1] {
		j, k = j-1, k-1
	}
	return 1 + bytes.Count(a[:i], []byte("\n")), 1 + bytes.Count(a[:j], []byte("\n"))
}

// trees is how many files each property looks at.
func trees() int {
	if os.Getenv("TOCSIN_LONG") != "" {
		return 5000
	}
	return 200
}

func apply(t *testing.T, seed uint64, src []byte, edits ...edit.Edit) []byte {
	t.Helper()
	r, err := edit.Apply(edit.Tree{Files: map[string][]byte{"a.hcl": src}, Edits: "a.hcl"}, edits...)
	if err != nil {
		t.Fatalf("seed %d, %+v: %v\n%s", seed, edits, err, src)
	}
	out, changed := r.Changed["a.hcl"]
	if !changed {
		return src
	}
	return out
}

func look(t *testing.T, src []byte, path string) (string, edit.Place) {
	t.Helper()
	text, at, err := edit.Look(edit.Tree{Files: map[string][]byte{"a.hcl": src}}, path)
	if err != nil {
		t.Fatal(err)
	}
	return text, at
}

// sane checks what holds for every edit.
func sane(t *testing.T, seed uint64, e edit.Edit, before, after []byte) {
	t.Helper()
	if _, diags := hclsyntax.ParseConfig(after, "", hcl.InitialPos); diags.HasErrors() {
		t.Fatalf("seed %d, %+v: %v\n%s\nbecomes\n%s", seed, e, diags, before, after)
	}
	if bytes.Contains(before, []byte("\r\n")) && bytes.Count(after, []byte("\n")) != bytes.Count(after, []byte("\r\n")) {
		t.Fatalf("seed %d, %+v: mixed line ends\n%q", seed, e, after)
	}
	if bytes.HasSuffix(before, []byte("\n")) != bytes.HasSuffix(after, []byte("\n")) && len(before) > 3 {
		t.Fatalf("seed %d, %+v: the end of the file\n%q\nbecomes\n%q", seed, e, before, after)
	}
	if bytes.HasPrefix(before, []byte("\ufeff")) != bytes.HasPrefix(after, []byte("\ufeff")) {
		t.Fatalf("seed %d, %+v: the byte order mark\n%q\nbecomes\n%q", seed, e, before, after)
	}
}

// means evaluates a literal.
func means(t *testing.T, src string) string {
	t.Helper()
	if strings.HasPrefix(src, "<<") {
		src += "\n"
	}
	expr, diags := hclsyntax.ParseExpression([]byte(src), "", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%q: %v", src, diags)
	}
	v, diags := expr.Value(nil)
	if diags.HasErrors() {
		t.Fatalf("%q: %v", src, diags)
	}
	return strings.ReplaceAll(strings.ReplaceAll(v.GoString(), `\r\n`, `\n`), `\n")`, `")`)
}

// TestSetChangesOnlyItsLines sets random arguments to random values: every
// comment outside of the value stays, every line beside it too, and the value
// reads back.
func TestSetChangesOnlyItsLines(t *testing.T) {
	for seed := range uint64(trees()) {
		src, w := write(seed)
		if len(w.targets) == 0 {
			continue
		}
		e := set(w.targets[w.r.IntN(len(w.targets))], w.value("", 0, true))
		if strings.HasPrefix(e.Value, "<<") {
			continue // a heredoc is made, not given
		}
		old, at := look(t, src, e.Path)
		out := apply(t, seed, src, e)
		sane(t, seed, e, src, out)
		now, _ := look(t, out, e.Path)
		if means(t, now) != means(t, e.Value) {
			t.Fatalf("seed %d: %s is %s, want %s\n%s\nbecomes\n%s", seed, e.Path, now, e.Value, src, out)
		}
		if from, to := changedLines(src, out); !bytes.Equal(src, out) && (from < at.Line || to > at.Line+strings.Count(old, "\n")) {
			t.Fatalf("seed %d: %s stands at %d to %d, but %d to %d changed\n%s\nbecomes\n%s", seed, e.Path, at.Line, at.Line+strings.Count(old, "\n"), from, to, src, out)
		}
		for _, c := range lost(src, out) {
			if !strings.Contains(strings.ReplaceAll(old, "\r\n", "\n"), strings.ReplaceAll(c, "\r\n", "\n")) {
				t.Fatalf("seed %d: %s: the comment %q is lost\n%s\nbecomes\n%s", seed, e.Path, c, src, out)
			}
		}
	}
}

// TestUnsetAfterSet: what set added, unset takes away, to the byte. Only a block
// of one line that was opened stays open, and an empty block without a comment
// goes.
func TestUnsetAfterSet(t *testing.T) {
	for seed := range uint64(trees()) {
		src, w := write(seed)
		path := w.pick("toggles.fresh", "dedup.fresh", "cooldown.fresh")
		if len(w.targets) > 0 && w.chance(70) {
			path = w.targets[w.r.IntN(len(w.targets))]
			path = path[:strings.LastIndex(path, ".")]
			if w.single[path] {
				continue
			}
			path += w.pick(".fresh", ".fresh_and_long")
		}
		if w.single["toggles"] && strings.HasPrefix(path, "toggles.") {
			continue
		}
		if strings.HasPrefix(path, "toggles.") && strings.Contains(string(src), "toggles {") {
			continue // may be there and empty
		}
		v := w.value("", 0, true)
		if strings.HasPrefix(v, "<<") {
			continue
		}
		e := set(path, v)
		there := apply(t, seed, src, e)
		sane(t, seed, e, src, there)
		if len(lost(src, there)) > 0 {
			t.Fatalf("seed %d: %s loses %q\n%s\nbecomes\n%s", seed, path, lost(src, there), src, there)
		}
		back := apply(t, seed, there, unset(path))
		if !bytes.Equal(src, back) {
			t.Fatalf("seed %d: set and unset of %s\n%q\nbecomes\n%q\nand then\n%q", seed, path, src, there, back)
		}
	}
}

// TestUnset takes random arguments away: nothing else changes, and no comment
// that is not directly above or behind is lost.
func TestUnset(t *testing.T) {
	for seed := range uint64(trees()) {
		src, w := write(seed)
		if len(w.targets) == 0 {
			continue
		}
		e := unset(w.targets[w.r.IntN(len(w.targets))])
		out := apply(t, seed, src, e)
		if len(out) > 3 {
			sane(t, seed, e, src, out)
		}
		if now, _ := look(t, out, e.Path); now != "" {
			t.Fatalf("seed %d: %s is still there", seed, e.Path)
		}
		for _, other := range w.targets {
			if was, _ := look(t, src, other); other != e.Path && was != "" {
				if now, _ := look(t, out, other); now != was {
					t.Fatalf("seed %d: unset %s: %s was %q and is %q", seed, e.Path, other, was, now)
				}
			}
		}
	}
}

// TestInside changes elements of lists and keys of maps, and takes them away
// again.
func TestInside(t *testing.T) {
	count := 0
	for seed := range uint64(trees()) {
		src, w := write(seed)
		for _, path := range w.targets {
			old, at := look(t, src, path)
			var e, back edit.Edit
			switch {
			case strings.HasPrefix(old, "["):
				e = add(path, `"fresh one"`)
				back = without(path, `"fresh one"`)
			case strings.HasPrefix(old, "{"):
				e = set(path+`["fresh key"]`, `"v"`)
				back = unset(path + `["fresh key"]`)
			default:
				continue
			}
			count++
			there := apply(t, seed, src, e)
			sane(t, seed, e, src, there)
			if lost := lost(src, there); len(lost) > 0 {
				t.Fatalf("seed %d: %s loses %q\n%s\nbecomes\n%s", seed, path, lost, src, there)
			}
			if from, to := changedLines(src, there); from < at.Line || to > at.Line+strings.Count(old, "\n") {
				t.Fatalf("seed %d: %s changes %d to %d\n%s\nbecomes\n%s", seed, path, from, to, src, there)
			}
			again := apply(t, seed, there, back)
			if now, _ := look(t, again, path); means(t, now) != means(t, old) {
				t.Fatalf("seed %d: %s was %s, is %s", seed, path, old, now)
			}
			if lost := lost(src, again); len(lost) > 0 {
				t.Fatalf("seed %d: %s loses %q\n%s\nbecomes\n%s\nand\n%s", seed, path, lost, src, there, again)
			}
		}
	}
	if count < trees()/4 {
		t.Errorf("only %d lists and maps", count)
	}
}
