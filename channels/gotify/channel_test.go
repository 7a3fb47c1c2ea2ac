package gotify

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"tocsin/channels"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
)

func TestReceipt(t *testing.T) {
	p := open(t)
	receipt, err := p.Channel.Send(t.Context(), notice())
	if err != nil || receipt.MessageID != "25" {
		t.Errorf("Send = %+v, %v", receipt, err)
	}
	if got := p.messages[0].Priority; got != 9 {
		t.Errorf("priority %d", got)
	}
}

func TestAnswers(t *testing.T) {
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	said := func(status int, description string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { refuse(w, status, description) }
	}
	tests := map[string]struct {
		serve http.HandlerFunc
		class event.Class
		code  string
		retry time.Duration
		says  string
	}{
		"token gone":        {said(401, "you need to provide a valid access token"), event.Target, "bad_token", 0, "valid access token"},
		"not allowed":       {said(403, "you are not allowed to access this api"), event.Target, "bad_token", 0, "set token"},
		"sign-in by proxy":  {answer(401, "<html>sign in</html>"), event.Target, "bad_token", 0, "401"},
		"wrong path":        {answer(404, "<html>not found</html>"), event.Target, "wrong_path", 0, "check the path of url"},
		"page, no service":  {answer(405, ""), event.Target, "wrong_path", 0, "check the path of url"},
		"refused":           {said(400, "unexpected end of JSON input"), event.Unfit, "rejected", 0, "unexpected end"},
		"token of a client": {said(400, "appid is required when not authenticating with an application token"), event.Target, "bad_token", 0, "client"},
		"too large":         {answer(413, ""), event.Unfit, "too_large", 0, "body limit of the proxy"},
		"broken":            {said(500, "database is locked"), event.Temporary, "server_error", 0, "database is locked"},
		"server is away":    {answer(502, "<html>bad gateway</html>"), event.Temporary, "server_error", 0, "502"},
		"limited": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "12")
			w.WriteHeader(429)
		}, event.Temporary, "rate_limited", 12 * time.Second, "429"},
		"moved": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(301)
		}, event.Temporary, "redirected", 0, "301"},
		"another site":          {answer(200, "<html>welcome</html>"), event.Target, "not_gotify", 0, "not Gotify"},
		"another site's JSON":   {answer(200, `{"ok": true, "nested": {"id": 7}}`), event.Target, "not_gotify", 0, "not Gotify"},
		"empty":                 {answer(204, ""), event.Target, "not_gotify", 0, "not Gotify"},
		"token in the answer":   {said(500, "bad key "+testToken), event.Temporary, "server_error", 0, "bad key [set]"},
		"controls in an answer": {said(500, "a\x1b[31m\nb"), event.Temporary, "server_error", 0, "a<U+001B>[31m b"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := open(t)
			p.refuse = tt.serve
			_, err := p.Channel.Send(t.Context(), notice())
			e, ok := errors.AsType[*event.SendError](err)
			if !ok {
				t.Fatalf("Send returned %T %v", err, err)
			}
			if e.Class != tt.class || e.Code != tt.code || e.RetryAfter != tt.retry {
				t.Errorf("class %v, code %s, retry after %v; want %v, %s, %v", e.Class, e.Code, e.RetryAfter, tt.class, tt.code, tt.retry)
			}
			if !strings.Contains(e.Error(), tt.says) || e.Do == "" {
				t.Errorf("%q does not say %q", e.Error(), tt.says)
			}
			if strings.Contains(e.Error(), testToken) {
				t.Errorf("the error shows the token: %v", e)
			}
		})
	}
}

// A message is delivered also when the answer, which repeats it, is too long
// to be read or breaks off.
func TestLongAnswers(t *testing.T) {
	tests := map[string]struct {
		answer string
		breaks bool
		id     string
	}{
		"long":                  {`{"id":31,"message":"` + strings.Repeat("x", 200_000) + `"}`, false, "31"},
		"broken off":            {`{"id":32,"mess`, true, "32"},
		"broken off at once":    {`{"i`, true, ""},
		"id behind the message": {`{"message":"x","id":33}`, false, "33"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := open(t)
			p.refuse = func(w http.ResponseWriter, _ *http.Request) {
				if tt.breaks {
					w.Header().Set("Content-Length", "5000")
				}
				io.WriteString(w, tt.answer)
			}
			receipt, err := p.Channel.Send(t.Context(), notice())
			if err != nil || receipt.MessageID != tt.id {
				t.Errorf("Send = %+v, %v", receipt, err)
			}
		})
	}
}

func TestNew(t *testing.T) {
	tests := map[string]struct {
		url, token string
		wrong      string // field; empty: none
	}{
		"good":                 {url: "https://gotify.example", token: testToken},
		"with a path":          {url: "http://192.0.2.4:8080/gotify/", token: testToken},
		"the path of messages": {url: "https://gotify.example/message", token: testToken},
		"no address":           {token: testToken, wrong: "url"},
		"no scheme":            {url: "gotify.example", token: testToken, wrong: "url"},
		"host and port":        {url: "gotify.example:8080", token: testToken, wrong: "url"},
		"another scheme":       {url: "ftp://gotify.example", token: testToken, wrong: "url"},
		"no host":              {url: "https://:443/", token: testToken, wrong: "url"},
		"token in the query":   {url: "https://gotify.example/?token=" + testToken, token: testToken, wrong: "url"},
		"password":             {url: "https://a:b@gotify.example/", token: testToken, wrong: "url"},
		"no token":             {url: "https://gotify.example", wrong: "token"},
		"token of a client":    {url: "https://gotify.example", token: "CwQ7.token-9fK2", wrong: "token"},
		"token of two lines":   {url: "https://gotify.example", token: "AwQ7\r\nX-Other: 1", wrong: "token"},
	}
	kind := Kind(httpsend.New(httpsend.Options{}))
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ch, err := kind.New(channels.Values{"url": tt.url, "token": event.NewSecret(tt.token)})
			if tt.wrong == "" {
				if err != nil {
					t.Fatal(err)
				}
				if text := fmt.Sprintf("%v %+v %#v", ch, ch, ch); strings.Contains(text, testToken) {
					t.Errorf("the channel prints as %s", text)
				}
				return
			}
			field, ok := errors.AsType[*channels.FieldError](err)
			if !ok || field.Field != tt.wrong {
				t.Fatalf("New returned %v, want an error about %s", err, tt.wrong)
			}
			if strings.Contains(err.Error(), testToken) || field.Detail == "" {
				t.Errorf("the error shows the token or lacks a remedy: %v", err)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	tests := map[string]string{
		"https://gotify.example":          "https://gotify.example/message",
		"https://gotify.example/":         "https://gotify.example/message",
		" https://gotify.example/push// ": "https://gotify.example/push/message",
		"http://[::1]:80/a b/message":     "http://[::1]:80/a%20b/message",
	}
	for text, want := range tests {
		if got, err := parseAddress(text); err != nil || got != want {
			t.Errorf("parseAddress(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
}

// Whatever is answered, only what begins as a JSON object is taken for Gotify's,
// and what is taken for an id is a number.
func FuzzMessageID(f *testing.F) {
	for _, body := range []string{`{"id":25}`, `{"message":"x","id":7`, `{"i`, `{"id":"7"}`, `{"id":-1}`, `<html>`, `[]`, ``, `{"a":{"id":7}}`} {
		f.Add(body, false)
	}
	f.Fuzz(func(t *testing.T, body string, partial bool) {
		answer := &httpsend.Answer{Status: 200, Body: []byte(body), Partial: partial}
		id, ok := messageID(answer)
		if ok && answer.Foreign() {
			t.Errorf("%q is taken for Gotify's", body)
		}
		if n, err := strconv.ParseUint(id, 10, 64); ok && id != "" && (err != nil || n == 0) {
			t.Errorf("%q: the id is %q", body, id)
		}
	})
}
