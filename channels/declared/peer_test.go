package declared

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/channels/service"
	"tocsin/engine/event"
	"tocsin/rules"
)

const testToken = "bell.token-9fK2"

// declare loads the services of a file.
func declare(t testing.TB, file string) map[string]*service.Spec {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	config, diags := rules.Load(rules.Input{Files: map[string][]byte{file: src}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	out := map[string]*service.Spec{}
	for _, s := range config.Services {
		out[s.Name] = s
	}
	return out
}

// bell returns the kind of the service in testdata.
func bell(t testing.TB, client *httpsend.Client) channels.Kind {
	t.Helper()
	return Kind(client, service.App{Name: "tocsin"}, declare(t, "testdata/bell.hcl")["bell"])
}

func TestChannel(t *testing.T) {
	for _, format := range []string{service.Text, service.Markdown, service.HTML, service.Mrkdwn, service.Chat} {
		t.Run(format, func(t *testing.T) {
			channeltest.Run(t, channeltest.Suite{
				Kind:    bell(t, httpsend.New(httpsend.Options{})),
				Open:    func(t *testing.T) *channeltest.Peer { return open(t, channels.Values{"format": format}).Peer },
				Secrets: []string{testToken},
			})
		})
	}
}

// peer is a stand-in of the service.
type peer struct {
	*channeltest.Peer
	t *testing.T

	mu     sync.Mutex
	seen   []rung
	raw    []string
	answer channeltest.Answer
	refuse http.HandlerFunc // when set, answers every request
}

// rung is a message as the service reads it.
type rung struct{ Room, Title, Text, Format string }

func open(t *testing.T, values channels.Values) *peer {
	t.Helper()
	p := &peer{t: t}
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, stop) }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) }) // runs first: a hanging request keeps the server from closing
	all := channels.Values{"server": server.URL, "token": event.NewSecret(testToken)}
	for name, v := range values {
		all[name] = v
	}
	kind := bell(t, httpsend.New(httpsend.Options{}))
	ch, err := kind.New(all)
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
	texts := make([]string, len(p.seen))
	for i, m := range p.seen {
		texts[i] = m.Title + "\n" + shown(m.Format, m.Text)
	}
	return texts
}

var tag = regexp.MustCompile(`</?b>|<br>\n?`)

// shown returns what a person sees of a text.
func shown(format, text string) string {
	switch format {
	case service.Markdown:
		return channeltest.ShownMarkdown(text)
	case service.HTML:
		text = tag.ReplaceAllStringFunc(text, func(t string) string {
			if strings.HasPrefix(t, "<br") {
				return "\n"
			}
			return ""
		})
		return html.UnescapeString(text)
	case service.Mrkdwn:
		text = strings.NewReplacer("\u200b*\u200b", "\x01", "*", "", "\u200b", "").Replace(text)
		return html.UnescapeString(strings.ReplaceAll(text, "\x01", "*"))
	case service.Chat:
		text = strings.NewReplacer("\u200b*\u200b", "\x01", "*", "", "\u200b", "").Replace(text)
		return strings.ReplaceAll(text, "\x01", "*")
	}
	return text
}

func (p *peer) serve(w http.ResponseWriter, r *http.Request, stop <-chan struct{}) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender went away
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.raw = append(p.raw, fmt.Sprintf("%s %s\n\n%s", r.Method, r.URL, body))
	if r.Header.Get("Authorization") != "Bearer "+testToken || r.URL.Path != "/push" {
		p.t.Errorf("unexpected request %s %s", r.Method, r.URL)
	}
	if p.refuse != nil {
		p.refuse(w, r)
		return
	}
	switch p.answer {
	case channeltest.Unauthorized:
		refuse(w, 401, "no such token "+testToken)
	case channeltest.Limited:
		w.Header().Set("Retry-After", "7")
		refuse(w, 429, "slow down")
	case channeltest.Broken:
		refuse(w, 500, "out of order")
	case channeltest.TooLarge:
		refuse(w, 413, "too long")
	case channeltest.Hang:
		p.mu.Unlock()
		<-stop
		p.mu.Lock()
	default:
		p.take(w, body)
	}
}

func refuse(w http.ResponseWriter, status int, why string) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"ok": false, "error": why})
}

// take is as strict as the service.
func (p *peer) take(w http.ResponseWriter, body []byte) {
	var m rung
	if err := json.Unmarshal(body, &m); err != nil {
		p.t.Errorf("no JSON: %v", err)
	}
	if n := utf8.RuneCountInString(m.Text); n > 8000 || m.Text == "" {
		p.t.Errorf("a text of %d characters", n)
	}
	if n := utf8.RuneCountInString(m.Title); n > 250 || m.Title == "" || strings.Contains(m.Title, "\n") {
		p.t.Errorf("title %q", m.Title)
	}
	if m.Format == service.Markdown {
		if active := channeltest.ActiveMarkdown(m.Text); active != "" {
			p.t.Errorf("active markup: %q", active)
		}
	}
	if m.Format == service.HTML && strings.ContainsAny(tag.ReplaceAllString(m.Text, ""), "<>") {
		p.t.Errorf("active markup: %q", m.Text)
	}
	if m.Format == service.Mrkdwn && strings.ContainsAny(m.Text, "<>") {
		p.t.Errorf("active markup: %q", m.Text)
	}
	p.seen = append(p.seen, m)
	json.NewEncoder(w).Encode(map[string]any{"ok": true, "id": fmt.Sprint(len(p.seen))})
}
