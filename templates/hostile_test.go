package templates

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"tocsin/engine/event"
)

// hostile are templates that would run for ever, take all memory, or print
// without end. Each must stop with this reason.
var hostile = []struct{ name, text, reason string }{
	{"empty loop", "{{ range 2000000000 }}{{ end }}", "steps"},
	{"loop over a float", "{{ range 2e300 }}{{ end }}", "steps"},
	{"loops in loops", strings.Repeat("{{ range 5000 }}", 50) + strings.Repeat("{{ end }}", 50), "steps"},
	{"skipped body", "{{ range 2000000000 }}{{ continue }}{{ end }}", "steps"},
	{"dear body", "{{ range 1000000 }}" + strings.Repeat("{{ if true }}{{ end }}", 2500) + "{{ end }}", "steps"},
	{"many variables", variables(90) + "{{ range 1000000 }}{{ $v0 = $v1 }}{{ end }}", "steps"},
	{"loop that prints", "{{ range 1000000 }}0123456789{{ end }}", "grows"},
	{"loop that prints the event", "{{ range 1000 }}{{ .data.mail }}{{ $.data.mail }}{{ end }}", "grows"},
	{"doubling", "{{ $x := `xxxxxxxx` }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}", "grows"},
	{"repeat", "{{ repeat 2000000000 `x` }}", "grows"},
	{"repeat of much", "{{ repeat 9223372036854775807 .data.mail }}", "grows"},
	{"indent", "{{ indent 1000000000 `x` }}", "at most 200"},
	{"nindent of lines", "{{ $n := repeat 20000 `\n` }}{{ nindent 200 $n }}", "grows"},
	{"width", "{{ printf (replace `N` `1000000000` `%Ns`) 1 }}", "at most 200"},
	{"printf of much", "{{ printf (repeat 20000 `%200d`) 1 }}", "grows"},
	{"until", "{{ until 1000000000 }}", "more than 10000"},
	{"untilStep", "{{ untilStep 0 1000000000 1 }}", "more than 10000"},
	{"seq", "{{ seq 1000000000 }}", "more than 10000"},
	{"replace with much", "{{ replace `a` (repeat 60000 `b`) (repeat 60000 `a`) }}", "grows"},
	{"join with much", "{{ join (repeat 60000 `b`) (until 10000) }}", "grows"},
	{"wrap with much", "{{ wrapWith 1 (repeat 60000 `b`) (repeat 60000 `a`) }}", "grows"},
	{"groups of a match", "{{ regexReplaceAll `(?s).*` (repeat 60000 `a`) (repeat 30000 `$0`) }}", "grows"},
	{"large pattern", "{{ range 100 }}{{ regexMatch `(.{0,900}){1,1}x` $.data.mail }}{{ end }}", "steps"},
	{"many patterns", "{{ range 100000 }}{{ regexMatch (print `a{1,800}` .) `b` }}{{ end }}", "steps"},
	{"oversized pattern", "{{ regexMatch (repeat 90 `.{999}`) `b` }}", "too large"},
	{"list of itself", "{{ $l := list 1 1 }}{{ range 1000 }}{{ $l = list $l $l }}{{ end }}", "more than"},
	{"deep list", "{{ $l := list }}{{ range 1000 }}{{ $l = list $l }}{{ end }}", "levels"},
	{"deep dictionary", "{{ $d := dict }}{{ range 1000 }}{{ $d = dict `k` $d }}{{ end }}", "levels"},
	{"growing list", "{{ $l := list }}{{ range 100000 }}{{ $l = append $l . }}{{ end }}", "steps"},
	{"merged dictionaries", "{{ $d := dict }}{{ range $i := until 5000 }}{{ $d = merge $d (dict (print $i) $i) }}{{ end }}", "steps"},
	{"deep JSON", "{{ fromJson (print (repeat 5000 `[`) (repeat 5000 `]`)) }}", "levels"},
	{"much JSON", "{{ range 10000 }}{{ $x := fromJson $.data.json }}{{ end }}", "steps"},
	{"upper in a loop", "{{ range 100000 }}{{ $x := upper $.data.mail }}{{ end }}", "steps"},
	{"title in a loop", "{{ range 100000 }}{{ $x := title $.data.mail }}{{ end }}", "steps"},
	{"wrap in a loop", "{{ range 100000 }}{{ $x := wrap 1000 $.data.words }}{{ end }}", "steps"},
	{"sort in a loop", "{{ $l := splitList `` $.data.words }}{{ range 100000 }}{{ $x := sortAlpha $l }}{{ end }}", "steps"},
	{"uniq in a loop", "{{ $l := until 10000 }}{{ range 100000 }}{{ $x := uniq $l }}{{ end }}", "steps"},
	{"search in a loop", "{{ $l := until 10000 }}{{ range 100000 }}{{ $x := has `x` $l }}{{ end }}", "steps"},
	{"difference in a loop", "{{ $l := until 10000 }}{{ range 100000 }}{{ $x := without $l 1 2 3 4 5 6 7 8 9 }}{{ end }}", "steps"},
	{"comparison in a loop", "{{ $l := until 10000 }}{{ range 100000 }}{{ $x := eq $l $l }}{{ end }}", "steps"},
	{"decimals in a loop", "{{ range 100000 }}{{ $x := addf" + strings.Repeat(" 1e-300 1e300", 90) + " }}{{ end }}", "steps"},
	{"division in a loop", "{{ range 100000 }}{{ $x := divf" + strings.Repeat(" 1.2345678901234567e-300 1.3e300", 90) + " }}{{ end }}", "steps"},
	{"product in a loop", "{{ range 100000 }}{{ $x := mulf" + strings.Repeat(" 1.2345678901234567e300", 180) + " }}{{ end }}", "steps"},
	{"versions in a loop", "{{ range 100000 }}{{ $x := semverCompare `" + strings.Repeat("1,", 49) + "1` `1.2.3-beta.1` }}{{ end }}", "steps"},
	{"JSON in a loop", "{{ range 100000 }}{{ $x := toPrettyJson $ }}{{ end }}", "steps"},
	{"matches in a loop", "{{ range 100000 }}{{ $x := regexFindAll `` $.data.words -1 }}{{ end }}", "steps"},
	{"snake in a loop", "{{ range 100000 }}{{ $x := snakecase $.data.mail }}{{ end }}", "steps"},
	{"quote in a loop", "{{ range 100000 }}{{ $x := quote $.data.words }}{{ end }}", "steps"},
	{"matches of nothing", "{{ range 100000 }}{{ $x := regexReplaceAll `` $.data.mail `` }}{{ end }}", "steps"},
}

func variables(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("{{ $v" + event.Text(i) + " := 1 }}")
	}
	return b.String()
}

func TestHostileTemplatesStop(t *testing.T) {
	view := map[string]any{"data": map[string]any{
		"mail":  strings.Repeat("über den Wolken\n", 15_000),
		"words": strings.Repeat("a \"b\" ", 10_000),
		"json":  "[" + strings.Repeat("1,", 9_000) + "1]",
	}}
	for _, test := range hostile {
		t.Run(test.name, func(t *testing.T) {
			var before, after runtime.MemStats
			tmpl := parsed(t, test.text)
			runtime.ReadMemStats(&before)
			start := time.Now()
			out, err := tmpl.Execute(view)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Fatalf("no error, %d bytes of text", len(out))
			}
			if !strings.Contains(err.Error(), test.reason) {
				t.Errorf("error %q does not say %q", err, test.reason)
			}
			if out != "" {
				t.Errorf("a failed template yields text of %d bytes", len(out))
			}
			if took > 10*time.Second { // a tenth of a second, but for a slow machine and the race detector
				t.Errorf("stopped after %v only", took)
			}
			// The heap's size counts what was held at once; what was allocated in all
			// says little, as the race detector defeats the pools of regexp.
			if grown := int64(after.HeapSys - before.HeapSys); grown > 64<<20 {
				t.Errorf("the heap grew by %d MiB", grown>>20)
			}
		})
	}
}
