package telegram

import (
	"fmt"
	"strings"
	"testing"

	"tocsin/engine/event"
)

// long is a message of several parts.
func long(id string) *event.Message {
	m := sample()
	m.ID = id
	var b strings.Builder
	for i := range 330 {
		fmt.Fprintf(&b, "extent %04d was copied to the other side of the world\n", i)
	}
	m.Body = b.String()
	return &m
}

func TestRetryGoesOnBehindWhatArrived(t *testing.T) {
	s := startServer(t)
	c := s.open(t, nil)
	total := len(compose(long("a")))
	if total < 4 {
		t.Fatalf("the message has %d parts, want at least 4", total)
	}
	s.then(s.accept, s.accept, refuse(429, "Too Many Requests: retry after 3", ""), s.accept, refuse(500, "Internal Server Error", ""))
	r, err := c.Send(t.Context(), long("a"))
	if e := event.AsSendError(err); e.Code != "rate_limited" || !strings.HasPrefix(e.Why, fmt.Sprintf("part 3 of %d: ", total)) {
		t.Fatalf("first attempt: %v", err)
	}
	if r.MessageID != "501" {
		t.Errorf("first attempt: receipt %v", r)
	}
	again := long("a")
	again.Repeat = true // changes the last part only
	if _, err := c.Send(t.Context(), again); event.AsSendError(err).Code != "server_error" {
		t.Fatalf("second attempt: %v", err)
	}
	r, err = c.Send(t.Context(), again)
	if err != nil || r.MessageID != "501" {
		t.Fatalf("third attempt: %v, %v", r, err)
	}
	all := strings.Join(s.received(), "\n")
	if n := len(s.received()); n != total {
		t.Errorf("%d parts arrived, want %d", n, total)
	}
	for i := range 330 {
		if n := strings.Count(all, fmt.Sprintf("extent %04d", i)); n != 1 {
			t.Errorf("line %d arrived %d times", i, n)
		}
	}
	if !strings.Contains(all, event.RepeatNote) {
		t.Error("the last part bears no note")
	}
	// What is done is forgotten: the same message by hand is sent whole.
	if _, err := c.Send(t.Context(), again); err != nil || len(s.received()) != 2*total {
		t.Errorf("sent by hand: %v, %d parts", err, len(s.received()))
	}
}

func TestRetryInAnotherFormBeginsAnew(t *testing.T) {
	s := startServer(t)
	c := s.open(t, nil)
	s.then(s.accept, refuse(400, "Bad Request: strange", ""))
	if _, err := c.Send(t.Context(), long("a")); event.AsSendError(err).Class != event.Unfit {
		t.Fatalf("first attempt: %v", err)
	}
	brief := long("a")
	brief.Brief, brief.Rich = true, false
	r, err := c.Send(t.Context(), brief)
	if err != nil || r.MessageID != "502" || len(s.received()) != 2 {
		t.Errorf("brief: %v, %v, %d parts", r, err, len(s.received()))
	}
}
