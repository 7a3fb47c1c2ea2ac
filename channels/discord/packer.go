package discord

import (
	"strings"
	"time"

	"tocsin/channels/textsplit"
)

const (
	postLimit     = 6000 // characters of all embeds of one post
	richPostLimit = 10   // posts of one message
	leastPiece    = 256  // less room than this is left empty

	// footerRoom is kept free in every post. It does not depend on the footer,
	// so that a repeat of a message is cut where its first attempt was.
	footerRoom = hostLimit + 60
)

// packer fills posts with embeds. Text flows over as many of them as it takes;
// the last post that may be used keeps room for the fields.
type packer struct {
	posts  []post
	count  int // posts at most
	colour int
	fields []field
	width  int // of the fields
	free   int // in the post at work
}

// newPacker returns a packer that makes at most count posts and has begun the
// first of them. All fields together are at most fieldsRoom wide.
func newPacker(count, colour int, fields []field) *packer {
	p := &packer{count: count, colour: colour, fields: fields}
	for _, f := range fields {
		p.width += units(f.Name) + units(f.Value)
	}
	p.nextPost()
	return p
}

// addTitle sets the title of the first embed.
func (p *packer) addTitle(title string) {
	p.lastEmbed().Title = title
	p.free -= units(title)
}

// addText adds text as descriptions. What does not even fit into the last post
// is cut, visibly.
func (p *packer) addText(text string) {
	// The last post begins with more than leastPiece of room, and what is cut
	// from it below leaves leastPiece or ends the text: so there is always room.
	for text != "" {
		if p.room() < leastPiece {
			p.nextPost()
		}
		room, piece := p.room(), ""
		limit := min(room, descriptionLimit) - 1 // escape may need one more
		if len(p.posts) == p.count && room < descriptionLimit+leastPiece {
			piece, text = textsplit.Clip(text, limit, escapedWidth, cutMark), ""
		} else {
			piece, text = textsplit.Cut(text, limit, escapedWidth)
		}
		if strings.TrimSpace(piece) != "" {
			p.describe(escape(piece))
		}
	}
}

// addFields adds the fields to the last embed, in a post of their own where
// they do not fit.
func (p *packer) addFields() {
	if p.free < p.width {
		p.nextPost()
	}
	p.lastEmbed().Fields = p.fields
	p.free -= p.width
}

// addFooter closes the last embed.
func (p *packer) addFooter(text string, at time.Time) {
	last := p.lastEmbed()
	last.Timestamp = timestamp(at)
	if text != "" {
		last.Footer = &footer{Text: text}
	}
}

// describe adds a description to the last embed, or to a new one where that
// has one already.
func (p *packer) describe(text string) {
	if p.lastEmbed().Description != "" {
		p.nextEmbed()
	}
	p.lastEmbed().Description = text
	p.free -= units(text)
}

// room returns how much text the post at work still takes. Fields are added
// last, so that only the post behind which none may follow must spare for them.
func (p *packer) room() int {
	if len(p.posts) == p.count {
		return p.free - p.width
	}
	return p.free
}

// nextPost begins a post. Every embed of a message has its colour, so that the
// parts are seen to belong together.
func (p *packer) nextPost() {
	p.posts = append(p.posts, post{})
	p.free = postLimit - footerRoom
	p.nextEmbed()
}

func (p *packer) nextEmbed() {
	last := &p.posts[len(p.posts)-1]
	last.Embeds = append(last.Embeds, embed{Color: p.colour})
}

func (p *packer) lastEmbed() *embed {
	embeds := p.posts[len(p.posts)-1].Embeds
	return &embeds[len(embeds)-1]
}
