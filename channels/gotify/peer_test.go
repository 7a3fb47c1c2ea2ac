package gotify

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

const testToken = "AwQ7.token-9fK2"

func TestChannel(t *testing.T) {
	channeltest.Run(t, channeltest.Suite{
		Kind: Kind(httpsend.New(httpsend.Options{})),
		Open: func(t *testing.T) *channeltest.Peer { return open(t).Peer },
		// The token is in a header, as it must be, and nowhere else.
		Secrets: []string{testToken},
		Unsplit: true,
	})
}

// peer is a stand-in of a Gotify server that lives under /push.
type peer struct {
	*channeltest.Peer
	t *testing.T

	mu       sync.Mutex
	messages []messageSeen
	raw      []string
	answer   channeltest.Answer
	// refuse, when set, answers every request.
	refuse http.HandlerFunc
}

// messageSeen is a message as the server reads it.
type messageSeen struct {
	Title    string
	Message  string
	Priority int
	Extras   map[string]map[string]string
}

func open(t *testing.T) *peer {
	t.Helper()
	p := &peer{t: t}
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, stop) }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) }) // runs first: a hanging request keeps the server from closing
	kind := Kind(httpsend.New(httpsend.Options{}))
	ch, err := kind.New(channels.Values{"url": server.URL + "/push/", "token": event.NewSecret(testToken)})
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
	texts := make([]string, len(p.messages))
	for i, m := range p.messages {
		text := m.Message
		if m.Extras["client::display"]["contentType"] == "text/markdown" {
			text = channeltest.ShownMarkdown(text)
		}
		texts[i] = m.Title + "\n" + text
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
	p.raw = append(p.raw, fmt.Sprintf("%s %s\n%s\n\n%s", r.Method, r.URL, r.Header.Get("Content-Type"), body))
	if r.URL.String() != "/push/message" || r.Method != http.MethodPost || r.Header.Get("X-Gotify-Key") != testToken {
		p.t.Errorf("unexpected request %s %s", r.Method, r.URL)
	}
	if p.refuse != nil {
		p.refuse(w, r)
		return
	}
	switch p.answer {
	case channeltest.Unauthorized:
		refuse(w, 401, "you need to provide a valid access token or user credentials to access this api")
	case channeltest.Limited: // by a proxy: Gotify has no limit
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(429)
	case channeltest.Broken:
		refuse(w, 500, "database is locked")
	case channeltest.TooLarge: // by a proxy as well
		w.WriteHeader(413)
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

func refuse(w http.ResponseWriter, status int, description string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{
		"error": http.StatusText(status), "errorCode": status, "errorDescription": description,
	})
}

// take accepts a message that Gotify would accept, and repeats it as Gotify
// does.
func (p *peer) take(w http.ResponseWriter, body []byte) {
	var seen messageSeen
	if err := json.Unmarshal(body, &seen); err != nil {
		refuse(w, 400, err.Error())
		return
	}
	switch {
	case seen.Message == "":
		refuse(w, 400, "Field 'message' is required")
		return
	case len(seen.Message) > 65_535 || len(seen.Title) > 65_535:
		refuse(w, 500, "Error 1406: Data too long for column")
		return
	}
	if seen.Extras["client::display"]["contentType"] == "text/markdown" {
		if active := channeltest.ActiveMarkdown(seen.Message); active != "" {
			p.t.Errorf("active markup: %q", active)
		}
	}
	p.messages = append(p.messages, seen)
	json.NewEncoder(w).Encode(struct {
		ID int `json:"id"`
		messageSeen
	}{len(p.messages) + 24, seen})
}
