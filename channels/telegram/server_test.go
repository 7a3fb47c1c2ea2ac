package telegram

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"tocsin/channels"
	"tocsin/channels/channeltest"
	"tocsin/channels/httpsend"
	"tocsin/channels/textsplit"
	"tocsin/engine/event"
)

const testToken = "7001234567:AAEx_not-a-real-token_0123456789abc"

// server stands in for the Bot API. It is as strict about markup, length and
// emptiness as the real one.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	raw    []string
	seen   []request
	texts  []string // as people read them
	script []func(request) (int, string)
	always func(request) (int, string)
	closed chan struct{}
}

func startServer(t testing.TB) *server {
	t.Helper()
	s := &server{closed: make(chan struct{})}
	s.Server = httptest.NewServer(http.HandlerFunc(s.handle))
	t.Cleanup(s.Server.Close)
	t.Cleanup(func() { close(s.closed) }) // first: lets hanging requests go
	return s
}

// then makes the server answer the next requests by these, one each.
func (s *server) then(answers ...func(request) (int, string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, answers...)
}

func fixed(status int, body string) func(request) (int, string) {
	return func(request) (int, string) { return status, body }
}

// refuse is a refusal in the API's form.
func refuse(code int, description, parameters string) func(request) (int, string) {
	if parameters == "" {
		parameters = "{}"
	}
	return fixed(code, fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q,"parameters":%s}`, code, description, parameters))
}

func (s *server) handle(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path != "/bot"+testToken+"/sendMessage" {
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"ok":false,"error_code":404,"description":"Not Found"}`)
		return
	}
	status, answer := s.answer(string(body))
	if status == 0 {
		<-s.closed
		return
	}
	w.WriteHeader(status)
	io.WriteString(w, answer)
}

func (s *server) answer(body string) (int, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.raw = append(s.raw, body)
	var req request
	if err := json.Unmarshal([]byte(body), &req); err != nil {
		return refuse(400, "Bad Request: object expected as request", "")(req)
	}
	s.seen = append(s.seen, req)
	answer := s.always
	if len(s.script) > 0 {
		answer, s.script = s.script[0], s.script[1:]
	}
	if answer != nil {
		return answer(req)
	}
	return s.accept(req)
}

func (s *server) accept(req request) (int, string) {
	text, err := seen(req.Text, req.Mode)
	switch {
	case err != nil:
		return refuse(400, "Bad Request: can't parse entities: "+err.Error(), "")(req)
	case textsplit.Width(text, textsplit.UTF16) > 4096:
		return refuse(400, "Bad Request: message is too long", "")(req)
	case strings.TrimSpace(text) == "":
		return refuse(400, "Bad Request: message text is empty", "")(req)
	}
	s.texts = append(s.texts, text)
	return 200, fmt.Sprintf(`{"ok":true,"result":{"message_id":%d,"chat":{"id":1}}}`, 500+len(s.texts))
}

var markup = regexp.MustCompile(`<b>|</b>|&(?:lt|gt|amp);|[<>&]`)

// seen returns what is seen of text. It takes the markup that the channel is to
// use, and nothing else.
func seen(text, mode string) (string, error) {
	if !utf8.ValidString(text) {
		return "", fmt.Errorf("text is not UTF-8")
	}
	switch mode {
	case "":
		return text, nil
	case "HTML":
	default:
		return "", fmt.Errorf("parse mode %q", mode)
	}
	depth, fault := 0, ""
	text = markup.ReplaceAllStringFunc(text, func(m string) string {
		switch m {
		case "<b>":
			depth++
		case "</b>":
			depth--
		case "&lt;":
			return "<"
		case "&gt;":
			return ">"
		case "&amp;":
			return "&"
		default:
			fault = "stray " + m
		}
		if depth < 0 || depth > 1 {
			fault = "unbalanced tags"
		}
		return ""
	})
	if depth != 0 {
		fault = "open tag"
	}
	if fault != "" {
		return "", fmt.Errorf("%s", fault)
	}
	return text, nil
}

// open makes a channel that sends to s.
func (s *server) open(t testing.TB, set channels.Values) channels.Channel {
	t.Helper()
	v := channels.Values{"bot_token": event.NewSecret(testToken), "chat_id": "-1002003004005", "api_url": s.URL}
	for name, value := range set {
		v[name] = value
	}
	kind := Kind(httpsend.New(httpsend.Options{}))
	c, err := kind.New(v)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *server) received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.texts...)
}

func (s *server) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.raw...)
}

func TestConformance(t *testing.T) {
	channeltest.Run(t, channeltest.Suite{
		Kind:    Kind(httpsend.New(httpsend.Options{})),
		Secrets: []string{testToken, strings.Split(testToken, ":")[1]},
		Open: func(t *testing.T) *channeltest.Peer {
			s := startServer(t)
			return &channeltest.Peer{Channel: s.open(t, nil), Received: s.received, Raw: s.requests, Answer: s.behave}
		},
	})
}

func (s *server) behave(a channeltest.Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch a {
	case channeltest.Accept:
		s.always = nil
	case channeltest.Unauthorized:
		s.always = refuse(401, "Unauthorized: "+testToken, "")
	case channeltest.Limited:
		s.always = refuse(429, "Too Many Requests: retry after 7", `{"retry_after":7}`)
	case channeltest.Broken:
		s.always = fixed(502, "<html>Bad Gateway</html>")
	case channeltest.Hang:
		s.always = fixed(0, "")
	case channeltest.TooLarge:
		s.always = refuse(400, "Bad Request: message is too long", "")
	}
}
