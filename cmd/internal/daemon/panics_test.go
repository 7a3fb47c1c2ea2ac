package daemon

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/api"
	"tocsin/engine/event"
)

func TestFivePanicsInTenMinutesAreTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counted := 0
		p := newPanics(slog.New(slog.DiscardHandler), func(string) { counted++ })
		ended := func() error {
			select {
			case err := <-p.ends:
				return err
			default:
				return nil
			}
		}
		for range 20 {
			p.note("loop")
			time.Sleep(151 * time.Second) // five in ten minutes and four seconds
		}
		if err := ended(); err != nil {
			t.Errorf("rare ones end it: %v", err)
		}
		time.Sleep(time.Hour)
		for i := range 5 {
			if err := ended(); err != nil {
				t.Errorf("%d are the end: %v", i, err)
			}
			p.note("worker")
			time.Sleep(149 * time.Second)
		}
		if err := ended(); !errors.Is(err, ErrPanics) || !strings.Contains(err.Error(), "worker") {
			t.Errorf("five ended it with %v", err)
		}
		if counted != 25 {
			t.Errorf("%d were counted, want 25", counted)
		}
	})
}

func TestAPartThatPanicsBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		p := newPanics(slog.New(slog.NewTextHandler(&log, nil)), func(string) {})
		began, runs := time.Now(), 0
		p.guard(t.Context(), "prune", func() {
			if runs++; runs < 3 {
				panic("index 7 of nothing")
			}
		})
		if took := time.Since(began); runs != 3 || took != 2*time.Second {
			t.Errorf("%d runs in %v, want 3 with a second between them", runs, took)
		}
		for _, word := range []string{"part=prune", "index 7 of nothing", "panics_test.go"} {
			if !strings.Contains(log.String(), word) {
				t.Errorf("the log does not tell %q:\n%s", word, log.String())
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		p.guard(ctx, "prune", func() { panic("no") }) // ends all the same
	})
}

// A daemon whose code cannot stand what comes refuses it, and ends by itself when
// that goes on; what it accepted before is there after the next start.
func TestADaemonThatPanicsAgainAndAgainEnds(t *testing.T) {
	h := &house{t: t, config: t.TempDir(), data: t.TempDir()}
	h.write("tocsin.hcl", quietDefaults+"channel \"gotify\" \"tablet\" {\n  url   = \"http://127.0.0.1:1\"\n  token = secret(\"gone\")\n}\n")
	h.out, h.err = &syncBuffer{}, &syncBuffer{}
	d, err := New(t.Context(), Options{
		Config: h.config, Data: h.data, Listen: "127.0.0.1:0", Version: "test", Out: h.out, Err: h.err, Log: slog.New(slog.NewTextHandler(h.err, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	h.daemon = d
	done := make(chan error, 1)
	go func() { done <- d.Run(t.Context()) }()
	if status := h.send(`{"event_type":"custom","title":"before"}`); status != 202 {
		t.Fatalf("answered %d", status)
	}
	broken := d.running.Load().plan()
	broken.Render = func(*event.Notification) (event.Message, []string) { panic("a template that cannot stand it") }
	if err := d.post.Reload(t.Context(), broken); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if status, text := h.request("POST", api.Prefix+"/send", strings.NewReader(`{"event_type":"custom"}`), map[string]string{"Authorization": "Bearer " + h.token()}); status != 500 || !strings.Contains(text, `"code":"internal"`) {
			t.Errorf("answered %d %s", status, text)
		}
	}
	if _, text := h.request("GET", "/metrics", nil, map[string]string{"Authorization": "Bearer " + h.token()}); !strings.Contains(text, `tocsin_panics_total{part="loop"} 4`) {
		t.Error("the metrics do not tell of four panics")
	}
	var sending sync.WaitGroup
	sending.Go(func() { h.send(`{"event_type":"custom"}`) })
	if err := <-done; !errors.Is(err, ErrPanics) {
		t.Errorf("it ended with %v", err)
	}
	sending.Wait()
	h.start()
	h.eventually("what was accepted is kept", func() bool { return h.status().Waiting == 1 })
	h.stop()
}

// brittle is a channel whose code stops in the middle.
type brittle struct{}

func (brittle) Send(context.Context, *event.Message) (event.Receipt, error) {
	panic("index 7 of nothing")
}

func TestATestOfAChannelThatPanicsIsAnswered(t *testing.T) {
	_, err := deliver(t.Context(), target{name: "phone", channel: brittle{}}, &event.Message{})
	if failed := event.AsSendError(err); failed == nil || failed.Code != "internal" {
		t.Errorf("the test ended with %v", err)
	}
}
