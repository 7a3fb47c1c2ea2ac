package discord

import (
	"strings"

	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

const (
	contentLimit   = 2000 // characters of one post
	plainPostLimit = 20   // posts of one message
)

// plainPosts returns m as content without markup.
func plainPosts(m *event.Message) []post {
	count := plainPostLimit
	if m.Brief {
		count = 1
	}
	// Cutting at line ends leaves posts less than full, so that three quarters
	// are what several posts hold. Where odd text takes yet more, it is cut in
	// the last one.
	room := contentLimit*count*3/4 + contentLimit/4 - 1
	text := textsplit.Shorten(m, room, escapedWidth).Plain()
	var posts []post
	for text != "" {
		var piece string
		if len(posts) == count-1 {
			piece, text = textsplit.Clip(text, contentLimit-1, escapedWidth, cutMark), ""
		} else {
			piece, text = textsplit.Cut(text, contentLimit-1, escapedWidth)
		}
		if strings.TrimSpace(piece) != "" { // Discord refuses an empty post
			posts = append(posts, post{Content: escape(piece), Flags: noEmbeds})
		}
	}
	return posts
}
