package templates

import (
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/engine/event"
)

func TestExecute(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"text alone", "nothing to see", "nothing to see"},
		{"number", "{{ .data.vmid }} {{ .data.ratio }} {{ .data.zero }}", "101 0.875 0"},
		{"number without exponent", "{{ .data.big }}", "1000000000000000000000"},
		{"literals", "{{ 1 }} {{ 2.50 }} {{ `a` }} {{ true }} {{ 'a' }}", "1 2.5 a true 97"},
		{"bytes and duration", "{{ .data.size }} in {{ .data.took }}", "3 GiB in 3m 31s"},
		{"time in the zone of the event", "{{ .time }}, {{ .data.at }}", "2026-03-01 03:04:05, 2026-07-02 00:30:00"},
		{"list", "{{ .guest.tags }}; {{ .data.list }}", "prod, dmz; b, a, b, 3"},
		{"dictionary", "{{ .data.nested }}", `{"a":{"b":"deep"}}`},
		{"severity", "{{ .severity }}", "WARNING"},

		{"missing", "[{{ .data.nope }}{{ .nope }}{{ .data.nope.further.down }}{{ .host.x }}{{ .data.vmid.x.y }}]", "[]"},
		{"empty", "[{{ .data.nested.a.x }}{{ .guest.pool }}{{ dict }}{{ list }}]", "[]"},
		{"missing in a variable", "{{ $x := .data.nope }}[{{ $x }}{{ $x.y }}]", "[]"},
		{"missing in parentheses", "[{{ (.data.nope).x }}{{ (index .data.list 9).x }}]", "[]"},
		{"missing behind a bar", "[{{ .data.nope | upper | trunc 5 }}]", "[]"},
		{"missing as a default", "[{{ .data.nope | default .data.nope2 }}]", "[]"},
		{"missing in or, and", "[{{ or .data.nope .data.nope2 }}{{ and .host .data.nope }}{{ .data.nope | or .data.nope }}]", "[]"},
		{"missing in if and with", "{{ if .data.nope }}a{{ else }}b{{ end }}{{ with .nope }}a{{ else }}c{{ end }}", "bc"},
		{"missing in range", "[{{ range .data.nope }}x{{ end }}{{ range .nope.x }}x{{ else }}none{{ end }}]", "[none]"},
		{"missing in printf", "{{ printf `%s|%d|%.1f|%v` .data.nope .nope .nope.x }}", "|0|0.0|"},
		{"missing is false", "{{ eq .data.nope 0 }} {{ lt .data.nope 5 }} {{ ge .data.nope 0 }} {{ gt 5 .data.nope }} {{ le `` `a` }}", "false false false false false"},
		{"missing differs", "{{ ne .data.nope 0 }} {{ ne .data.nope `x` }}", "true true"},
		{"missing is empty text", "{{ eq .data.nope `` }} {{ eq .data.nope .nope }} {{ ne .data.nope `` }}", "true true false"},
		{"no field of a printed value", "[{{ .time.Year }}{{ .data.size.String }}{{ .severity.String }}{{ $.time.Location }}]", "[]"},

		{"numbers of two types", "{{ eq .data.vmid 101 }} {{ gt .data.size 1024 }} {{ lt .data.took .data.hour }} {{ eq .data.hour 3600 }} {{ le 3221225472 .data.size }}", "true true true true true"},
		{"text read as the other", "{{ eq .data.vmid `101` }} {{ gt .data.size `2GiB` }} {{ lt .data.took `1h` }} {{ gt `90` .data.ratio }} {{ lt .data.percent 90 }}", "true true true true true"},
		{"text against text", "{{ lt `a` `b` }} {{ gt `10` `9` }} {{ eq .host `pve1` }}", "true false true"},
		{"times", "{{ lt .time .data.at }} {{ gt .time `2026-01-01T00:00:00Z` }} {{ eq .time .time }}", "true true true"},
		{"severities", "{{ ge .severity `warning` }} {{ ge .severity `CRITICAL` }} {{ eq .severity `WARNING` }} {{ lt `INFO` .severity }} {{ eq .severity `loud` }}", "true false true true false"},
		{"no order", "{{ lt .data.list 5 }} {{ gt .data.text 5 }} {{ lt .data.ok true }} {{ eq .data.ok `true` }}", "false false false true"},
		{"eq of several", "{{ eq .host `a` `pve1` }} {{ eq .host `a` `b` }}", "true false"},
		{"lists", "{{ eq .data.list (list `b` `a` `b` 3) }} {{ eq .data.list (list `b`) }}", "true false"},

		{"range over a list", "{{ range $i, $x := .data.list }}{{ $i }}{{ $x }} {{ end }}", "0b 1a 2b 33 "},
		{"range over a dictionary", "{{ range $k, $v := dict `z` 1 `a` 2 }}{{ $k }}{{ $v }} {{ end }}", "a2 z1 "},
		{"range over a number", "{{ range 3 }}{{ . }}{{ end }}{{ range .data.zero }}x{{ else }}none{{ end }}{{ range -5 }}x{{ end }}", "012none"},
		{"range over one value", "{{ range .host }}<{{ . }}>{{ end }}{{ range .data.size }}<{{ . }}>{{ end }}", "<pve1><3 GiB>"},
		{"range with break and continue", "{{ range 9 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ if eq . 4 }}{{ break }}{{ end }}{{ . }}{{ end }}", "023"},
		{"range sets the dot", "{{ range list (dict `a` 1) .data.nested }}{{ .a }}{{ .nope.x }}{{ $.host }};{{ end }}", `1pve1;{"b":"deep"}pve1;`},
		{"with", "{{ with .data.nested }}{{ .a.b }}{{ with .a }}{{ .b }}{{ end }}{{ $.host }}{{ end }}", "deepdeeppve1"},
		{"with a variable", "{{ with $x := upper .host }}{{ $x }}{{ . }}{{ end }}", "PVE1PVE1"},
		{"else with", "{{ with .nope }}a{{ else with .host }}{{ . }}{{ end }}", "pve1"},
		{"if of zero", "{{ if .data.zero }}a{{ else }}b{{ end }}{{ if .data.vmid }}c{{ end }}", "bc"},
		{"the view itself", "{{ with . }}{{ .host }}{{ end }}{{ with $ }}{{ .host }}{{ end }}{{ get . `host` }}{{ hasKey $ `nope` }}{{ len (pick . `host`) }}", "pve1pve1pve1false1"},
		{"variables in a loop", "{{ $n := 0 }}{{ range .data.list }}{{ $n = add $n 1 }}{{ end }}{{ $n }}", "4"},
		{"pipeline", "{{ .data.path | base | regexFind `[0-9]+` | default `?` }}", "101"},
		{"function as an argument", "{{ len list }}{{ join `-` (list 1 2) }}", "01-2"},
		{"trimmed", "a {{- .host -}} b", "apve1b"},
		{"short circuit", "{{ if and .data.nope (regexFind .data.nope (repeat 9 `x`)) }}a{{ else }}b{{ end }}", "b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := run1(t, test.text); got != test.want {
				t.Errorf("%s\n got %q\nwant %q", test.text, got, test.want)
			}
		})
	}
}

func TestExecuteWithoutTimeUsesUTC(t *testing.T) {
	view := map[string]any{"at": time.Date(2026, 3, 1, 3, 0, 0, 0, zone(t, "Asia/Tokyo"))}
	out, err := parsed(t, "{{ .at }}").Execute(view)
	if want := "2026-02-28 18:00:00"; out != want || err != nil {
		t.Errorf("got %q, %v; want %q", out, err, want)
	}
}

func TestExecuteNeverShowsASecret(t *testing.T) {
	view := map[string]any{"local": map[string]any{"token": event.NewSecret("hunter2")}, "time": time.Time{}}
	for _, use := range []string{"{{ X }}", "{{ . }}", "{{ toJson . }}", "{{ printf `%v %s %q %x` X X X X }}", "{{ quote X }}", "{{ print (list X) }}",
		"{{ b64enc X }}", "{{ X.Reveal }}", "{{ X.value }}", "{{ regexFind `.*` X }}", "{{ range X }}{{ . }}{{ end }}", "{{ kindOf X }}"} {
		text := strings.ReplaceAll(use, "X", ".local.token")
		out, err := parsed(t, text).Execute(view)
		if strings.Contains(out, "hunter2") || strings.Contains(out, "aHVudGVyMg") || err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s shows the secret: %q, %v", text, out, err)
		}
	}
}

// A large text of the event goes through whole, whatever is done with it once.
func TestExecuteKeepsLargeTexts(t *testing.T) {
	mail := strings.Repeat("Grüße aus dem Keller.\n", 11_000) // about 240 KiB
	view := map[string]any{"data": map[string]any{"mail": mail}}
	for _, text := range []string{"{{ .data.mail }}", "{{ .data.mail | trim | replace `\r` `` }}", "{{ if .data.mail }}{{ .data.mail }}{{ else }}none{{ end }}", "{{ printf `%s` .data.mail }}", "{{ regexReplaceAll `\\s+$` .data.mail `` }}"} {
		out, err := parsed(t, text).Execute(view)
		if err != nil || strings.TrimSpace(out) != strings.TrimSpace(mail) {
			t.Errorf("%s: %d bytes of %d, %v", text, len(out), len(mail), err)
		}
	}
}

// Functions make new values; the event is the same afterwards.
func TestExecuteChangesNothing(t *testing.T) {
	view := sampleView(t)
	before := run1(t, "{{ . }}")
	for _, text := range []string{"append .data.list 1", "prepend .data.list 1", "reverse .data.list", "sortAlpha .data.list", "uniq .data.list", "without .data.list `b`",
		"compact .data.list", "merge .data (dict `vmid` 5)", "mergeOverwrite .data (dict `vmid` 5) (dict `nested` (dict `a` 1))", "omit .data `vmid`", "concat .data.list .data.list",
		"append (rest .data.list) 9", "append (slice .data.list 0 1) 9", "append (initial .data.list) 9"} {
		if _, err := parsed(t, "{{ "+text+" }}").Execute(view); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		after, err := parsed(t, "{{ . }}").Execute(view)
		if err != nil || after != before {
			t.Errorf("%s changes the view:\n%s\n%s", text, before, after)
		}
	}
}

func TestExecuteInParallel(t *testing.T) {
	tmpl := parsed(t, "{{ range .data.list }}{{ upper . }}{{ end }} {{ regexFind `[0-9]+` .data.path }} {{ dateInZone `15:04` .time `UTC` }}")
	view := sampleView(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if out, err := tmpl.Execute(view); err != nil || out != "BAB3 101 02:04" {
					t.Errorf("got %q, %v", out, err)
					return
				}
			}
		})
	}
	wg.Wait()
}
