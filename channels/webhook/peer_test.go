package webhook

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/document"
	"tocsin/channels/httpsend"
	"tocsin/channels/signature"
	"tocsin/engine/event"
)

const (
	testPath   = "/in/T0k-en_9fK2/"
	testHeader = "pass-4711/word"
	testSecret = "whsec_c2lnbmVkLWJ5LXRlc3RzLTc3MzE="
)

func TestChannel(t *testing.T) {
	channeltest.Run(t, channeltest.Suite{
		Kind:    Kind(httpsend.New(httpsend.Options{})),
		Open:    func(t *testing.T) *channeltest.Peer { return open(t, nil).Peer },
		Secrets: []string{"T0k-en_9fK2", testHeader, testSecret},
		Unsplit: true,
	})
}

// peer is a receiver that checks signatures.
type peer struct {
	*channeltest.Peer
	t *testing.T

	mu       sync.Mutex
	requests []request
	answer   channeltest.Answer
	reply    http.HandlerFunc // when set, answers every request
}

// request is one that the receiver got.
type request struct {
	method string
	header http.Header
	body   string
}

// open starts a receiver and makes a channel to it from values over the usual
// ones.
func open(t *testing.T, values channels.Values) *peer {
	t.Helper()
	p := &peer{t: t}
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, stop) }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) }) // runs first: a hanging request keeps the server from closing
	all := usual(server.URL)
	maps.Copy(all, values)
	ch, err := Kind(httpsend.New(httpsend.Options{})).New(all)
	if err != nil {
		t.Fatal(err)
	}
	p.Peer = &channeltest.Peer{Channel: ch, Received: p.texts, Raw: p.raw, Answer: p.set}
	return p
}

// usual are the fields of a channel to a server.
func usual(server string) channels.Values {
	return channels.Values{
		"url":     event.NewSecret(server + testPath),
		"headers": map[string]event.Secret{"authorization": event.NewSecret("Bearer " + testHeader)},
		"secret":  event.NewSecret(testSecret),
	}
}

func (p *peer) set(a channeltest.Answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = a
}

func (p *peer) got() []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

func (p *peer) texts() []string {
	var texts []string
	for _, r := range p.got() {
		var d document.Document
		if err := json.Unmarshal([]byte(r.body), &d); err != nil {
			p.t.Error(err)
		}
		texts = append(texts, d.Text)
	}
	return texts
}

func (p *peer) raw() []string {
	var list []string
	for _, r := range p.got() {
		var head strings.Builder
		_ = r.header.Write(&head) // a strings.Builder takes everything
		list = append(list, fmt.Sprintf("%s\n%s\n\n%s", r.method, head.String(), r.body))
	}
	return list
}

func (p *peer) serve(w http.ResponseWriter, r *http.Request, stop <-chan struct{}) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender went away
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.verify(r, body)
	if p.reply != nil {
		p.reply(w, r)
		return
	}
	switch p.answer {
	case channeltest.Unauthorized:
		w.WriteHeader(401)
	case channeltest.Limited:
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(429)
	case channeltest.Broken:
		w.WriteHeader(500)
	case channeltest.TooLarge:
		w.WriteHeader(413)
	case channeltest.Hang:
		p.mu.Unlock()
		select {
		case <-stop:
		case <-r.Context().Done():
		}
		p.mu.Lock()
	default:
		p.requests = append(p.requests, request{r.Method, r.Header, string(body)})
		w.WriteHeader(202)
	}
}

// verify checks what every request owes its receiver.
func (p *peer) verify(r *http.Request, body []byte) {
	id, stamp := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	sent, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || err != nil || time.Since(time.Unix(sent, 0)).Abs() > time.Minute {
		p.t.Errorf("id %q at %q", id, stamp)
	}
	if r.URL.Path != testPath || r.Header.Get("Authorization") != "Bearer "+testHeader {
		p.t.Errorf("unexpected request %s %s", r.Method, r.URL)
	}
	key, err := signature.NewKey(event.NewSecret(testSecret))
	if err != nil || !key.Verify(id, stamp, r.Header.Get("webhook-signature"), body) {
		p.t.Errorf("the signature of %s does not verify: %v", id, err)
	}
}
