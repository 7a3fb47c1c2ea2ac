package matrix

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

const testToken = "syt_token-9fK2_xyz"

func TestChannel(t *testing.T) {
	channeltest.Run(t, channeltest.Suite{
		Kind: Kind(httpsend.New(httpsend.Options{})),
		Open: func(t *testing.T) *channeltest.Peer {
			return open(t, channels.Values{"access_token": event.NewSecret(testToken)}).Peer
		},
		Secrets: []string{testToken},
	})
}

// peer is a stand-in of a homeserver.
type peer struct {
	*channeltest.Peer
	t *testing.T

	mu     sync.Mutex
	token  string // that is valid
	logins int
	events []content
	rooms  []string        // of events
	taken  map[string]bool // transactions
	raw    []string
	answer channeltest.Answer
	refuse http.HandlerFunc // when set, answers every event
}

func open(t *testing.T, values channels.Values) *peer {
	t.Helper()
	p := &peer{t: t, token: testToken, taken: map[string]bool{}}
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, stop) }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) }) // runs first: a hanging request keeps the server from closing
	all := channels.Values{"server": server.URL, "rooms": []string{"#alerts:lab.example"}}
	for name, v := range values {
		all[name] = v
	}
	ch, err := Kind(httpsend.New(httpsend.Options{})).New(all)
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
	texts := make([]string, len(p.events))
	for i, c := range p.events {
		if texts[i] = c.Body; c.Formatted != "" {
			texts[i] = shown(c.Formatted)
		}
	}
	return texts
}

var tag = regexp.MustCompile(`</?b>|<br>`)

// shown returns what a person sees of formatted text.
func shown(text string) string {
	text = strings.ReplaceAll(text, "<br>", "\n")
	return html.UnescapeString(tag.ReplaceAllString(text, ""))
}

func (p *peer) serve(w http.ResponseWriter, r *http.Request, stop <-chan struct{}) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender went away
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/_matrix/client/v3")
	if !ok {
		p.t.Errorf("unexpected request %s", r.URL)
	}
	if path == "/login" {
		p.login(w, body)
		return
	}
	p.raw = append(p.raw, fmt.Sprintf("%s %s\n\n%s", r.Method, r.URL, body))
	switch p.answer {
	case channeltest.Limited:
		w.Header().Set("Retry-After", "7")
		refuse(w, 429, "M_LIMIT_EXCEEDED", "Too many requests")
		return
	case channeltest.Broken:
		refuse(w, 500, "M_UNKNOWN", "Internal server error")
		return
	case channeltest.TooLarge:
		refuse(w, 413, "M_TOO_LARGE", "event too large")
		return
	case channeltest.Hang:
		p.mu.Unlock()
		<-stop
		p.mu.Lock()
		return
	}
	if p.answer == channeltest.Unauthorized || r.Header.Get("Authorization") != "Bearer "+p.token {
		refuse(w, 401, "M_UNKNOWN_TOKEN", "Unrecognised access token "+testToken)
		return
	}
	if strings.HasPrefix(path, "/join/") {
		room := strings.TrimPrefix(path, "/join/")
		fmt.Fprintf(w, `{"room_id":"!%d:lab.example"}`, len(room))
		return
	}
	p.event(w, r, path, body)
}

func (p *peer) login(w http.ResponseWriter, body []byte) {
	var in struct {
		Identifier struct{ User string }
		Password   string
	}
	if json.Unmarshal(body, &in) != nil || in.Identifier.User != "tocsin" || in.Password != "hush-7731" {
		refuse(w, 403, "M_FORBIDDEN", "Invalid username or password")
		return
	}
	p.logins++
	p.token = fmt.Sprintf("session-%d", p.logins)
	fmt.Fprintf(w, `{"access_token":%q,"user_id":"@tocsin:lab.example"}`, p.token)
}

func refuse(w http.ResponseWriter, status int, code, text string) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"errcode": code, "error": text})
}

// event takes one as a homeserver does: one of a transaction that it knows is
// the same one.
func (p *peer) event(w http.ResponseWriter, r *http.Request, path string, body []byte) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if r.Method != http.MethodPut || len(parts) != 5 || parts[0] != "rooms" || parts[2] != "send" || parts[3] != "m.room.message" {
		p.t.Errorf("unexpected request %s %s", r.Method, path)
		return
	}
	if p.refuse != nil {
		p.refuse(w, r)
		return
	}
	var c content
	if len(body) > 60_000 || json.Unmarshal(body, &c) != nil || c.Body == "" {
		p.t.Errorf("an event of %d bytes: %.200s", len(body), body)
	}
	if c.Formatted != "" && strings.ContainsAny(tag.ReplaceAllString(c.Formatted, ""), "<>") {
		p.t.Errorf("active markup: %q", c.Formatted)
	}
	if !p.taken[path] {
		p.taken[path] = true
		p.events, p.rooms = append(p.events, c), append(p.rooms, parts[1])
	}
	fmt.Fprintf(w, `{"event_id":"$%d"}`, len(p.events))
}
