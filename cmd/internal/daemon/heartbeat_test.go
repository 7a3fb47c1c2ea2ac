package daemon

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/api"
	"tocsin/channels/httpsend"
	"tocsin/engine/event"
	"tocsin/rules"
)

// pulse is a heart whose service is a function, on virtual time.
type pulse struct {
	*heart
	began time.Time
	mu    sync.Mutex
	set   rules.Heartbeat
	why   string
	err   error
	slow  time.Duration
	beats []string
	log   syncBuffer
	at    time.Time // of the metric
}

func newPulse(every time.Duration) *pulse {
	p := &pulse{began: time.Now(), set: rules.Heartbeat{URL: event.NewSecret("https://hc.example/ping/abc"), Every: every}}
	locked := func(f func()) { p.mu.Lock(); defer p.mu.Unlock(); f() }
	p.heart = newHeart(
		func() (s rules.Heartbeat) { locked(func() { s = p.set }); return s },
		func(context.Context) (why string) { locked(func() { why = p.why }); return why },
		func(at time.Time) { p.at = at },
		slog.New(slog.NewTextHandler(&p.log, nil)),
	)
	p.do = func(r *http.Request) (*httpsend.Answer, error) {
		p.mu.Lock()
		p.beats = append(p.beats, fmt.Sprintf("%v %s %s", time.Since(p.began), r.Method, r.URL.Path))
		err, slow := p.err, p.slow
		p.mu.Unlock()
		time.Sleep(slow)
		return &httpsend.Answer{Status: 200}, err
	}
	return p
}

func (p *pulse) change(f func()) {
	p.mu.Lock()
	f()
	p.mu.Unlock()
	p.edit()
}

func (p *pulse) want(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if diff := cmp.Diff(want, p.beats); diff != "" {
		t.Errorf("beats differ (-want +got):\n%s", diff)
	}
	p.beats = nil
}

// inPulse runs a test with a heart that beats every minute.
func inPulse(t *testing.T, test func(t *testing.T, p *pulse)) {
	synctest.Test(t, func(t *testing.T) {
		p := newPulse(time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { p.run(ctx) })
		test(t, p)
		cancel()
		running.Wait()
	})
}

func TestBeatsComeOnTheMinute(t *testing.T) {
	inPulse(t, func(t *testing.T, p *pulse) {
		time.Sleep(2*time.Minute + time.Second)
		p.want(t, "0s GET /ping/abc", "1m0s GET /ping/abc", "2m0s GET /ping/abc")
		p.mu.Lock()
		p.slow = 7 * time.Second // moves none of those that follow
		p.mu.Unlock()
		time.Sleep(2 * time.Minute)
		p.want(t, "3m0s GET /ping/abc", "4m0s GET /ping/abc")
		if at := p.began.Add(3*time.Minute + 7*time.Second); !p.at.Equal(at) || p.report().Last == nil {
			t.Errorf("the last beat was heard at %v, want %v", p.at, at)
		}
	})
}

func TestABeatFollowsEdits(t *testing.T) {
	inPulse(t, func(t *testing.T, p *pulse) {
		time.Sleep(10 * time.Second)
		p.edit() // of another block
		time.Sleep(10 * time.Second)
		p.change(func() { p.set.URL = event.NewSecret("https://hc.example/other") })
		time.Sleep(15 * time.Second)
		p.change(func() { p.set.Every = 30 * time.Second })
		time.Sleep(50 * time.Second)
		p.want(t, "0s GET /ping/abc", "20s GET /other", "35s GET /other", "1m5s GET /other")
		p.change(func() { p.set = rules.Heartbeat{Every: time.Minute} })
		time.Sleep(time.Hour)
		p.want(t)
		if p.report() != nil || !p.at.IsZero() {
			t.Errorf("without a block: %+v, metric %v", p.report(), p.at)
		}
		p.change(func() { p.set.Held = `there is no secret "heartbeat"` })
		time.Sleep(time.Hour)
		p.want(t)
		if r := p.report(); r == nil || !strings.Contains(r.Error, "there is no secret") {
			t.Errorf("a block that waits: %+v", r)
		}
	})
}

func TestABeatTellsOfTroubleOnceInTheLog(t *testing.T) {
	inPulse(t, func(t *testing.T, p *pulse) {
		synctest.Wait()
		last := *p.report().Last
		p.mu.Lock()
		p.why = "no channel works: phone: bad token"
		p.mu.Unlock()
		time.Sleep(2*time.Minute + time.Second)
		p.want(t, "0s GET /ping/abc", "1m0s POST /ping/abc/fail", "2m0s POST /ping/abc/fail")
		if diff := cmp.Diff(&api.Heartbeat{Last: &last, Degraded: "no channel works: phone: bad token"}, p.report()); diff != "" {
			t.Errorf("report (-want +got):\n%s", diff)
		}
		p.mu.Lock()
		p.why, p.err = "", &event.SendError{Class: event.Temporary, Code: "refused", Why: "hc.example refused the connection", Do: "look"}
		p.mu.Unlock()
		time.Sleep(3 * time.Minute)
		if r := p.report(); !strings.Contains(r.Error, "refused the connection") || r.Degraded != "" || !r.Last.Equal(last) {
			t.Errorf("report: %+v", r)
		}
		p.mu.Lock()
		p.err = nil
		p.mu.Unlock()
		time.Sleep(3 * time.Minute)
		for _, line := range []string{"nobody would hear", "all is well again", "is not heard", "is heard again"} {
			if n := strings.Count(p.log.String(), line); n != 1 {
				t.Errorf("the log says %q %d times:\n%s", line, n, p.log.String())
			}
		}
		if r := p.report(); r.Error != "" || !r.Last.After(last) {
			t.Errorf("report: %+v", r)
		}
	})
}

func TestBeatRequests(t *testing.T) {
	const why = "no channel works: phone: bad token"
	for name, tt := range map[string]struct{ address, why, want string }{
		"well":             {"https://hc-ping.com/uuid", "", "GET https://hc-ping.com/uuid"},
		"well, with query": {"https://hc-ping.com/key/tocsin?create=1", "", "GET https://hc-ping.com/key/tocsin?create=1"},
		"trouble":          {"https://hc-ping.com/uuid", why, "POST https://hc-ping.com/uuid/fail " + why},
		"query is kept":    {"https://hc-ping.com/key/tocsin?create=1", why, "POST https://hc-ping.com/key/tocsin/fail?create=1 " + why},
		"trailing slash":   {"http://192.0.2.1:8000/ping/uuid/", why, "POST http://192.0.2.1:8000/ping/uuid/fail " + why},
		"escaped path":     {"https://hc.example/a%2Fb", why, "POST https://hc.example/a%2Fb/fail " + why},
		"kuma, well":       {"https://kuma.lan/api/push/tok?status=up&msg=OK&ping=", "", "GET https://kuma.lan/api/push/tok?status=up&msg=OK&ping="},
		"kuma, trouble":    {"https://kuma.lan/api/push/tok?status=up&msg=OK&ping=", "bad\ntoken", "GET https://kuma.lan/api/push/tok?msg=bad+token&ping=&status=down"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := beatRequest(t.Context(), event.NewSecret(tt.address), tt.why)
			if err != nil {
				t.Fatal(err)
			}
			got := r.Method + " " + r.URL.String()
			if r.Body != nil {
				text, err := io.ReadAll(r.Body)
				if err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain") {
					t.Errorf("%v, type %q", err, r.Header.Get("Content-Type"))
				}
				got += " " + string(text)
			}
			if got != tt.want {
				t.Errorf("request is %s, want %s", got, tt.want)
			}
		})
	}
	long, _ := beatRequest(t.Context(), event.NewSecret("https://hc-ping.com/uuid"), strings.Repeat("ä", 1<<20))
	if long.ContentLength > 4*mostWhy {
		t.Errorf("a long reason makes a body of %d bytes", long.ContentLength)
	}
}

func TestSilent(t *testing.T) {
	for name, tt := range map[string]struct {
		list []api.ChannelState
		want string
	}{
		"none":         {nil, "there is no channel that is switched on"},
		"stranded":     {[]api.ChannelState{{Name: "old", State: "stranded"}}, "there is no channel that is switched on"},
		"one of two":   {[]api.ChannelState{{Name: "phone", State: "failing"}, {Name: "mail", State: "ok"}}, ""},
		"none of them": {[]api.ChannelState{{Name: "phone", State: "failing", Reason: "bad token"}, {Name: "mail", State: "waiting", Reason: "no secret"}}, "no channel works: phone: bad token; mail: no secret"},
	} {
		if got := silent(tt.list); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// ear is a service that listens to beats.
type ear struct {
	mu     sync.Mutex
	heard  []string
	answer func(http.ResponseWriter)
}

func newEar(t *testing.T) (*ear, string) {
	t.Helper()
	e := &ear{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.heard = append(e.heard, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+string(text)))
		if e.answer != nil {
			e.answer(w)
		}
	}))
	t.Cleanup(server.Close)
	return e, server.URL
}

func (e *ear) last() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.heard) == 0 {
		return ""
	}
	return e.heard[len(e.heard)-1]
}

func (e *ear) answers(f func(http.ResponseWriter)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = f
}

// The daemon tells a service that it works, and why it does not, and shows the
// address to nobody.
func TestTheHeartbeatOfADaemon(t *testing.T) {
	e, address := newEar(t)
	every := 10
	block := func(tail string) string { // each is another one, so that it beats at once
		every++
		return fmt.Sprintf("heartbeat {\n  url   = \"%s/ping/s3cret-uuid%s\"\n  every = \"%ds\"\n}\n", address, tail, every)
	}
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console, "beat.hcl": block("")})
	h.eventually("it beats", func() bool { return e.last() == "GET /ping/s3cret-uuid" && h.status().Heartbeat.Last != nil })
	if st := h.status().Heartbeat; st.Degraded+st.Error != "" {
		t.Errorf("status: %+v", st)
	}
	const metric = "\ntocsin_heartbeat_last_success_timestamp_seconds "
	if _, text := h.request("GET", "/metrics", nil, map[string]string{"Authorization": "Bearer " + h.token()}); !strings.Contains(text, metric) {
		t.Error("no metric tells of the beat")
	}

	h.write("tocsin.hcl", strings.Replace(quietDefaults, "enabled      = true", "enabled      = false", 1)+console)
	h.eventually("it is off", func() bool { return !h.status().Enabled })
	h.write("beat.hcl", block(""))
	h.eventually("it tells that it is off", func() bool { return strings.HasPrefix(e.last(), "POST /ping/s3cret-uuid/fail tocsin.enabled is false") })
	h.write("tocsin.hcl", quietDefaults)
	h.eventually("it is on", func() bool { return h.status().Enabled })
	h.write("beat.hcl", block(""))
	h.eventually("it tells that there is no channel", func() bool { return strings.HasPrefix(e.last(), "POST /ping/s3cret-uuid/fail there is no channel") })
	h.eventually("the status shows it", func() bool { return strings.Contains(h.status().Heartbeat.Degraded, "no channel") })

	h.write("tocsin.hcl", quietDefaults+console)
	h.eventually("there is a channel", func() bool { return h.status().Channels == 1 })
	e.answers(func(w http.ResponseWriter) { _, _ = io.WriteString(w, "OK (not found)\n") })
	h.write("beat.hcl", block(""))
	h.eventually("a check that nobody knows is told", func() bool { return strings.Contains(h.status().Heartbeat.Error, "knows no check") })
	e.answers(func(w http.ResponseWriter) { w.Header().Set("Location", "/elsewhere"); w.WriteHeader(301) })
	h.write("beat.hcl", block(""))
	h.eventually("a redirect is not followed", func() bool { return strings.Contains(h.status().Heartbeat.Error, "301 Moved Permanently") })
	if e.last() != "GET /ping/s3cret-uuid" {
		t.Errorf("last heard was %s", e.last())
	}

	e.answers(nil)
	h.write("beat.hcl", "")
	h.eventually("there is none any more", func() bool { return h.status().Heartbeat == nil })
	_, status := h.request("GET", api.Prefix+"/status", nil, map[string]string{"Authorization": "Bearer " + h.token()})
	for where, text := range map[string]string{"log": h.err.String(), "status": status} {
		if strings.Contains(text, "s3cret") {
			t.Errorf("the %s shows the address:\n%s", where, text)
		}
	}
}

// A daemon that can keep nothing says so at once.
func TestTheHeartbeatTellsOfTheStore(t *testing.T) {
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console})
	if why := h.daemon.degraded(t.Context()); why != "" {
		t.Errorf("a healthy daemon says %q", why)
	}
	h.stop()
	if why := h.daemon.degraded(t.Context()); why == "" {
		t.Error("a daemon that stopped says that all is well")
	}
}

func TestTheHeartbeatTellsOfAFullDisk(t *testing.T) {
	h := &house{t: t, config: t.TempDir(), data: smallDisk(t)}
	h.write("tocsin.hcl", quietDefaults+console)
	h.start()
	defer func() { h.stop() }()
	free := fill(t, h.data)
	h.eventually("it tells", func() bool { return strings.Contains(h.daemon.degraded(t.Context()), "full") })
	free()
	h.eventually("all is well again", func() bool { return h.daemon.degraded(t.Context()) == "" })
}

// Nobody shows an address, whatever goes wrong with it.
func TestNoErrorOfABeatShowsTheAddress(t *testing.T) {
	e, address := newEar(t)
	e.answers(func(w http.ResponseWriter) { w.WriteHeader(404) })
	h := newHeart(nil, nil, nil, nil)
	for _, target := range []string{address, "http://127.0.0.1:1", "http://169.254.169.254"} {
		req, err := beatRequest(t.Context(), event.NewSecret(target+"/s3cret?key=s3cret"), "")
		if err == nil {
			err = h.say(req)
		}
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", target, err)
		}
	}
	if _, err := beatRequest(t.Context(), event.NewSecret("http://[s3cret"), ""); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("an address that does not parse: %v", err)
	}
}
