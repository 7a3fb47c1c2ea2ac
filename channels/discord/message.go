package discord

import (
	"encoding/json"

	"tocsin/channels/progress"
	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

// noEmbeds is the flag that keeps Discord from fetching the links of a message
// and showing their previews.
const noEmbeds = 1 << 2

// cutMark ends a text that had to be cut.
const cutMark = " … (cut)"

// post is one request to a webhook.
type post struct {
	Content  string   `json:"content,omitempty"`
	Username string   `json:"username,omitempty"`
	Embeds   []embed  `json:"embeds,omitempty"`
	Flags    int      `json:"flags,omitempty"`
	Mentions mentions `json:"allowed_mentions"`
}

// mentions says who may be pinged. The list has no room for anybody, so that it
// is always written as the empty list; a missing one would mean everybody.
type mentions struct {
	Parse [0]string `json:"parse"`
}

// embed is a framed part of a message. Its lengths count UTF-16 units here,
// which is never less than what Discord counts (code points).
type embed struct {
	Title       string  `json:"title,omitempty"`
	Description string  `json:"description,omitempty"`
	Color       int     `json:"color,omitempty"`
	Fields      []field `json:"fields,omitempty"`
	Footer      *footer `json:"footer,omitempty"`
	Timestamp   string  `json:"timestamp,omitempty"`
}

// field is a labelled value; inline ones share a line, three at most.
type field struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline,omitempty"`
}

// footer is the small print of an embed. It knows no markup.
type footer struct {
	Text string `json:"text"`
}

// render returns m as the posts to send, in order.
func render(m *event.Message, username string) []post {
	var posts []post
	if m.Rich {
		posts = richPosts(m)
	} else {
		posts = plainPosts(m)
	}
	for i := range posts {
		posts[i].Username = username
	}
	return posts
}

// digestOf tells one post from another by its content.
func digestOf(p *post) progress.Digest {
	content, _ := json.Marshal(p) // strings and numbers always have a form in JSON
	return progress.DigestOf(content)
}

// units counts as Discord does, on the safe side.
func units(text string) int { return textsplit.Width(text, textsplit.UTF16) }

// colour returns the stripe's colour of m: Discord's own green, blue, yellow
// and red.
func colour(m *event.Message) int {
	switch {
	case m.Outcome == event.Success:
		return 0x57f287
	case m.Severity == event.Critical:
		return 0xed4245
	case m.Severity == event.Warning:
		return 0xfee75c
	}
	return 0x5865f2
}
