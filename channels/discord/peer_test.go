package discord

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

const (
	testToken = "tOkEn-of_the-Webhook-5f2c9a"
	testPath  = "/api/webhooks/880011223344556677/" + testToken
)

func TestChannel(t *testing.T) {
	channeltest.Run(t, channeltest.Suite{
		Kind:    Kind(httpsend.New(httpsend.Options{})),
		Open:    func(t *testing.T) *channeltest.Peer { return open(t).Peer },
		Secrets: []string{testToken},
	})
}

// peer is a stand-in of Discord that holds posts to Discord's limits.
type peer struct {
	*channeltest.Peer
	t *testing.T

	mu     sync.Mutex
	posts  []postSeen
	raw    []string
	answer channeltest.Answer
	// refuse, when set, may answer a request by itself; n counts from 0.
	refuse func(n int, w http.ResponseWriter) bool
}

// postSeen is a post as the service reads it.
type postSeen struct {
	Content         string
	Username        string
	Flags           int
	Embeds          []embedSeen
	AllowedMentions *struct{ Parse []string } `json:"allowed_mentions"`
}

type embedSeen struct {
	Title, Description, Timestamp string
	Color                         int
	Fields                        []struct {
		Name, Value string
		Inline      bool
	}
	Footer struct{ Text string }
}

func open(t *testing.T) *peer {
	t.Helper()
	return openWith(t, channels.Values{})
}

func openWith(t *testing.T, values channels.Values) *peer {
	t.Helper()
	p := &peer{t: t}
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, stop) }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) }) // runs first: a hanging request keeps the server from closing
	values["webhook_url"] = event.NewSecret(server.URL + testPath)
	kind := Kind(httpsend.New(httpsend.Options{}))
	ch, err := kind.New(values)
	if err != nil {
		t.Fatal(err)
	}
	p.Peer = &channeltest.Peer{Channel: ch, Received: p.received, Raw: p.requests, Answer: p.set}
	return p
}

func (p *peer) set(a channeltest.Answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = a
}

func (p *peer) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.raw)
}

func (p *peer) received() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	texts := make([]string, len(p.posts))
	for i := range p.posts {
		texts[i] = p.posts[i].text()
	}
	return texts
}

func (p *peer) serve(w http.ResponseWriter, r *http.Request, stop <-chan struct{}) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender went away
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.raw)
	p.raw = append(p.raw, fmt.Sprintf("%s %s\n%s\n%s", r.Method, r.URL, r.Header.Get("Content-Type"), body))
	if r.URL.Path != testPath || r.Method != http.MethodPost || r.URL.Query().Get("wait") != "true" {
		p.t.Errorf("unexpected request %s %s", r.Method, r.URL)
	}
	if p.refuse != nil && p.refuse(n, w) {
		return
	}
	switch p.answer {
	case channeltest.Unauthorized:
		refuse(w, 401, `{"message": "Invalid Webhook Token", "code": 50027}`)
	case channeltest.Limited:
		refuse(w, 429, `{"message": "You are being rate limited.", "retry_after": 7.0, "global": false}`)
	case channeltest.Broken:
		refuse(w, 500, `{"message": "500: Internal Server Error", "code": 0}`)
	case channeltest.TooLarge:
		refuse(w, 400, `{"message": "Request entity too large", "code": 40005}`)
	case channeltest.Hang:
		p.mu.Unlock()
		select {
		case <-stop:
		case <-r.Context().Done():
		}
		p.mu.Lock()
	default:
		p.take(w, body)
	}
}

func refuse(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprint(w, body)
}

// take accepts a post that Discord would accept.
func (p *peer) take(w http.ResponseWriter, body []byte) {
	var seen postSeen
	if err := json.Unmarshal(body, &seen); err != nil {
		refuse(w, 400, `{"message": "The request body contains invalid JSON.", "code": 50109}`)
		return
	}
	if wrong := seen.wrong(); wrong != "" {
		refuse(w, 400, fmt.Sprintf(`{"message": "Invalid Form Body", "code": 50035, "errors": {"embeds": {"_errors": [{"code": "X", "message": %q}]}}}`, wrong))
		return
	}
	p.posts = append(p.posts, seen)
	fmt.Fprintf(w, `{"id": "%d", "type": 0, "content": ""}`, 1400000000000000000+len(p.posts))
}

// wrong returns what Discord would find wrong with the post.
func (s *postSeen) wrong() string {
	if s.AllowedMentions == nil || s.AllowedMentions.Parse == nil || len(s.AllowedMentions.Parse) > 0 {
		return "allowed_mentions lets somebody be pinged"
	}
	if length(s.Content) == 0 && len(s.Embeds) == 0 {
		return "Cannot send an empty message"
	}
	if length(s.Content) > 2000 || len(s.Embeds) > 10 {
		return "content or embeds over the limit"
	}
	if active := activeMarkup(s.Content); active != "" {
		return "active markup in the content: " + active
	}
	sum := 0
	for i := range s.Embeds {
		n, wrong := s.Embeds[i].check()
		if wrong != "" {
			return wrong
		}
		sum += n
	}
	if sum > 6000 {
		return fmt.Sprintf("embeds have %d characters", sum)
	}
	return ""
}

// check returns the length of an embed, and what is wrong with it.
func (e *embedSeen) check() (int, string) {
	sum := length(e.Title) + length(e.Description) + length(e.Footer.Text)
	if sum == 0 && len(e.Fields) == 0 {
		return 0, "an empty embed"
	}
	if length(e.Title) > 256 || length(e.Description) > 4096 || length(e.Footer.Text) > 2048 || len(e.Fields) > 25 {
		return 0, "a part of an embed over its limit"
	}
	if active := activeMarkup(e.Description); active != "" {
		return 0, "active markup in the description: " + active
	}
	for _, f := range e.Fields {
		name, value := length(f.Name), length(f.Value)
		if name == 0 || value == 0 || name > 256 || value > 1024 {
			return 0, fmt.Sprintf("a field with a name of %d and a value of %d characters", name, value)
		}
		if active := activeMarkup(f.Name) + activeMarkup(f.Value); active != "" {
			return 0, "active markup in a field: " + active
		}
		sum += name + value
	}
	return sum, ""
}

// length counts as Discord does: code points, without blanks at the ends.
func length(text string) int { return utf8.RuneCountInString(strings.TrimSpace(text)) }

// text returns what a person sees.
func (s *postSeen) text() string {
	parts := []string{unescape(s.Content)}
	for _, e := range s.Embeds {
		parts = append(parts, e.Title, unescape(e.Description))
		for _, f := range e.Fields {
			parts = append(parts, unescape(f.Name), unescape(f.Value))
		}
		parts = append(parts, e.Footer.Text)
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	return strings.Join(parts, "\n")
}

var escaped = regexp.MustCompile(`\\([^0-9A-Za-z\s])`)

// unescape removes the backslashes that Discord hides.
func unescape(text string) string { return escaped.ReplaceAllString(text, "$1") }

// markup is what Discord's clients give a meaning to.
var markup = regexp.MustCompile(`(?m)` + strings.Join([]string{
	`\*`, "`", `~~`, `\|\|`, // emphasis, code, strike, spoiler
	`(?:^|[^0-9A-Za-z])_`, `_(?:[^0-9A-Za-z]|$)`, // emphasis that is not inside a word
	`\[[^\[]*\]\(`, // masked links
	`<[^ ]`,        // mentions, emoji, times, links without preview
	`@(everyone|here)`,
	`^[ \t]*(?:#|>|- |-#|\d+\. )`, // headings, quotes, lists, small print
}, "|"))

// swallowed finds a URL that swallows the backslash of what follows it. JavaScript
// counts the hair space as a blank, Go does not.
var swallowed = regexp.MustCompile(`://[^\s<\x{200a}]*\\<`)

// activeMarkup returns the first markup in text that is not escaped.
func activeMarkup(text string) string {
	if active := swallowed.FindString(text); active != "" {
		return active
	}
	return markup.FindString(escaped.ReplaceAllString(text, "\x00"))
}
