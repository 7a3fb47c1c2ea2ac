package rules

import (
	"fmt"
	"slices"

	"tocsin/channels/service"
	"tocsin/channels/textsplit"
)

// message decodes how a service takes texts.
//
//	message {
//	  formats   = ["text", "markdown"]           # text, markdown, html, mrkdwn, chat; the first is the default
//	  merge     = "{{ .title }}\r\n{{ .body }}"  # for services without a field for the title
//	  title_max = 250
//	  max       = 4000
//	  max_for   = "{{ only .channel.sms 160 }}"  # of a channel, where it hangs on its fields
//	  unit      = "characters"                   # bytes, utf16
//	  shared    = true                           # max holds for title and body together
//	  over      = "split"                        # truncate; upstream leaves it to the service
//	  plain     = true                           # no emoji before the title
//	  quiet     = true                           # an @ calls nobody: for services without a switch for that
//	  marked    = true                           # the title is marked up as the body is
//	}
func (r *serviceReader) message(b *block) {
	if !r.unlabelled(b) {
		return
	}
	in, m := r.read(b), &r.spec.Message
	m.Formats, _ = in.strings("formats")
	for _, f := range m.Formats {
		if known := []string{service.Text, service.Markdown, service.HTML, service.Mrkdwn, service.Chat}; !slices.Contains(known, f) {
			in.invalid(in.argument("formats"), fmt.Sprintf("unknown format %q", f), "Formats are "+quoted(known)+".")
		}
	}
	m.Merge = in.valueTemplate("merge", func(path []string) string {
		if path[0] == "title" || path[0] == "body" {
			return ""
		}
		return "merge has .title and .body"
	})
	in.integer("title_max", &m.TitleMax, 1, 100_000)
	in.integer("max", &m.Max, 10, 1_000_000)
	m.MaxFor = in.valueTemplate("max_for", func(path []string) string {
		if path[0] != "channel" {
			return "max_for has .channel"
		}
		return r.known(path)
	})
	var unit string
	if in.choice("unit", &unit, "characters", "bytes", "utf16") {
		m.Unit = map[string]textsplit.Measure{"characters": textsplit.Runes, "bytes": textsplit.Bytes, "utf16": textsplit.UTF16}[unit]
	}
	in.choice("over", &m.Over, service.Split, service.Truncate, service.Whole)
	in.flag("shared", &m.Shared)
	in.flag("plain", &m.Plain)
	in.flag("quiet", &m.Quiet)
	in.flag("marked", &m.Marked)
	in.done()
}

// levels decodes what the tones of messages are called by a service.
func (r *serviceReader) levels() {
	tones := []string{service.ToneInfo, service.ToneSuccess, service.ToneWarning, service.ToneFailure}
	for _, b := range r.all("level") {
		if len(b.labels) != 1 {
			r.wrongLabels(b, []string{"name"})
			continue
		}
		in, level := r.read(b), service.Level{}
		for _, tone := range tones {
			if a := in.argument(tone); a != nil {
				level[tone], _ = in.constant(a, a.expr)
			}
		}
		in.require(tones...)
		in.done()
		if r.spec.Levels == nil {
			r.spec.Levels = map[string]service.Level{}
		}
		r.spec.Levels[b.name()] = level
	}
}
