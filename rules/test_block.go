package rules

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules/condition"
)

// testKind is the kind of block that tells a story on virtual time.
const testKind = "test"

// The kinds of block in a test that may be there many times.
const (
	sendKind   = "send"
	expectKind = "expect"
)

// Bounds of a test.
const (
	maxSends  = 1000
	maxCount  = 100_000
	maxOffset = 400 * day
	minWithin = time.Minute // default
)

// decodeTest decodes a story and what channels must have told.
//
//	test "a brute force becomes one burst message" {
//	  start = "2026-03-01T03:00:00+01:00" # or without offset, in the configured zone
//
//	  channel "log" "night" {             # beside the configured ones
//	    quiet_hours { hours = "22:00-07:00" }
//	  }
//	  send "auth_fail" {
//	    at       = "0s"                   # after the start
//	    severity = "WARNING"
//	    host     = "pve1"
//	    count    = 50
//	    every    = "1s"
//	    data     = { source_ip = "203.0.113.7" }
//	  }
//	  expect "phone" {
//	    within   = "5m"                   # after the last event before it
//	    types    = ["auth_fail", "burst_auth_fail"] # exactly these, in order
//	    contains = "50"                   # in the last one
//	  }
//	}
func (l *loading) decodeTest(b *block) {
	if !l.checkTitle(b) {
		return
	}
	r := l.read(b)
	t := Test{Name: b.name(), Place: place(b.head)}
	on := r.enabled()
	if t.Start = r.moment("start"); t.Start.IsZero() {
		t.Start = time.Date(2026, 1, 1, 12, 0, 0, 0, l.config.Settings.Tocsin.Zone)
	}
	for _, inner := range r.all(channelKind) {
		if ch := r.testChannel(inner); ch != nil {
			t.Channels = append(t.Channels, ch)
		}
	}
	sends, expects := r.all(sendKind), r.all(expectKind)
	if len(sends) > maxSends {
		r.fail(finding{code: CodeValue, at: sends[maxSends].head, in: b.in(), summary: "too many events", detail: fmt.Sprintf("A test sends at most %d; count and every repeat one.", maxSends)})
		return
	}
	for _, inner := range sends {
		if s, ok := r.testSend(inner); ok {
			t.Sends = append(t.Sends, s)
		}
	}
	for _, inner := range expects {
		if e, ok := r.testExpect(inner, &t, sends); ok {
			t.Expects = append(t.Expects, e)
		}
	}
	r.done()
	if len(expects) == 0 {
		r.warn(finding{code: CodeIdleRule, at: b.head, in: b.in(), summary: "a test that expects nothing", detail: `Say what a channel must have told: expect "NAME" { types = ["…"] }.`})
	}
	if on {
		l.config.Tests = append(l.config.Tests, t)
	}
}

// testChannel decodes a channel of a test. The fields of its kind are not looked
// at: nothing is sent.
func (r *reader) testChannel(b *block) *engine.Channel {
	if len(b.labels) != 2 {
		r.wrongLabels(b, []string{"kind", "name"})
		return nil
	}
	if _, ok := r.loading.channelKind(b); !ok {
		return nil
	}
	f := finding{code: CodeChannelName, at: b.nameRange(), in: b.in(), detail: "Give the channel of the test a name of its own."}
	if r.config.Channels[b.name()] != nil {
		f.summary = fmt.Sprintf("%q is a configured channel", b.name())
		r.fail(f)
		return nil
	}
	inner := r.read(b)
	ch := &engine.Channel{Name: b.name(), Kind: b.labels[0], Place: place(b.head), WhenPlace: b.place("when")}
	subject := condition.Subject{ChannelName: ch.Name, ChannelKind: ch.Kind}
	if cond := inner.condition("when", subject); cond != nil {
		ch.When = cond
	}
	for _, toggles := range inner.all(togglesKind) {
		ch.Toggles, _ = decodeScoped(r.loading, toggles, (*reader).toggle)
	}
	inner.held(ch, subject)
	return ch
}

func (r *reader) testSend(b *block) (Send, bool) {
	if len(b.labels) != 1 {
		r.wrongLabels(b, []string{"type"})
		return Send{}, false
	}
	inner := r.read(b)
	s := Send{Place: place(b.head), Count: 1, Every: time.Second, Incoming: event.Incoming{Type: b.name(), Source: "test"}}
	inner.span("at", &s.At, 0, maxOffset)
	inner.integer("count", &s.Count, 1, maxCount)
	inner.span("every", &s.Every, time.Millisecond, maxOffset)
	var severity event.Severity
	if inner.severity("severity", &severity) {
		s.Incoming.Severity = severity.String()
	}
	inner.str("host", &s.Incoming.Host)
	inner.str("source", &s.Incoming.Source)
	inner.str("cluster", &s.Incoming.Cluster)
	s.Incoming.Data = inner.testData("data")
	s.Incoming.Guest = inner.guest("guest")
	inner.done()
	if r.names.types[b.name()] == nil {
		f := finding{code: CodeTestType, at: b.nameRange(), in: b.in(), summary: fmt.Sprintf("unknown event %q", b.name()), detail: "It is told as custom, like any type that nobody declares."}
		r.warn(f.suggest(b.name(), maps.Keys(r.names.types)))
	}
	return s, true
}

// testData reads the data of an event as plain values.
func (r *reader) testData(name string) map[string]any {
	items, ok := r.items(name)
	if !ok {
		return nil
	}
	data := make(map[string]any, len(items))
	for _, item := range items {
		if v, ok := r.value(item); ok {
			data[item.name] = plainValue(v)
		}
	}
	return data
}

// guest reads the guest of an event.
func (r *reader) guest(name string) *event.Guest {
	items, ok := r.items(name)
	if !ok {
		return nil
	}
	g := &event.Guest{}
	fields := map[string]*string{"id": &g.ID, "name": &g.Name, "node": &g.Node, "pool": &g.Pool}
	for _, item := range items {
		if item.name == "tags" {
			if v, ok := r.value(item); ok {
				for _, tag := range listOf(plainValue(v)) {
					g.Tags = append(g.Tags, event.Text(tag))
				}
			}
			continue
		}
		to, known := fields[item.name]
		if !known {
			f := finding{code: CodeUnknownArg, at: item.nameRange, in: r.block.in(), summary: fmt.Sprintf("unknown part of a guest %q", item.name), detail: "A guest has id, name, node, pool and tags."}
			r.fail(f.suggest(item.name, slices.Values([]string{"id", "name", "node", "pool", "tags"})))
			continue
		}
		if t, ok := r.textOf(item); ok {
			*to = t.value
		}
	}
	return g
}

func listOf(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

func (r *reader) testExpect(b *block, t *Test, sends []*block) (Expect, bool) {
	if len(b.labels) != 1 {
		r.wrongLabels(b, []string{"channel"})
		return Expect{}, false
	}
	inner := r.read(b)
	e := Expect{Place: place(b.head), Channel: b.name()}
	declared := slices.ContainsFunc(t.Channels, func(ch *engine.Channel) bool { return ch.Name == e.Channel })
	if !declared {
		inner.knownChannel(word{e.Channel, b.nameRange()})
	}
	within := minWithin
	inner.span("within", &within, 0, maxOffset)
	types, given := inner.words("types")
	e.AnyTypes = !given
	for _, w := range types {
		inner.toldWord(w)
		e.Types = append(e.Types, w.text)
	}
	e.Contains, _ = inner.strings("contains")
	inner.done()
	last := time.Duration(0)
	for i, s := range sends {
		if s.head.Start.Byte < b.head.Start.Byte && i < len(t.Sends) {
			e.Sends = i + 1
			last = max(last, t.Sends[i].At+time.Duration(t.Sends[i].Count-1)*t.Sends[i].Every)
		}
	}
	e.At = last + within
	return e, true
}

// toldWord checks the type of a message that a channel may tell.
func (r *reader) toldWord(w word) {
	if r.names.types[w.text] != nil || r.names.bursts[w.text] != nil || w.text == event.QuietSummary || w.text == event.DigestType {
		return
	}
	f := finding{
		code: CodeTestType, at: w.at, in: r.block.in(), summary: fmt.Sprintf("unknown type %q", w.text),
		detail: `Messages have the type of an event or a burst, or "digest" or "quiet_summary".`,
	}
	names := slices.AppendSeq(slices.Collect(maps.Keys(r.names.types)), maps.Keys(r.names.bursts))
	r.warn(f.suggest(w.text, slices.Values(append(names, event.QuietSummary, event.DigestType))))
}
