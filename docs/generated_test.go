package docs_test

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"tocsin/builtin"
	"tocsin/channels/all"
	"tocsin/docs"
	"tocsin/engine/event"
	"tocsin/rules"
	"tocsin/sources/health"
	"tocsin/sources/journal"
	"tocsin/sources/log"
	"tocsin/sources/probe"
	"tocsin/sources/pve"
	"tocsin/sources/tasks"
	"tocsin/templates"
)

// TestGenerated compares the parts of the page that are made from code with
// what they would be now; -update rewrites them.
func TestGenerated(t *testing.T) {
	config, _, _ := load(t, "")
	for name, make := range map[string]func() string{
		"kinds": kinds, "template functions": functions, "wire functions": wire,
		"bursts": func() string { return bursts(config) }, "events": func() string { return events(config) },
		"sources": func() string { return sources(config) }, "facts": facts,
	} {
		begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->\n"
		page := docs.Language()
		from, to := strings.Index(page, begin)+len(begin), strings.Index(page, end)
		if from < len(begin) || to < from {
			t.Fatalf("the page has no part %q", name)
		}
		want := "\n" + make() + "\n"
		if page[from:to] == want {
			continue
		}
		if *update {
			rewrite(t, []fence{{from: from, to: to, text: want}})
			t.Fatalf("%s: rewritten; run again", name)
		}
		t.Errorf("%s: the page is stale, run go test ./docs -update", name)
	}
}

// kinds describes the fields of every kind of channel.
func kinds() string {
	var b strings.Builder
	for i, k := range all.Kinds(all.Options{Stdout: io.Discard}) {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "**%s**: %s\n\n| field | example | default | meaning |\n|---|---|---|---|\n", k.Name, k.Doc)
		for _, f := range k.Fields {
			fallback := f.Default
			if f.Required {
				fallback = "required"
			}
			fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", f.Name, f.Example, fallback, f.Doc)
		}
	}
	return b.String()
}

// functions lists what templates may call.
func functions() string { return listed(templates.Functions()) }

// wire lists what templates of requests may call besides.
func wire() string { return listed(templates.Wire()) }

func listed(functions []templates.Function) string {
	var b strings.Builder
	b.WriteString("| call | yields |\n|---|---|\n")
	for _, f := range functions {
		fmt.Fprintf(&b, "| `%s` | %s |\n", f.Use, strings.ReplaceAll(f.Doc, "|", `\|`))
	}
	return b.String()
}

// bursts lists the bursts of the pack.
func bursts(config *rules.Config) string {
	var b strings.Builder
	b.WriteString("| burst | events | flood |\n|---|---|---|\n")
	for _, burst := range config.Catalogue.Bursts {
		fmt.Fprintf(&b, "| `%s` | `%s` | %d in %s |\n", burst.Name, strings.Join(burst.Events, "` `"), burst.Threshold, event.Duration(burst.Window))
	}
	return b.String()
}

// sources lists the sources of the pack.
func sources(config *rules.Config) string {
	var b strings.Builder
	b.WriteString("| source | events | who writes, works or posts, or what is looked at |\n|---|---|---|\n")
	for _, s := range config.Sources {
		var who []string
		switch rule := s.Spec.(type) {
		case *journal.Rule:
			who = rule.Identifiers
		case *tasks.Rule:
			who = rule.Workers
		case *pve.Rule:
			if who = rule.Notifications; who == nil {
				who = []string{"any other"}
			}
		case *log.Rule:
			who = []string{rule.Path}
		case *probe.Rule:
			who = append(slices.Clone(rule.Command), rule.Path+rule.Address)
			who = slices.DeleteFunc(who, func(word string) bool { return word == "" })
		case *health.Rule:
			for _, fact := range rule.Reads() {
				who = append(who, "host."+fact)
			}
		}
		off := ""
		if !s.Enabled {
			off = ", off"
		}
		fmt.Fprintf(&b, "| `%s` `%s`%s | `%s` | %s |\n", s.Kind, s.Name, off, strings.Join(s.Emits, "` `"), "`"+strings.Join(who, "` `")+"`")
	}
	return b.String()
}

// facts lists what can be read of a host.
func facts() string {
	var b strings.Builder
	b.WriteString("| fact | items by | what it is, and its fields |\n|---|---|---|\n")
	for _, f := range health.Facts() {
		var fields []string
		for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
			fields = append(fields, fmt.Sprintf("`%s` %s", name, f.Fields[name]))
		}
		key := "-"
		if f.Each {
			key = "`" + f.Key + "`"
		}
		fmt.Fprintf(&b, "| `host.%s` | %s | %s %s |\n", f.Name, key, f.Doc, strings.Join(fields, ", "))
	}
	return b.String()
}

// events lists the catalogue of the pack.
func events(config *rules.Config) string {
	var b strings.Builder
	b.WriteString("| event | group | severity | default | what |\n|---|---|---|---|---|\n")
	for _, e := range config.Catalogue.Events {
		on := "on"
		if !e.Enabled {
			on = "off"
		}
		if e.Live {
			on += ", live"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s |\n", e.Name, e.Group, e.Severity, on, e.Summary)
	}
	return b.String()
}

// TestServices compares the page of declared services with what the pack has.
func TestServices(t *testing.T) {
	config, diags := rules.Load(rules.Input{
		Pack: builtin.Files(), EveryService: true, Kinds: all.Kinds(all.Options{Stdout: io.Discard}), Declared: all.Open(all.Options{Stdout: io.Discard}).Declared,
	})
	if config == nil {
		t.Fatal(diags)
	}
	want := services(config)
	if *update {
		if err := os.WriteFile("services.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("services.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/services.md is stale, run go test ./docs -update")
	}
}

// services describes every declared service.
func services(config *rules.Config) string {
	var b strings.Builder
	b.WriteString("# Services\n\nThis page is made from the service blocks of the pack. `tocsin services` prints the same for your configuration.\n\n")
	for _, s := range config.Services {
		fmt.Fprintf(&b, "## %s\n\n%s\n", s.Title, s.Doc)
		if s.Site != "" {
			fmt.Fprintf(&b, "<%s>\n", s.Site)
		}
		if s.Closed != "" {
			fmt.Fprintf(&b, "\n%s\n\n", s.Closed)
			continue
		}
		b.WriteString("\n")
		if s.Via != "" {
			fmt.Fprintf(&b, "Spoken by Apprise: `%s://`\n\n", strings.Join(s.Schemes, "://`, `"))
			continue
		}
		for _, shape := range s.Shapes {
			fmt.Fprintf(&b, "    %s\n", shape)
		}
		if limits := s.Message.Limits(); limits != "" {
			fmt.Fprintf(&b, "\nLimits: %s.\n", limits)
		}
		fmt.Fprintf(&b, "\n| field of `channel \"%s\"` | type | example | default | meaning |\n|---|---|---|---|---|\n", s.Name)
		for _, f := range s.ChannelFields() {
			fallback := f.Default
			if f.Required {
				fallback = "required"
			}
			fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s | %s |\n", f.Name, f.Type, f.Example, fallback, strings.ReplaceAll(f.Doc, "|", "\\|"))
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
