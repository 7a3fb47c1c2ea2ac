package channeltest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tocsin/channels"
	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

const fakeSecret = "open/sesame+7"

// fake is a service and its channel in memory. It does everything right but
// what a test spoils.
type fake struct {
	received, raw []string
	answer        Answer
	limit, most   int // of a part, in bytes, and of a message, in parts
	wire          func(*event.Message) string
	dress         func(*event.Message) string
	cut           func(text string, limit int) []string
	judge         func(Answer) *event.SendError
	print         string
	deaf          bool // to cancelling
}

func newFake() *fake {
	return &fake{
		limit: 4000,
		most:  12,
		wire:  func(m *event.Message) string { return m.ID },
		dress: func(m *event.Message) string {
			short := *m
			short.Title = event.OneLine(m.Title)
			if m.Brief && len(m.Body) > 2000 {
				short.Body = m.Body[:2000] + " … (cut)"
			}
			return short.Plain()
		},
		cut:   func(text string, limit int) []string { return textsplit.Split(text, limit, textsplit.Bytes) },
		judge: judged,
		print: "fake channel",
	}
}

func judged(a Answer) *event.SendError {
	e := &event.SendError{Class: event.Temporary, Code: "fake", Why: "the fake says " + a.String(), Do: "nothing"}
	switch a {
	case Unauthorized:
		e.Class = event.Target
	case TooLarge:
		e.Class = event.Unfit
	case Limited:
		e.RetryAfter = 7 * time.Second
	}
	return e
}

func (f *fake) String() string   { return f.print }
func (f *fake) GoString() string { return f.print }

func (f *fake) Send(ctx context.Context, m *event.Message) (event.Receipt, error) {
	if ctx.Err() != nil && !f.deaf {
		return event.Receipt{}, f.judge(Hang)
	}
	f.raw = append(f.raw, f.wire(m))
	switch f.answer {
	case Accept:
	case Hang:
		if !f.deaf {
			<-ctx.Done()
		}
		return event.Receipt{}, f.judge(Hang)
	default:
		return event.Receipt{}, f.judge(f.answer)
	}
	parts := f.cut(f.dress(m), f.limit)
	if len(parts) > f.most {
		parts = append(parts[:f.most:f.most], "… (more was left out)")
	}
	f.received = append(f.received, parts...)
	return event.Receipt{}, nil
}

func (f *fake) suite() Suite {
	return Suite{
		Kind: channels.Kind{
			Name: "fake", Doc: "Sends nowhere.",
			Fields: []channels.Field{{Name: "key", Type: channels.Secret, Required: true, Doc: "The key.", Example: `secret("key")`}},
			New: func(v channels.Values) (channels.Channel, error) {
				if !v.Secret("key").IsSet() {
					return nil, &channels.FieldError{Field: "key", Summary: "missing key", Detail: "Set it."}
				}
				return f, nil
			},
		},
		Open: func(*testing.T) *Peer {
			g := *f
			return &Peer{
				Channel: &g, Answer: func(a Answer) { g.answer = a },
				Received: func() []string { return g.received }, Raw: func() []string { return g.raw },
			}
		},
		Secrets: []string{fakeSecret},
	}
}

func TestGoodChannelPasses(t *testing.T) { Run(t, newFake().suite()) }

// TestFaultsAreFound spoils one thing at a time and expects the check that is
// about it to find it.
func TestFaultsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		check string
		spoil func(*fake, *Suite)
	}{
		"no doc":           {"kind is described", func(_ *fake, s *Suite) { s.Kind.Doc = "" }},
		"upper-case name":  {"kind is described", func(_ *fake, s *Suite) { s.Kind.Name = "Fake" }},
		"field twice":      {"kind is described", func(_ *fake, s *Suite) { s.Kind.Fields = append(s.Kind.Fields, s.Kind.Fields...) }},
		"field type":       {"kind is described", func(_ *fake, s *Suite) { s.Kind.Fields[0].Type = "text" }},
		"no example":       {"kind is described", func(_ *fake, s *Suite) { s.Kind.Fields[0].Example = "" }},
		"required default": {"kind is described", func(_ *fake, s *Suite) { s.Kind.Fields[0].Default = "x" }},
		"takes nothing": {"required fields", func(f *fake, s *Suite) {
			s.Kind.New = func(channels.Values) (channels.Channel, error) { return f, nil }
		}},
		"names other field": {"required fields", fieldError("other", "no key", "Set it.")},
		"no remedy":         {"required fields", fieldError("key", "no key", "")},
		"loses details":     {"everything arrives", dressed(func(m *event.Message) string { return m.Title + m.Body + m.Host })},
		"needless parts":    {"everything arrives", func(f *fake, _ *Suite) { f.limit = 20 }},
		"loses empty":       {"empty body", dressed(func(m *event.Message) string { return strings.Repeat(m.Plain(), min(len(m.Body), 1)) })},
		"ASCII only":        {"scripts and emoji", dressed(func(m *event.Message) string { return strings.ToValidUTF8(asciiOf(m.Plain()), "") })},
		"silent repeat":     {"repeat is marked", dressed(func(m *event.Message) string { n := *m; n.Repeat = false; return n.Plain() })},
		"markup works":      {"markup is inert", dressed(func(m *event.Message) string { return strings.NewReplacer("<b>", "", "</b>", "").Replace(m.Plain()) })},
		"cuts characters":   {"long bodies", func(f *fake, _ *Suite) { f.cut = atBytes }},
		"wrong order":       {"long bodies", func(f *fake, _ *Suite) { f.cut = backwards }},
		"loses a part":      {"long bodies", func(f *fake, _ *Suite) { f.cut = withoutSecond }},
		"says it twice":     {"long bodies", func(f *fake, _ *Suite) { f.cut = withSecondTwice }},
		"splits needlessly": {"long bodies", func(_ *fake, s *Suite) { s.Unsplit = true }},
		"breaks lines":      {"grouped messages", func(f *fake, _ *Suite) { f.cut = atBytes }},
		"loses lines":       {"grouped messages", func(f *fake, _ *Suite) { f.most = 2 }},
		"joins lines":       {"grouped messages", dressed(func(m *event.Message) string { return event.OneLine(m.Plain()) })},
		"drops details": {"long title, many details", dressed(func(m *event.Message) string {
			n := *m
			n.Details = m.Details[:min(len(m.Details), 25)]
			return n.Plain()
		})},
		"floods":            {"huge body", func(f *fake, _ *Suite) { f.most = 1000 }},
		"cuts silently":     {"huge body", dressed(func(m *event.Message) string { n := *m; n.Body = m.Body[:min(len(m.Body), 9000)]; return n.Plain() })},
		"never brief":       {"brief is one part", dressed((*event.Message).Plain)},
		"wrong class":       {"answers are classed", judgedAs(func(e *event.SendError) { e.Class = event.Temporary })},
		"no wait":           {"answers are classed", judgedAs(func(e *event.SendError) { e.RetryAfter = 0 })},
		"no code":           {"answers are classed", judgedAs(func(e *event.SendError) { e.Code = "" })},
		"tells the secret":  {"answers are classed", judgedAs(func(e *event.SendError) { e.Why += " for open%2Fsesame%2B7" })},
		"wrong on hang":     {"hanging peer", judgedAs(func(e *event.SendError) { e.Class = event.Unfit })},
		"gives up at once":  {"hanging peer", func(f *fake, _ *Suite) { f.deaf = true }},
		"sends cancelled":   {"cancelled before", func(f *fake, _ *Suite) { f.deaf = true }},
		"prints the secret": {"secrets stay", func(f *fake, _ *Suite) { f.print = "fake with " + fakeSecret }},
		"mails the secret":  {"secrets stay", dressed(func(m *event.Message) string { return m.Plain() + fakeSecret })},
		"injects headers":   {"headers are not injected", func(f *fake, _ *Suite) { f.wire = func(m *event.Message) string { return "Subject: " + m.Title } }},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			s := f.suite()
			c.spoil(f, &s)
			x := &exam{t: t, Suite: s}
			for _, check := range checks() {
				if check.name == c.check {
					check.run(x)
				}
			}
			if len(x.faults) == 0 {
				t.Errorf("the check %q found nothing", c.check)
			}
		})
	}
}

func fieldError(field, summary, detail string) func(*fake, *Suite) {
	return func(_ *fake, s *Suite) {
		s.Kind.New = func(channels.Values) (channels.Channel, error) {
			return nil, &channels.FieldError{Field: field, Summary: summary, Detail: detail}
		}
	}
}

func dressed(dress func(*event.Message) string) func(*fake, *Suite) {
	return func(f *fake, _ *Suite) { f.dress = dress }
}

func judgedAs(spoil func(*event.SendError)) func(*fake, *Suite) {
	return func(f *fake, _ *Suite) {
		f.judge = func(a Answer) *event.SendError {
			e := judged(a)
			spoil(e)
			return e
		}
	}
}

func asciiOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r > 127 {
			return '?'
		}
		return r
	}, text)
}

func atBytes(text string, limit int) []string {
	var parts []string
	for len(text) > limit {
		parts, text = append(parts, text[:limit-1]), text[limit-1:]
	}
	return append(parts, text)
}

func backwards(text string, limit int) []string {
	parts := textsplit.Split(text, limit, textsplit.Bytes)
	for i := range len(parts) / 2 {
		parts[i], parts[len(parts)-1-i] = parts[len(parts)-1-i], parts[i]
	}
	return parts
}

func withoutSecond(text string, limit int) []string {
	parts := textsplit.Split(text, limit, textsplit.Bytes)
	if len(parts) > 2 {
		return append(parts[:1:1], parts[2:]...)
	}
	return parts
}

func withSecondTwice(text string, limit int) []string {
	parts := textsplit.Split(text, limit, textsplit.Bytes)
	if len(parts) > 2 {
		return append(parts[:2:2], parts[1:]...)
	}
	return parts
}

func TestAnswerString(t *testing.T) {
	if got := fmt.Sprint(Accept, TooLarge, Answer(9), Answer(-1)); got != "accept too large Answer(9) Answer(-1)" {
		t.Errorf("got %s", got)
	}
}
