package api

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bunrouter"
)

// The kinds of news.
const (
	NewsEvent    = "event"
	NewsDecision = "decision"
	NewsDelivery = "delivery"
	NewsConfig   = "config"
)

// Feed is what happens, as it happens. Reading it holds up nobody.
type Feed interface {
	// Last returns where the news ends at the moment.
	Last() NewsPosition
	// Read returns the news behind a position, at most so many.
	Read(after NewsPosition, most int) (NewsPage, error)
}

// NewsPosition is a place in the news of one run of the daemon.
type NewsPosition struct {
	Epoch  string
	Number uint64
}

// String returns the position as the id of server-sent events.
func (p NewsPosition) String() string { return fmt.Sprintf("%s-%d", p.Epoch, p.Number) }

func parsePosition(text string) (NewsPosition, bool) {
	epoch, number, ok := strings.Cut(text, "-")
	n, err := strconv.ParseUint(number, 10, 64)
	return NewsPosition{epoch, n}, ok && err == nil
}

// News is one thing that happened.
type News struct {
	Position NewsPosition
	Kind     string
	Data     string // JSON
}

// NewsPage is what a reader gets at once.
type NewsPage struct {
	News      []News
	Next      NewsPosition
	Missed    uint64          // before them, and gone
	Restarted bool            // the position was of another run: nobody knows what was missed
	More      <-chan struct{} // closed when there is more; nil: read on
	Ended     bool
}

const (
	maxStreams  = 64               // open at once
	newsPage    = 256              // news written at once
	streamBeat  = 15 * time.Second // a sign of life after that long
	streamLook  = time.Second      // how often it is looked whether the caller may still listen
	streamWrite = 10 * time.Second // a reader that takes nothing for that long is gone
)

// stream tells what happens as server-sent events, until the caller hangs up or
// may listen no longer.
func (s *Server) stream(w http.ResponseWriter, req bunrouter.Request) error {
	kinds, err := newsKinds(req.Request)
	if err != nil {
		return err
	}
	at := s.Feed.Last()
	if text := req.Header.Get("Last-Event-ID"); text != "" {
		var ok bool
		if at, ok = parsePosition(text); !ok {
			return errMalformed.because("Last-Event-ID is no id of this stream", "leave it out to begin with what happens now")
		}
	}
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		return errRate.because(fmt.Sprintf("%d streams are open already", maxStreams), "close one, or come back later").after(streamBeat)
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no") // of a proxy that would collect it
	if req.Method == http.MethodHead {
		return nil
	}
	l := &listener{s: s, w: w, r: req.Request, control: http.NewResponseController(w), kinds: kinds, at: at}
	_ = l.control.SetReadDeadline(time.Time{}) // its end would end the request
	l.run()
	return nil
}

func newsKinds(r *http.Request) ([]string, error) {
	all := []string{NewsEvent, NewsDecision, NewsDelivery, NewsConfig}
	kinds := all
	err := readQuery(r, func(name, text string, _ time.Time) string {
		if name != "kinds" {
			return "kinds"
		}
		kinds = strings.Split(text, ",")
		for _, kind := range kinds {
			if !slices.Contains(all, kind) {
				return "a list of " + strings.Join(all, ", ")
			}
		}
		return ""
	})
	return kinds, err
}

// listener is one reader of the stream.
type listener struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	control *http.ResponseController
	kinds   []string
	at      NewsPosition
	quiet   time.Duration // since something was written
}

// run writes what happens. It ends when nothing can be written any more.
func (l *listener) run() {
	look := time.NewTicker(streamLook)
	defer look.Stop()
	if l.write("retry: 2000\n\n") != nil {
		return
	}
	for {
		page, err := l.s.Feed.Read(l.at, newsPage)
		if err != nil {
			l.s.Log.Error("the stream broke off", "component", "api", "err", err)
			return
		}
		l.at = page.Next
		if text := l.text(&page); text != "" && l.write(text) != nil || page.Ended {
			return
		}
		if page.More == nil { // there is more already
			select {
			case <-look.C:
				if !l.look() {
					return
				}
			default:
			}
			continue
		}
		if !l.wait(page.More, look.C) {
			return
		}
	}
}

// wait waits for more. It reports false when the caller is gone.
func (l *listener) wait(more <-chan struct{}, look <-chan time.Time) bool {
	for {
		select {
		case <-more:
			return true
		case <-l.r.Context().Done():
			return false
		case <-look:
			if !l.look() {
				return false
			}
		}
	}
}

// look reports whether the caller may still listen, and gives a sign of life now
// and then.
func (l *listener) look() bool {
	if !l.s.mayStill(l.r) {
		return false
	}
	l.quiet += streamLook
	return l.quiet < streamBeat || l.write(": still here\n\n") == nil
}

// mayStill reports whether a caller who was let in would be let in again: its
// token may be revoked by now, its session over. Listening is no use of a session
// that keeps it from ending.
func (s *Server) mayStill(r *http.Request) bool {
	c := callerOf(r)
	switch {
	case c.local:
		return true
	case c.session == nil:
		_, err := s.tokenCaller(r)
		return err == nil
	}
	now := time.Now()
	session, _, found, err := s.Sessions.Session(r.Context(), c.session.Hash, now)
	return err == nil && found && now.Before(session.Created.Add(sessionLife)) && now.Before(session.Ends)
}

// text writes a page as server-sent events.
func (l *listener) text(page *NewsPage) string {
	var b bytes.Buffer
	switch {
	case page.Restarted:
		b.WriteString("event: missed\ndata: {\"restarted\":true}\n\n")
	case page.Missed > 0:
		fmt.Fprintf(&b, "event: missed\ndata: {\"missed\":%d}\n\n", page.Missed)
	}
	for _, n := range page.News {
		if slices.Contains(l.kinds, n.Kind) {
			fmt.Fprintf(&b, "id: %s\nevent: %s\ndata: %s\n\n", n.Position, n.Kind, n.Data)
		}
	}
	return b.String()
}

func (l *listener) write(text string) error {
	l.quiet = 0
	_ = l.control.SetWriteDeadline(time.Now().Add(streamWrite)) // without one there is still the server's own
	if _, err := l.w.Write([]byte(text)); err != nil {
		return err
	}
	return l.control.Flush()
}
