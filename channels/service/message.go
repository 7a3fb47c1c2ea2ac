package service

import (
	"cmp"

	"tocsin/channels/textsplit"
	"tocsin/engine/event"
	"tocsin/templates"
)

// Message is how a service takes texts.
type Message struct {
	Formats  []string            // that it knows, the one to use first
	Merge    *templates.Template // title and body in one text; nil: the title has a field of its own
	TitleMax int                 // 0: not known
	Max      int                 // of the body, or of the merged text; 0: not known
	MaxFor   *templates.Template // that of a channel, where it hangs on its fields; nil, or nothing: Max
	Unit     textsplit.Measure   // of both; nil: characters
	Over     string              // Split or Truncate, for what is longer
	Shared   bool                // the limit of the body holds for both together
	Plain    bool                // no emoji before the title, as each makes a text message shorter
	Quiet    bool                // an @ in a text calls nobody, where the service has no switch for that
	Marked   bool                // the title's own field is in the format of the body, not plain text
}

// What is done with a text that is too long.
const (
	Split    = "split"    // several messages
	Truncate = "truncate" // what does not fit is cut
	Whole    = "upstream" // left to the service
)

// The formats of texts.
const (
	Text     = "text"
	Markdown = "markdown" // CommonMark
	HTML     = "html"
	Mrkdwn   = "mrkdwn" // Slack's own
	Chat     = "chat"   // *bold* and _italic_ without an escape, as chats have them that people type into
)

const (
	unknownMax = 30_000 // of a service that says nothing: what most take
	maxParts   = 20     // of one message; the rest is cut
	cutMark    = " … (cut)"
)

// Part is one message in the form in which the service takes it.
type Part struct {
	Title, Body string
	Plain       string // the body without any markup
	Text        string // both in one where the service has no field for a title, else the body
	Format      string
	Number, Of  int // from 1
}

// Options change what a service does by itself.
type Options struct {
	Format string // empty: the service's own
	Over   string // empty: the service's own
	Max    int    // 0: the service's own
	// Unverified takes any certificate of the server.
	Unverified bool
}

// format returns the format to write: the one asked for where the service knows
// it.
func (m *Message) format(o Options) string {
	for _, f := range m.Formats {
		if f == o.Format {
			return f
		}
	}
	if len(m.Formats) > 0 {
		return m.Formats[0]
	}
	return Text
}

func (m *Message) over(o Options) string { return cmp.Or(o.Over, m.Over, Split) }

func (m *Message) unit() textsplit.Measure {
	if m.Unit == nil {
		return textsplit.Runes
	}
	return m.Unit
}

func (m *Message) max() int { return cmp.Or(m.Max, unknownMax) }

// Parts puts a message into the service's form, in as many parts as its limits
// ask for. A part never begins or ends inside a character or an entity.
func (s *Spec) Parts(m *event.Message, o Options) ([]Part, error) {
	w := s.writer(o, markupOf)
	if s.Message.Quiet {
		w.markup = w.markup.quiet()
	}
	if m.Brief {
		o.Over = Truncate
	}
	parts, err := w.write(m, s.Message.over(o))
	if err != nil {
		return nil, err
	}
	return w.finish(parts), nil
}

// writer composes the parts of one message.
type writer struct {
	*Message
	markup markup
}

// writer returns the writer of a channel with these options.
func (s *Spec) writer(o Options, markup func(format string) markup) *writer {
	m := s.Message
	m.Max = cmp.Or(o.Max, m.Max)
	return &writer{Message: &m, markup: markup(m.format(o))}
}

func (w *writer) write(m *event.Message, over string) ([]Part, error) {
	whole, err := w.compose(m)
	if err != nil || w.fits(whole) || over == Whole {
		return []Part{whole}, err
	}
	room, err := w.room(m)
	if err != nil {
		return nil, err
	}
	if over == Truncate {
		return w.cut(m, room)
	}
	return w.split(m, room)
}

// compose puts the whole of a message into one part.
func (w *writer) compose(m *event.Message) (Part, error) {
	p := Part{Title: w.title(m), Body: w.markup.body(m), Plain: m.PlainBody()}
	return w.merge(p)
}

// merge sets the text of a part.
func (w *writer) merge(p Part) (Part, error) {
	if p.Text = p.Body; w.Merge == nil || p.Title == "" {
		return p, nil
	}
	title := w.markup.line(p.Title)
	if w.markup.format != Text {
		title = w.markup.strong(p.Title)
	}
	var err error
	p.Text, err = w.Merge.Execute(map[string]any{"title": title, "body": p.Body})
	return p, err
}

// title returns a title: a merged one is escaped with the text it is merged
// into, a field of its own is plain text nearly everywhere; see finish.
func (w *writer) title(m *event.Message) string {
	title := m.Header()
	switch {
	case m.Rich && w.Plain:
		title = m.Title
	case m.Rich:
		title = m.RichTitle()
	}
	return w.clipTitle(event.OneLine(title), "")
}

// clipTitle cuts a title to its limit and leaves what stands behind it whole.
func (w *writer) clipTitle(title, behind string) string {
	if w.TitleMax == 0 || w.Merge != nil {
		return title + behind
	}
	return textsplit.Clip(title, max(w.TitleMax-textsplit.Width(behind, w.unit()), 1), w.titleMeasure(), "…") + behind
}

func (w *writer) fits(p Part) bool {
	width := textsplit.Width(p.Text, w.unit())
	if w.Shared && w.Merge == nil {
		width += textsplit.Width(p.Title, w.titleMeasure())
	}
	return width <= w.max()
}

// used returns how much of the limit a title takes; empty is the part that has
// nothing else.
func (w *writer) used(empty Part) int {
	switch {
	case empty.Title == "":
		return 0
	case w.Merge != nil:
		return textsplit.Width(empty.Text, w.unit())
	case w.Shared:
		return textsplit.Width(empty.Title, w.titleMeasure()) + counterRoom
	}
	return 0
}

// counterRoom is enough for the counter behind the title of a part.
const counterRoom = 12

// room returns how much of the limit the title leaves for the body.
func (w *writer) room(m *event.Message) (int, error) {
	empty, err := w.merge(Part{Title: w.title(m)})
	if err != nil {
		return 0, err
	}
	return max(w.max()-w.used(empty)-w.markup.slack(), w.max()/4, 1), nil
}

// measure is what a character of event text takes once it is escaped.
func (w *writer) measure(r rune) int {
	width := 0
	for _, c := range w.markup.widest(r) {
		width += w.unit()(c)
	}
	return width
}

// titleMeasure is what a character of a title of its own takes.
func (w *writer) titleMeasure() textsplit.Measure {
	if w.Marked {
		return w.measure
	}
	return w.unit()
}

// finish numbers the parts of a message and escapes the titles that are in the
// format of the body.
func (w *writer) finish(parts []Part) []Part {
	if w.Marked && w.Merge == nil {
		for i := range parts {
			parts[i].Title = w.markup.line(parts[i].Title)
		}
	}
	return numbered(parts, w.markup.format)
}

// cut returns one part with as much of a message as fits: the body gives way
// first, then all that stands behind it.
func (w *writer) cut(m *event.Message, room int) ([]Part, error) {
	short := textsplit.Shorten(m, room-w.markup.around(m), w.measure)
	p, err := w.compose(short)
	if err != nil || w.fits(p) {
		return []Part{p}, err
	}
	return w.pieces(m, []string{textsplit.Clip(plainText(m), room, w.measure, cutMark)})
}

// split returns a message in parts that each fit. Labels lose their markup:
// what is cut anywhere is plain text.
func (w *writer) split(m *event.Message, room int) ([]Part, error) {
	rest, pieces := plainText(m), []string(nil)
	for size := room; rest != "" && len(pieces) < maxParts; size = w.later(room) {
		var piece string
		if len(pieces) == maxParts-1 {
			piece, rest = textsplit.Clip(rest, size, w.measure, cutMark), ""
		} else {
			piece, rest = textsplit.Cut(rest, size, w.measure)
		}
		pieces = append(pieces, piece)
	}
	return w.pieces(m, pieces)
}

// later returns how much of the limit the body has in every part but the first:
// a merged title is not repeated.
func (w *writer) later(room int) int {
	if w.Merge != nil {
		return w.max() - w.markup.slack()
	}
	return room
}

// plainText returns what stands below the title of a message without markup:
// that of a plain message is only a header.
func plainText(m *event.Message) string {
	if m.Rich {
		return m.PlainBody()
	}
	return m.Title + "\n" + m.PlainBody()
}

// pieces makes parts of plain texts. Only the first has the title merged in.
func (w *writer) pieces(m *event.Message, texts []string) ([]Part, error) {
	out := make([]Part, len(texts))
	for i, text := range texts {
		text = trimLineEnds(text)
		p := Part{Title: w.title(m), Body: w.markup.escape(text), Plain: text}
		if i > 0 && w.Merge != nil {
			p.Title = ""
		}
		var err error
		if out[i], err = w.merge(p); err != nil {
			return nil, err
		}
	}
	for i := range out {
		if w.Merge == nil && len(out) > 1 {
			out[i].Title = w.clipTitle(out[i].Title, counter(i+1, len(out)))
		}
	}
	return out, nil
}
