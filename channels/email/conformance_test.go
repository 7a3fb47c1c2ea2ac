package email

import (
	"html"
	"regexp"
	"testing"

	"tocsin/channels/channeltest"
)

func TestConformance(t *testing.T) {
	channeltest.Run(t, channeltest.Suite{
		Kind:    Kind(Options{}),
		Open:    openPeer,
		Secrets: []string{testPassword},
		Unsplit: true,
		NoWait:  true,
	})
}

func openPeer(t *testing.T) *channeltest.Peer {
	x := serve(t, startTLS)
	answers := map[channeltest.Answer]func(string, string) error{
		channeltest.Unauthorized: at("login", 535, "5.7.8 not accepted"),
		channeltest.Limited:      at("rcpt", 450, "4.7.1 greylisted"),
		channeltest.Broken:       at("data", 451, "4.3.0 local error"),
		channeltest.TooLarge:     at("data", 552, "5.3.4 too big"),
		channeltest.Hang: func(step, _ string) error {
			if step == "data" {
				<-x.over
			}
			return nil
		},
	}
	return &channeltest.Peer{
		Channel: x.channel(login()),
		Received: func() []string {
			var texts []string
			for _, m := range x.mails() {
				texts = append(texts, seen(parse(t, m.text)))
			}
			return texts
		},
		Raw: func() []string {
			var raw []string
			for _, m := range x.mails() {
				raw = append(raw, m.text)
			}
			return raw
		},
		Answer: func(a channeltest.Answer) { x.refuse(answers[a]) },
	}
}

var (
	pageHead = regexp.MustCompile(`(?s)^.*</head>`)
	pageTag  = regexp.MustCompile(`<[^>]*>`)
)

// seen returns what a mail program shows of l.
func seen(l letter) string {
	page, ok := l.parts["text/html"]
	if !ok {
		return l.subject + "\n" + l.parts["text/plain"]
	}
	page = pageTag.ReplaceAllString(pageHead.ReplaceAllString(page, ""), "\n")
	return l.subject + "\n" + html.UnescapeString(page)
}
