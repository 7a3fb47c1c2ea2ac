package rules

// Shape is how the blocks of one kind are written: what an address or a form
// must know to tell a label, a nested block and an argument apart.
type Shape struct {
	Kind    string
	Labels  []string // what each label is
	Blocks  []Shape  // that may stand in it
	Repeats bool     // many may have the same labels
}

// Shapes lists every kind of block of the language.
func Shapes() []Shape {
	out := make([]Shape, 0, 24)
	for _, k := range kinds() {
		out = append(out, Shape{Kind: k.name, Labels: k.labels, Blocks: nested(k.name), Repeats: k.name == localsKind})
	}
	return out
}

// nested lists the blocks that may stand in a block of a kind.
func nested(kind string) []Shape {
	switch kind {
	case channelKind:
		return []Shape{{Kind: togglesKind}, {Kind: quietKind}, {Kind: digestKind}, {Kind: fallbackKind}}
	case serviceKind:
		request := Shape{Kind: "request", Blocks: []Shape{{Kind: "aws"}}}
		return []Shape{
			{Kind: "field", Labels: []string{"name"}}, {Kind: "message"}, {Kind: "level", Labels: []string{"name"}},
			{Kind: "step", Labels: []string{"name"}, Blocks: []Shape{request}}, request,
			{Kind: "success"}, {Kind: "failure"}, {Kind: "refusal", Labels: []string{"name"}}, {Kind: "pace"},
		}
	case testKind:
		return []Shape{
			{Kind: sendKind, Labels: []string{"type"}, Repeats: true},
			{Kind: expectKind, Labels: []string{"channel"}, Repeats: true},
			{Kind: channelKind, Labels: []string{"kind", "name"}, Blocks: nested(channelKind)},
		}
	}
	return nil
}
