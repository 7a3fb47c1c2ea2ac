package main

import (
	"encoding/json"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"tocsin/engine/event"
)

// counter counts the messages of a service. It takes its time to answer, so that
// a kill finds sends in flight.
type counter struct {
	url string
	mu  sync.Mutex
	got map[string][]time.Time     // when, by text
	ids map[string]map[string]bool // by text, where messages have some
}

func newCounter() *counter {
	return &counter{got: map[string][]time.Time{}, ids: map[string]map[string]bool{}}
}

func (c *counter) take(text, id string) {
	text = unmarked(text)
	c.mu.Lock()
	c.got[text] = append(c.got[text], time.Now())
	if c.ids[text] == nil {
		c.ids[text] = map[string]bool{}
	}
	c.ids[text][id] = true
	c.mu.Unlock()
	<-time.After(time.Duration(rand.IntN(8)) * time.Millisecond)
}

// texts are the messages, with how often each came.
func (c *counter) texts() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	texts := map[string]int{}
	for text, times := range c.got {
		texts[text] = len(times)
	}
	return texts
}

// repeats counts the messages that came again, by the start of the daemon that was
// the first between; 0 stands for none.
func (c *counter) repeats(starts []time.Time) map[int]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	again := map[int]int{}
	for _, times := range c.got {
		for i := 1; i < len(times); i++ {
			start := slices.IndexFunc(starts, func(at time.Time) bool { return at.After(times[i-1]) })
			if start < 0 || starts[start].After(times[i]) {
				start = 0
			}
			again[start]++
		}
	}
	return again
}

// unmarked is the text without the note that it may have arrived before.
func unmarked(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, event.RepeatNote, ""))
}

// serveGotify is a Gotify server.
func serveGotify(t *testing.T) *counter {
	t.Helper()
	c := newCounter()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct{ Title, Message string }
		if json.NewDecoder(r.Body).Decode(&m) != nil {
			return // killed while it wrote
		}
		c.take(m.Title+"\n"+m.Message, "")
		_, _ = io.WriteString(w, `{"id": 25}`)
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// serveMail is a mail server that puts what comes into c, and its port.
func serveMail(t *testing.T, c *counter) int {
	t.Helper()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return mailbox{c}, nil }))
	server.Domain, server.ErrorLog = "mail.lab.example", log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		l.Close() // Serve may not have begun
		<-served
	})
	return l.Addr().(*net.TCPAddr).Port
}

// mailbox is a session of the mail server.
type mailbox struct{ *counter }

func (mailbox) Mail(string, *smtp.MailOptions) error { return nil }
func (mailbox) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (mailbox) Reset()                               {}
func (mailbox) Logout() error                        { return nil }

var messageID = regexp.MustCompile(`(?im)^Message-ID:\s*(\S+)`)

// Data takes a mail. Its text is what stands behind the header.
func (b mailbox) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err // killed while it wrote
	}
	header, body, _ := strings.Cut(string(text), "\r\n\r\n")
	id := ""
	if m := messageID.FindStringSubmatch(header); m != nil {
		id = m[1]
	}
	b.take(strings.ReplaceAll(body, "\r\n", "\n"), id)
	return nil
}
