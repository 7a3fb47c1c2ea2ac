package rules

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"tocsin/channels"
	"tocsin/engine"
	"tocsin/engine/event"
	"tocsin/rules/condition"
	"tocsin/rules/diag"
	"tocsin/rules/near"
)

// channelKind is the kind of block that makes a destination.
const channelKind = "channel"

// defaultGiveUp is when a message that never went out is given up.
const defaultGiveUp = 72 * time.Hour

// maxNumber is the largest number that a field holds without loss.
const maxNumber = 1 << 53

// decodeChannel decodes a destination: what every channel has, and the fields
// of its kind.
//
//	channel "telegram" "phone" {
//	  when    = "event.severity >= 'WARNING'" # default: everything
//	  rich    = true                          # native markup
//	  give_up = "72h"
//	  rate    = "30/h"                        # default: the service's own pace
//
//	  bot_token = secret("phone_bot_token")   # the fields of its kind
//	  chat_id   = "-1001234567890"
//
//	  toggles {                               # overrides of the master's
//	    backup_complete = false
//	  }
//	  quiet_hours { … }                       # see held
//	  digest { … }
//	  fallback { … }                          # see fallback
//	}
func (l *loading) decodeChannel(b *block) {
	kind, ok := l.channelKind(b)
	if !ok {
		l.brokenChannels = with(l.brokenChannels, b.name())
		return
	}
	named := l.checkChannelName(b)
	r := l.read(b)
	c := &Channel{Name: b.name(), Kind: kind.Name, Rich: true, GiveUp: defaultGiveUp, Place: place(b.head), Head: b.head}
	c.Enabled = r.enabled()
	r.dormant = !c.Enabled
	ch := &engine.Channel{Name: c.Name, Kind: c.Kind, Place: c.Place, WhenPlace: b.place("when")}
	subject := condition.Subject{ChannelName: c.Name, ChannelKind: c.Kind}
	if cond := r.condition("when", subject); cond != nil {
		ch.When = cond // a nil Condition must not become a Matcher
	}
	r.held(ch, subject)
	r.flag("rich", &c.Rich)
	r.span("give_up", &c.GiveUp, time.Minute, year)
	r.messageRate(c)
	fallbacks := r.fallback(c)
	for _, inner := range r.all(togglesKind) {
		if len(inner.labels) > 0 {
			l.wrongLabels(inner, nil)
			continue
		}
		toggles, kept := decodeScoped(l, inner, (*reader).toggle)
		ch.Toggles, kept.channel = toggles, ch
		l.toggles = append(l.toggles, kept)
	}
	before := len(l.diags)
	c.Values, c.Held = r.kindFields(kind)
	r.done()
	l.share(c, kind)
	c.Hash = hashOf(c.Kind, c.Values)
	if c.Enabled && c.Held == "" && !l.diags[before:].HasErrors() {
		c.Channel = r.open(kind, c.Values)
		r.checkMissing(c.Channel)
		r.checkRate(c)
	}
	if !named {
		l.brokenChannels = with(l.brokenChannels, b.name())
		return
	}
	l.config.Channels[c.Name] = c
	l.fallbacks = append(l.fallbacks, fallbacks...)
	l.channels, l.channel[c.Name] = append(l.channels, b), b
	if c.Enabled {
		l.config.Policy.Channels = append(l.config.Policy.Channels, ch)
	}
}

// channelKind returns the kind that a block names.
func (l *loading) channelKind(b *block) (*channels.Kind, bool) {
	l.lacks(b.labels[0])
	for i := range l.kinds {
		if l.kinds[i].Name == b.labels[0] {
			return &l.kinds[i], true
		}
	}
	names := l.kindNames()
	for _, a := range b.arguments {
		l.hideTexts(a.expr) // any of them may be a secret
	}
	f := finding{
		code: CodeUnknownKind, at: b.labelRanges[0], in: b.in(), summary: fmt.Sprintf("unknown kind of channel %q", b.labels[0]),
		detail: "Kinds are: " + joinSorted(names) + ".",
	}
	l.fail(f.suggest(b.labels[0], slices.Values(names)))
	return nil, false
}

// kindNames returns the names of all kinds of channels, those of services that are
// not read too.
func (l *loading) kindNames() []string {
	names := slices.Clone(l.dormant)
	for _, k := range l.kinds {
		names = append(names, k.Name)
	}
	return names
}

// checkChannelName reports a name that is invalid, or that another channel or a
// kind has: commands and the API name a channel by its name alone.
func (l *loading) checkChannelName(b *block) bool {
	if !l.checkName(b, channelName, "Use letters, digits, blanks and _ . @ -, at most 64, beginning with a letter or digit.") {
		return false
	}
	f := finding{code: CodeChannelName, at: b.nameRange(), in: b.in()}
	for _, name := range l.kindNames() {
		if name == b.name() {
			f.summary, f.detail = fmt.Sprintf("%q is the name of a kind", b.name()), "Give the channel a name of its own, such as who reads it."
			l.fail(f)
			return false
		}
	}
	if old := l.channel[b.name()]; old != nil {
		f.summary = fmt.Sprintf("two channels are called %q", b.name())
		f.detail = "Names of channels are unique over all kinds. Rename one of the two."
		f.related = []diag.Related{{Range: old.head, Label: "the other one"}}
		l.fail(f)
		return false
	}
	return true
}

// kindFields reads the fields of a kind. It also returns why a secret among
// them is not there.
func (r *reader) kindFields(kind *channels.Kind) (channels.Values, string) {
	values, held := channels.Values{}, ""
	for _, field := range kind.Fields {
		if field.Required {
			r.require(field.Name)
		}
		a := r.argument(field.Name)
		if a == nil {
			continue
		}
		value, why := r.kindField(a, field)
		if value != nil {
			values[field.Name] = value
		}
		held = cmp.Or(held, why)
	}
	r.hideUnknown(kind)
	return values, held
}

// kindField reads one field of a kind; nil when it is not there or not right. It
// also returns why a secret is not there.
func (r *reader) kindField(a *argument, field channels.Field) (value any, held string) {
	switch field.Type {
	case channels.Secret, channels.Address:
		secret := r.secretIn(a, a.name, a.expr, literalOf(field))
		if secret.value.IsSet() {
			value = secret.value
		}
		return value, secret.held
	case channels.Map:
		entries, held := r.secretMap(a, field)
		if entries != nil {
			value = entries
		}
		return value, held
	}
	return r.field(a, field), ""
}

// field reads one field that may be shown; nil when it is not right.
func (r *reader) field(a *argument, field channels.Field) any {
	switch field.Type {
	case channels.String:
		var s string
		if r.str(field.Name, &s) {
			return s
		}
	case channels.Template:
		if t, ok := r.textOf(a); ok && r.parses(t) {
			return t.value
		}
	case channels.Bool:
		var b bool
		if r.flag(field.Name, &b) {
			return b
		}
	case channels.List:
		if list, ok := r.strings(field.Name); ok {
			return list
		}
	case channels.Number:
		v, ok := r.value(a)
		if !ok {
			return nil
		}
		n, err := convert.Convert(v, cty.Number)
		if err != nil {
			r.wrongType(a, a.valueRange(), "a number", "it in digits, such as "+field.Example)
			return nil
		}
		f, _ := n.AsBigFloat().Float64()
		if math.Abs(f) > maxNumber {
			r.invalid(a, a.name+" out of range", "No service knows so large a number.")
			return nil
		}
		return f
	}
	return nil
}

// hideUnknown keeps the texts of unknown arguments out of diagnostics, unless
// they clearly are misspelt ones that are no secrets.
func (r *reader) hideUnknown(kind *channels.Kind) {
	for name, a := range r.block.arguments {
		if r.asked[name] {
			continue
		}
		meant, ok := near.Name(name, maps.Keys(r.asked))
		if field, isField := kind.Field(meant); !ok || isField && hides(field.Type) {
			r.hideTexts(a.expr)
		}
	}
}

// hides reports whether values of a type are never shown.
func hides(t channels.FieldType) bool {
	return t == channels.Secret || t == channels.Address || t == channels.Map
}

// checkMissing warns about what a channel lacks on this host.
func (r *reader) checkMissing(c channels.Channel) {
	checked, ok := c.(channels.Checked)
	if !ok {
		return
	}
	lacks := checked.Missing(r.in.Ask)
	if lacks == nil {
		return
	}
	f := finding{code: CodeNotReady, at: r.block.head, in: r.block.in(), summary: lacks.Summary, detail: upperFirst(lacks.Detail)}
	if a := r.argument(lacks.Field); a != nil {
		f.at = a.valueRange()
	}
	r.warn(f)
}

// open makes the channel, and maps what its kind refuses onto the argument.
func (r *reader) open(kind *channels.Kind, values channels.Values) channels.Channel {
	c, err := kind.Open(r.kinds, values)
	if err == nil {
		return c
	}
	r.refused(err)
	return nil
}

// refused reports a channel that cannot be made, at the argument that is wrong.
func (r *reader) refused(err error) {
	f := finding{code: CodeChannel, at: r.block.head, in: r.block.in(), summary: "channel cannot be made", detail: upperFirst(err.Error())}
	if fe, ok := errors.AsType[*channels.FieldError](err); ok {
		f.summary, f.detail = fe.Summary, upperFirst(fe.Detail)
		if a := r.argument(fe.Field); a != nil {
			f.at = a.valueRange()
		}
		if fe.Word != "" {
			f = f.suggest(fe.Word, slices.Values(fe.Known))
		}
	}
	r.fail(f)
}

// revealed is a value as it is, for the digest alone.
func revealed(v any) any {
	switch v := v.(type) {
	case event.Secret:
		return v.Reveal()
	case map[string]event.Secret:
		plain := make(map[string]string, len(v))
		for name, s := range v {
			plain[name] = s.Reveal()
		}
		return plain
	}
	return v
}

// hashOf returns a digest of what makes a destination.
func hashOf(kind string, values channels.Values) string {
	parts := []any{kind}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		parts = append(parts, name, revealed(values[name]))
	}
	text, err := json.Marshal(parts)
	if err != nil {
		panic(fmt.Sprintf("rules: %v", err)) // texts, numbers and lists always marshal
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
