package api

import (
	"context"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Many large bodies at once wait for each other; what is small passes as long as
// there is room.
func TestRoomBoundsBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newRoom()
		large := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(strings.Repeat("x", maxBody)))
		var releases []func()
		for {
			release, err := m.take(large)
			if err != nil {
				break
			}
			releases = append(releases, release)
		}
		if n := len(releases) * maxBody; n < 12<<20 || n > roomParts*roomPart {
			t.Errorf("%d bytes were let in", n)
		}
		go func() {
			time.Sleep(time.Second)
			releases[0]()
		}()
		start := time.Now()
		release, err := m.take(large)
		if err != nil || time.Since(start) != time.Second {
			t.Fatalf("waited %v: %v", time.Since(start), err)
		}
		release()
		for _, release := range releases[1:] {
			release()
		}
		synctest.Wait()
		if len(m.taken) != 0 || len(m.turn) != 0 {
			t.Errorf("%d parts and %d turns were not given back", len(m.taken), len(m.turn))
		}
	})
}

func TestRoomIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFront(t)
		var hangs atomic.Bool
		hangs.Store(true)
		f.intake.submit = func(ctx context.Context, _ time.Duration, list ...Submission) []Outcome {
			if hangs.Load() {
				time.Sleep(time.Minute)
			}
			return takeAll(ctx, 0, list...)
		}
		f.serve()
		chunked := func(path string, options ...option) int {
			r := httptest.NewRequestWithContext(t.Context(), "POST", path, strings.NewReader(`{"event_type":"custom"}`))
			r.ContentLength = -1 // may become as large as any
			r.Host, r.RemoteAddr = "localhost", "127.0.0.1:1"
			r.Header.Set("Content-Type", "application/json")
			for _, change := range options {
				change(r)
			}
			w := httptest.NewRecorder()
			f.serve().ServeHTTP(w, r)
			return f.check(w.Result(), path).status
		}
		got := make(chan int, 20)
		for range 20 {
			go func() { got <- chunked(hook) }()
		}
		time.Sleep(10 * time.Second)
		if len(got) == 0 || len(got) == 20 {
			t.Fatalf("%d of 20 were answered", len(got))
		}
		for range len(got) {
			if status := <-got; status != 503 {
				t.Errorf("got %d", status)
			}
		}
		hangs.Store(false)
		if status := chunked(Prefix+"/send", f.as(ScopeSend)); status != 202 {
			t.Errorf("the other door answers %d", status)
		}
		time.Sleep(time.Minute)
		f.do("POST", hook, posted).want(t, 202)
		synctest.Wait()
	})
}

// A caller that goes away while it waits takes no room with it.
func TestRoomOfACallerThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newRoom()
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(strings.Repeat("x", maxBody)))
		for len(m.taken)+65 <= roomParts {
			if _, err := m.take(r); err != nil {
				t.Fatal(err)
			}
		}
		taken := len(m.taken)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			time.Sleep(time.Second)
			cancel()
		}()
		if _, err := m.take(r.WithContext(ctx)); err == nil || len(m.taken) != taken || len(m.turn) != 0 {
			t.Errorf("%v: %d parts are taken, %d before", err, len(m.taken), taken)
		}
	})
}
