package builtin_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"tocsin/builtin"
	"tocsin/channels"
	"tocsin/channels/all"
	"tocsin/rules"
)

// recorder stands in for every service and keeps what it is sent.
type recorder struct {
	mu    sync.Mutex
	taken []string
}

func (r *recorder) add(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken = append(r.taken, text)
}

// take returns what was sent since it was asked last.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.taken
	r.taken = nil
	return taken
}

// Write is the terminal.
func (r *recorder) Write(text []byte) (int, error) {
	r.add(string(text))
	return len(text), nil
}

// ServeHTTP is Telegram, Discord, Gotify and Matrix.
func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	if strings.HasPrefix(request.URL.Path, "/_matrix/client/v3/join/") {
		io.WriteString(w, `{"room_id":"!1:lab.example"}`)
		return
	}
	r.add(string(body))
	switch {
	case strings.HasPrefix(request.URL.Path, "/_matrix/"):
		io.WriteString(w, `{"event_id":"$1"}`)
	case strings.HasPrefix(request.URL.Path, "/bot"):
		io.WriteString(w, `{"ok":true,"result":{"message_id":1}}`)
	case strings.HasPrefix(request.URL.Path, "/api/webhooks/"):
		io.WriteString(w, `{"id":"1"}`)
	default:
		io.WriteString(w, `{"id":1}`)
	}
}

// NewSession is the mail server.
func (r *recorder) NewSession(*smtp.Conn) (smtp.Session, error) { return mailSession{r}, nil }

type mailSession struct{ *recorder }

func (mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (mailSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (mailSession) Reset()                               {}
func (mailSession) Logout() error                        { return nil }

func (s mailSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.add(string(text))
	return err
}

const displayName = "home-lab"

// settings are those of the house in which the samples happen.
const settings = `
tocsin {
  enabled      = true
  display_name = "` + displayName + `"
  timezone     = "Europe/Madrid"
}
`

// lines are its channels, one of each kind, which all lead to the recorder.
const lines = `
channel "telegram" "phone" {
  bot_token = secret("bot_token")
  chat_id   = "7"
  api_url   = "%[1]s"
}
channel "discord" "room" {
  webhook_url = secret("webhook_url")
}
channel "gotify" "tablet" {
  url   = "%[1]s"
  token = secret("token")
}
channel "matrix" "square" {
  server       = "%[1]s"
  access_token = secret("access_token")
  rooms        = ["#alerts:lab.example"]
}
channel "email" "letters" {
  host = "127.0.0.1"
  port = %[2]d
  tls  = "none"
  from = "tocsin <tocsin@lab.example>"
  to   = ["ana@lab.example"]
}
channel "log" "terminal" {}
`

// open starts the services and loads the house's configuration.
func open(t *testing.T) (*recorder, *rules.Config, []channels.Kind) {
	t.Helper()
	r := &recorder{}
	web := httptest.NewServer(r)
	t.Cleanup(web.Close)
	secrets := map[string]string{
		"bot_token": "7001234567:AAEx_not-a-real-token_0123456789abc", "webhook_url": web.URL + "/api/webhooks/1/not-a-real-token", "token": "AnotARealToken.", "access_token": "syt_not-a-real-token",
	}
	kinds := all.Kinds(all.Options{Stdout: r})
	config, diags := rules.Load(rules.Input{
		Pack: builtin.Files(), Kinds: kinds, Host: "pve1",
		Files:  map[string][]byte{"tocsin.hcl": fmt.Appendf([]byte(settings), lines, web.URL, r.serveMail(t))},
		Secret: func(name string) (string, error) { return secrets[name], nil },
	})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return r, config, slices.DeleteFunc(kinds, func(k channels.Kind) bool { return slices.Contains(forPrograms, k.Name) })
}

// forPrograms are the kinds whose readers are programs, Apprise among them. They get
// the message as it is, without a dress, which their own tests show.
var forPrograms = []string{"webhook", "tocsin", "exec", "apprise"}

// house returns the house's configuration without any channel.
func house(t *testing.T) *rules.Config {
	t.Helper()
	config, diags := rules.Load(rules.Input{
		Pack: builtin.Files(), Files: map[string][]byte{"tocsin.hcl": []byte(settings)}, Host: "pve1",
	})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return config
}

// serveMail starts the mail server and returns its port.
func (r *recorder) serveMail(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(r)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		l.Close() // Serve may not have begun
		if err := <-served; err != nil {
			t.Errorf("mail server: %v", err)
		}
	})
	return l.Addr().(*net.TCPAddr).Port
}

// channelOf returns the house's channel of a kind.
func channelOf(t *testing.T, c *rules.Config, kind string) channels.Channel {
	t.Helper()
	for _, ch := range c.Channels {
		if ch.Kind == kind && ch.Channel != nil {
			return ch.Channel
		}
	}
	t.Fatalf("the house has no channel of kind %s: add one to it, and its services to the recorder", kind)
	return nil
}
