package daemon

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// inbox is what a person would have read on one service.
type inbox struct {
	mu   sync.Mutex
	got  []string
	came chan struct{}
}

func newInbox() *inbox { return &inbox{came: make(chan struct{}, 1)} }

func (i *inbox) add(text string) {
	i.mu.Lock()
	i.got = append(i.got, text)
	i.mu.Unlock()
	select {
	case i.came <- struct{}{}:
	default:
	}
}

func (i *inbox) texts() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]string{}, i.got...)
}

// await returns everything that arrived once a text holds every one of the
// words.
func (i *inbox) await(t *testing.T, words ...string) []string {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		texts := i.texts()
		if holds(strings.Join(texts, "\n"), words) {
			return texts
		}
		select {
		case <-i.came:
		case <-deadline:
			t.Fatalf("nothing with %q arrived; this did:\n%s", words, strings.Join(texts, "\n---\n"))
		}
	}
}

func holds(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// peers are loopback stand-ins of the four services, and the configuration of
// channels that talk to them.
type peers struct {
	telegram, discord, gotify, mail *inbox
	hcl                             string
}

func newPeers(t *testing.T) *peers {
	t.Helper()
	p := &peers{telegram: newInbox(), discord: newInbox(), gotify: newInbox(), mail: newInbox()}
	telegram := serveJSON(t, func(body map[string]any) any {
		p.telegram.add(fmt.Sprint(body["text"]))
		return map[string]any{"ok": true, "result": map[string]any{"message_id": 7, "chat": map[string]any{"id": 1}}}
	})
	discord := serveJSON(t, func(body map[string]any) any {
		p.discord.add(discordText(body))
		return map[string]any{"id": "42"}
	})
	gotify := serveJSON(t, func(body map[string]any) any {
		p.gotify.add(fmt.Sprint(body["title"], "\n", body["message"]))
		return map[string]any{"id": 1, "appid": 1}
	})
	host, port := p.serveSMTP(t)
	p.hcl = fmt.Sprintf(`
channel "telegram" "chat" {
  bot_token = "123456:%s"
  chat_id   = "-100123"
  api_url   = %q
  rich      = false
}
channel "discord" "team" {
  webhook_url = "%s/api/webhooks/1/token"
  rich        = false
}
channel "gotify" "tablet" {
  url   = %q
  token = "Atoken"
  rich  = false
}
channel "email" "mail" {
  host = %q
  port = %s
  from = "tocsin@example.org"
  to   = ["admin@example.org"]
  rich = false
}
`, strings.Repeat("A", 35), telegram, discord, gotify, host, port)
	return p
}

func (p *peers) all() map[string]*inbox {
	return map[string]*inbox{"telegram": p.telegram, "discord": p.discord, "gotify": p.gotify, "mail": p.mail}
}

func serveJSON(t *testing.T, answer func(body map[string]any) any) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer(body))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func discordText(body map[string]any) string {
	var b strings.Builder
	fmt.Fprintln(&b, body["content"])
	embeds, _ := body["embeds"].([]any)
	for _, e := range embeds {
		embed, _ := e.(map[string]any)
		fmt.Fprintln(&b, embed["title"], embed["description"])
		fields, _ := embed["fields"].([]any)
		for _, f := range fields {
			field, _ := f.(map[string]any)
			fmt.Fprintln(&b, field["name"], field["value"])
		}
	}
	return strings.ReplaceAll(b.String(), `\`, "")
}

// serveSMTP is a real SMTP server that keeps the text part of what it takes.
func (p *peers) serveSMTP(t *testing.T) (host, port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{p.mail}, nil }))
	server.Domain = "mail.example.org"
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	host, port, _ = net.SplitHostPort(l.Addr().String())
	return host, port
}

type mailSession struct{ inbox *inbox }

func (*mailSession) Reset()                               {}
func (*mailSession) Logout() error                        { return nil }
func (*mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (*mailSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *mailSession) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return err
	}
	text, err := textPart(m)
	if err != nil {
		return err
	}
	s.inbox.add(subject + "\n" + strings.ReplaceAll(text, "\r\n", "\n"))
	return nil
}

func textPart(m *mail.Message) (string, error) {
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return "", err
	}
	body, encoding := m.Body, m.Header.Get("Content-Transfer-Encoding")
	if strings.HasPrefix(kind, "multipart/") {
		part, err := multipart.NewReader(m.Body, params["boundary"]).NextRawPart()
		if err != nil {
			return "", err
		}
		body, encoding = part, part.Header.Get("Content-Transfer-Encoding")
	}
	if strings.EqualFold(encoding, "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	return string(text), err
}
