package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/feed"
)

const streamPath = Prefix + "/stream"

// ringFeed is a Feed over a ring of kinds.
type ringFeed struct{ *feed.Ring[string] }

func (r ringFeed) Last() NewsPosition { return NewsPosition{"run", r.Ring.Last()} }

func (r ringFeed) Read(after NewsPosition, most int) (NewsPage, error) {
	p := r.Ring.Read(after.Number, most)
	out := NewsPage{Next: after, Missed: p.Missed, More: p.More, Ended: p.Ended, Restarted: after.Epoch != "run"}
	out.Next.Epoch = "run"
	for i, kind := range p.Items {
		out.Next.Number = p.First + uint64(i)
		out.News = append(out.News, News{out.Next, kind, fmt.Sprintf(`{"n":%d}`, out.Next.Number)})
	}
	return out, nil
}

// streamOf makes a front whose feed is a ring of a size.
func streamOf(t *testing.T, size int) (*front, *feed.Ring[string]) {
	f := newFront(t)
	ring := feed.New[string](size)
	r := ringFeed{ring}
	f.feed.read = r.Read
	f.options.Feed = r
	return f, ring
}

func TestStreamTellsWhatHappens(t *testing.T) {
	f, ring := streamOf(t, 8)
	ring.Add(NewsEvent) // before anybody listens
	got := f.listen(func() {
		ring.Add(NewsEvent)
		ring.Add(NewsDelivery)
		ring.Add(NewsConfig)
	}, ring)
	if want := "retry: 2000\n\nid: run-2\nevent: event\ndata: {\"n\":2}\n\nid: run-3\nevent: delivery\ndata: {\"n\":3}\n\nid: run-4\nevent: config\ndata: {\"n\":4}\n\n"; got != want {
		t.Errorf("got %q", got)
	}
}

// listen returns what a reader of the stream gets that begins before what is done
// and ends with the feed.
func (f *front) listen(do func(), ring *feed.Ring[string], options ...option) string {
	f.tb.Helper()
	server := httptest.NewServer(f.serve())
	defer server.Close()
	req, err := http.NewRequestWithContext(f.tb.Context(), "GET", server.URL+streamPath, nil)
	if err != nil {
		f.tb.Fatal(err)
	}
	for _, o := range append([]option{f.as(ScopeRead)}, options...) {
		o(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.tb.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || !strings.HasPrefix(kind, "text/event-stream") {
		f.tb.Fatalf("got %s, %s", resp.Status, kind)
	}
	do()
	ring.End()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		f.tb.Fatal(err)
	}
	return string(text)
}

func TestStreamGoesOnWhereItWas(t *testing.T) {
	for name, tt := range map[string]struct {
		last, query string
		want, not   []string
	}{
		"after the second":    {last: "run-9", want: []string{"id: run-10"}, not: []string{"run-9\n", "missed"}},
		"after what is gone":  {last: "run-2", want: []string{"event: missed\ndata: {\"missed\":4}", "id: run-7", "id: run-10"}, not: []string{"run-6"}},
		"of another run":      {last: "old-9", want: []string{`{"restarted":true}`, "id: run-10"}},
		"only some":           {last: "run-8", query: "?kinds=config,decision", want: []string{"id: run-9"}, not: []string{"run-10"}},
		"from a later future": {last: "run-99", not: []string{"run-10"}},
	} {
		t.Run(name, func(t *testing.T) {
			f, ring := streamOf(t, 4)
			for n := range 10 {
				ring.Add([]string{NewsConfig, NewsEvent}[n%2])
			}
			got := f.listen(func() {}, ring, header("Last-Event-ID", tt.last), func(r *http.Request) { r.URL.RawQuery = strings.TrimPrefix(tt.query, "?") })
			for _, word := range tt.want {
				if !strings.Contains(got, word) {
					t.Errorf("there is no %q in %q", word, got)
				}
			}
			for _, word := range tt.not {
				if strings.Contains(got, word) {
					t.Errorf("there is %q in %q", word, got)
				}
			}
		})
	}
}

func TestStreamsThatAreRefused(t *testing.T) {
	f, _ := streamOf(t, 4)
	f.do("GET", streamPath, "", f.as(ScopeRead), header("Last-Event-ID", "seven")).want(t, 400, "Last-Event-ID")
	f.do("GET", streamPath+"?kinds=event,gossip", "", f.as(ScopeRead)).want(t, 400, "kinds")
	f.do("HEAD", streamPath, "", f.as(ScopeRead)).want(t, 200)
	f = newFront(t)
	f.feed.read = func(NewsPosition, int) (NewsPage, error) { return NewsPage{}, errors.New("no") }
	f.do("GET", streamPath, "", f.as(ScopeRead)).want(t, 200) // it began, and broke off
}

// listenerOf is a listener without a connection.
func listenerOf(t *testing.T, f *front, w http.ResponseWriter, caller option) (*listener, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, "GET", streamPath, nil)
	caller(r)
	f.serve()
	s := &Server{Options: Options{Feed: &f.feed, Keys: &f.keys, Sessions: &f.sessions}}
	return &listener{s: s, w: w, r: r, control: http.NewResponseController(w), kinds: []string{NewsEvent}, at: NewsPosition{Epoch: "run"}}, cancel
}

// Somebody who hears nothing gets a sign of life, and who may listen no longer is
// let go within a second.
func TestStreamsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := streamOf(t, 4)
		var revoked atomic.Bool
		find := f.keys.find
		f.keys.find = func(id string) (Token, bool, error) {
			if revoked.Load() {
				return Token{}, false, nil
			}
			return find(id)
		}
		w := httptest.NewRecorder()
		l, cancel := listenerOf(t, f, w, f.as(ScopeRead))
		defer cancel()
		done := make(chan struct{})
		go func() { l.run(); close(done) }()
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if got := w.Body.String(); strings.Count(got, ": still here") != 2 {
			t.Errorf("got %q", got)
		}
		revoked.Store(true)
		time.Sleep(streamLook)
		synctest.Wait()
		select {
		case <-done:
		default:
			t.Error("a revoked token goes on listening")
		}
	})
}

// A session ends as ever, also while its page listens.
func TestStreamsOfSessionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, _ := streamOf(t, 4)
		_, _, session := f.signedIn(ScopeRead)
		f.accounts.known[person(ScopeRead)] = Account{Name: person(ScopeRead), Scope: ScopeRead}
		l, cancel := listenerOf(t, f, httptest.NewRecorder(), func(*http.Request) {})
		defer cancel()
		l.r = l.r.WithContext(withCaller(l.r.Context(), caller{name: person(ScopeRead), scope: ScopeRead, session: session}))
		done := make(chan struct{})
		go func() { l.run(); close(done) }()
		time.Sleep(sessionIdle - time.Minute)
		synctest.Wait()
		select {
		case <-done:
			t.Fatal("it ends too early")
		default:
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		select {
		case <-done:
		default:
			t.Error("a session that is over goes on listening")
		}
	})
}

// stuck is a connection that takes nothing.
type stuck struct{ *httptest.ResponseRecorder }

func (stuck) Write([]byte) (int, error) { return 0, errors.New("time is up") }

func TestAReaderThatTakesNothingIsGone(t *testing.T) {
	f, ring := streamOf(t, 4)
	l, cancel := listenerOf(t, f, stuck{httptest.NewRecorder()}, f.as(ScopeRead))
	defer cancel()
	l.run()
	ring.Add(NewsEvent) // waits for nobody
}

func TestStreamsAreBounded(t *testing.T) {
	f, ring := streamOf(t, 4)
	server := httptest.NewServer(f.serve())
	defer server.Close()
	defer ring.End()
	open := func() *http.Response {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", server.URL+streamPath, nil)
		f.as(ScopeRead)(req)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	for range maxStreams {
		resp := open()
		if line, err := bufio.NewReader(resp.Body).ReadString('\n'); resp.StatusCode != 200 || err != nil || line != "retry: 2000\n" {
			t.Fatalf("got %s, %q, %v", resp.Status, line, err)
		}
	}
	if resp := open(); resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("one more gets %s", resp.Status)
	}
}
