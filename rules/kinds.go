package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// kind is one kind of top-level block.
type kind struct {
	name   string
	labels []string // what each label is
	decode func(*loading, *block)
}

// kinds lists every kind of block, those that others refer to first. A new
// kind is a file that decodes it and a line here.
func kinds() []kind {
	return []kind{
		{name: localsKind}, // worked out before all others
		{"tocsin", nil, (*loading).decodeTocsin},
		{"api", nil, (*loading).decodeAPI},
		{"webhook", nil, (*loading).decodeWebhook},
		{"store", nil, (*loading).decodeStore},
		{"history", nil, (*loading).decodeHistory},
		{"heartbeat", nil, (*loading).decodeHeartbeat},
		{gitKind, nil, (*loading).decodeGit},
		{appriseKind, nil, (*loading).decodeApprise},
		{groupKind, []string{"name"}, (*loading).decodeGroup},
		{eventKind, []string{"type"}, (*loading).decodeEvent},
		{burstKind, []string{"type"}, (*loading).decodeBurst},
		{"dedup", nil, (*loading).decodeDedup},
		{"cooldown", nil, (*loading).decodeCooldown},
		{togglesKind, nil, (*loading).decodeToggles},
		{serviceKind, []string{"name"}, (*loading).decodeService},
		{channelKind, []string{"kind", "name"}, (*loading).decodeChannel},
		{ruleKind, []string{"name"}, (*loading).decodeRule},
		{silenceKind, []string{"name"}, (*loading).decodeSilence},
		{inhibitKind, []string{"name"}, (*loading).decodeInhibit},
		{sourceBlock, []string{"kind", "name"}, (*loading).decodeSource},
		{testKind, []string{"name"}, (*loading).decodeTest},
	}
}

// checkLabels reports a block with more or fewer labels than its kind has.
func (l *loading) checkLabels(b *block, k kind) bool {
	if len(b.labels) == len(k.labels) {
		return true
	}
	l.wrongLabels(b, k.labels)
	return false
}

// wrongLabels reports the labels of a block, and how they are written.
func (l *loading) wrongLabels(b *block, labels []string) {
	f := finding{code: CodeLabels, at: b.head, in: b.in(), summary: fmt.Sprintf("%s takes %s", b.kind, plural(len(labels), "label"))}
	want := b.kind
	for _, label := range labels {
		want += fmt.Sprintf(" %q", strings.ToUpper(label))
	}
	f.detail = "Write " + want + " { … }."
	if len(b.labels) > len(labels) {
		f.at = b.labelRanges[len(labels)]
	}
	l.fail(f)
}

// plural returns a number of things in words.
func plural(n int, word string) string {
	switch n {
	case 0:
		return "no " + word
	case 1:
		return "one " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// joinSorted lists words in byte order, so that a message is always the same.
func joinSorted(words []string) string {
	return strings.Join(slices.Sorted(slices.Values(words)), ", ")
}

// The labels of events, groups and bursts are keys of toggles and words of
// conditions; those of channels stand in paths and tables.
var (
	typeName    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	channelName = regexp.MustCompile(`^[\pL\pN][\pL\pN _.@-]{0,63}$`)
)

// checkName reports a label that cannot be a name.
func (l *loading) checkName(b *block, pattern *regexp.Regexp, rule string) bool {
	if pattern.MatchString(b.name()) {
		return true
	}
	l.fail(finding{code: CodeLabels, at: b.nameRange(), in: b.in(), summary: "invalid name", detail: rule})
	return false
}

const typeRule = "Use small letters, digits and _, at most 64, beginning with a letter."
