package tocsin

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/channels/signature"
	"tocsin/engine/event"
)

const (
	testToken  = "tocsin_AbCdEf_GhIjKlMnOpQrStUvWxYz-7731"
	testSecret = "shared-7731/secret"
	ourName    = "01K9ZINSTANCE0000000000000"
)

func TestChannel(t *testing.T) {
	for name, secret := range map[string]string{"token": testToken, "secret": testSecret} {
		values := channels.Values{name: event.NewSecret(secret)}
		t.Run(name, func(t *testing.T) {
			channeltest.Run(t, channeltest.Suite{
				Kind:    Kind(httpsend.New(httpsend.Options{}), ourName),
				Open:    func(t *testing.T) *channeltest.Peer { return open(t, values).Peer },
				Secrets: []string{secret},
				Unsplit: true,
			})
		})
	}
}

func byToken() channels.Values  { return channels.Values{"token": event.NewSecret(testToken)} }
func bySecret() channels.Values { return channels.Values{"secret": event.NewSecret(testSecret)} }

// peer is a stand-in of another tocsin, below a path.
type peer struct {
	*channeltest.Peer
	t *testing.T

	mu     sync.Mutex
	events []request
	raw    []string
	answer channeltest.Answer
	reply  http.HandlerFunc // when set, answers every request
}

func open(t *testing.T, values channels.Values) *peer {
	t.Helper()
	p := &peer{t: t}
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, stop) }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(stop) }) // runs first: a hanging request keeps the server from closing
	all := channels.Values{"url": server.URL + "/hub/"}
	maps.Copy(all, values)
	ch, err := Kind(httpsend.New(httpsend.Options{}), ourName).New(all)
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

func (p *peer) taken() []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.events)
}

func (p *peer) received() []string {
	var texts []string
	for _, e := range p.taken() {
		texts = append(texts, e.Title+"\n"+e.Message+"\n"+e.Host)
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
	p.admit(r, body)
	var head strings.Builder
	_ = r.Header.Write(&head) // a strings.Builder takes everything
	p.raw = append(p.raw, fmt.Sprintf("%s %s\n%s\n%s", r.Method, r.URL, head.String(), body))
	if p.reply != nil {
		p.reply(w, r)
		return
	}
	switch p.answer {
	case channeltest.Unauthorized:
		refuse(w, r, 401, "unauthorized", "this needs a valid token")
	case channeltest.Limited:
		w.Header().Set("Retry-After", "7")
		refuse(w, r, 429, "rate_limited", "too many requests")
	case channeltest.Broken:
		w.Header().Set("Retry-After", "5")
		refuse(w, r, 503, "unavailable", "events cannot be kept at the moment")
	case channeltest.TooLarge:
		refuse(w, r, 413, "too_large", "the body is larger than 1 MiB")
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

// admit checks what every request owes.
func (p *peer) admit(r *http.Request, body []byte) {
	h := r.Header
	switch r.URL.Path {
	case "/hub" + sendPath:
		if h.Get("Authorization") != "Bearer "+testToken || h.Get("Webhook-Signature") != "" {
			p.t.Errorf("sent with %v", h)
		}
	case "/hub" + webhookPath:
		key, err := signature.NewKey(event.NewSecret(testSecret))
		if err != nil || !key.Verify(h.Get("Webhook-Id"), h.Get("Webhook-Timestamp"), h.Get("Webhook-Signature"), body) || h.Get("Authorization") != "" {
			p.t.Errorf("signed with %v, %v", h, err)
		}
	default:
		p.t.Errorf("unexpected request %s %s", r.Method, r.URL)
	}
	if r.Method != http.MethodPost || h.Get("Content-Type") != "application/json" {
		p.t.Errorf("%s of %s", r.Method, h.Get("Content-Type"))
	}
}

func (p *peer) take(w http.ResponseWriter, body []byte) {
	var e request
	if err := json.Unmarshal(body, &e); err != nil {
		p.t.Error(err)
	}
	p.events = append(p.events, e)
	w.WriteHeader(202)
	fmt.Fprintf(w, `{"id":%q,"accepted":true,"channels":["phone"]}`, e.ID)
}

// refuse answers as tocsin does, and repeats the secret of the request.
func refuse(w http.ResponseWriter, r *http.Request, status int, code, why string) {
	secret := testSecret
	if r.Header.Get("Authorization") != "" {
		secret = testToken
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": code, "message": why, "why": "about " + secret, "do": "something"}})
}
