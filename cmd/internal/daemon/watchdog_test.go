package daemon

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tocsin/engine/dispatch"
)

func TestWatchdogTime(t *testing.T) {
	for name, tt := range map[string]struct {
		usec, pid string
		want      time.Duration
	}{
		"none":          {"", "", 0},
		"ours":          {"30000000", "42", 30 * time.Second},
		"of nobody":     {"30000000", "", 30 * time.Second},
		"of our parent": {"30000000", "41", 0},
		"nonsense":      {"soon", "42", 0},
		"nothing":       {"0", "42", 0},
		"negative":      {"-1", "42", 0},
		"for ever":      {"9223372036854775807", "42", 24 * time.Hour},
	} {
		env := map[string]string{"WATCHDOG_USEC": tt.usec, "WATCHDOG_PID": tt.pid}
		if got := watchdogTime(func(name string) string { return env[name] }, 42); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// The watchdog is fed while everything moves, and also when the store says that it
// can keep nothing; a part that hangs is named once.
func TestTheWatchdogIsFedByWhatMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log syncBuffer
		var mu sync.Mutex
		var answer error
		hang := false
		fed := 0
		w := &watchdog{every: 10 * time.Second, log: slog.New(slog.NewTextHandler(&log, nil)), feed: func() { mu.Lock(); fed++; mu.Unlock() },
			probe: func(ctx context.Context) error {
				mu.Lock()
				err, hangs := answer, hang
				mu.Unlock()
				if hangs {
					<-ctx.Done()
					return &dispatch.Stuck{Part: "the judge's loop", For: moveTime}
				}
				return err
			}}
		meals := func(d time.Duration) int {
			mu.Lock()
			fed = 0
			mu.Unlock()
			time.Sleep(d)
			mu.Lock()
			defer mu.Unlock()
			return fed
		}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { w.run(ctx) })
		time.Sleep(time.Second)
		if n := meals(time.Minute); n != 6 {
			t.Errorf("fed %d times in a minute, want 6", n)
		}
		mu.Lock()
		answer = errors.New("the disk is full")
		mu.Unlock()
		if n := meals(time.Minute); n != 6 {
			t.Errorf("fed %d times in a minute while nothing can be kept, want 6", n)
		}
		mu.Lock()
		hang = true
		mu.Unlock()
		if n := meals(5 * time.Minute); n != 0 {
			t.Errorf("fed %d times while the loop hangs", n)
		}
		if n := strings.Count(log.String(), "the daemon hangs"); n != 1 || !strings.Contains(log.String(), "judge's loop") {
			t.Errorf("the log tells it %d times:\n%s", n, log.String())
		}
		mu.Lock()
		hang, answer = false, nil
		mu.Unlock()
		time.Sleep(30 * time.Second) // the probe that hangs ends
		if n := meals(time.Minute); n != 6 {
			t.Errorf("fed %d times in a minute after it went on, want 6", n)
		}
		cancel()
		running.Wait()
	})
}

// notified listens where systemd would.
func notified(t *testing.T) (states func() string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", name)
	var heard syncBuffer
	go func() {
		text := make([]byte, 4096)
		for {
			n, err := conn.Read(text)
			if err != nil {
				return
			}
			_, _ = heard.Write(append(text[:n:n], '\n'))
		}
	}()
	return heard.String
}

// A daemon under systemd says when it is ready, that it lives, that it reloads,
// and that it stops.
func TestSystemdIsToldHowThingsAre(t *testing.T) {
	states := notified(t)
	t.Setenv("WATCHDOG_USEC", "300000")
	t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console})
	h.eventually("it lives", func() bool { return strings.Count(states(), "WATCHDOG=1\n") >= 5 })
	if _, err := h.daemon.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.stop()
	h.eventually("it tells that it stops", func() bool { return strings.Contains(states(), "STOPPING=1\n") })
	var order []string
	for line := range strings.Lines(states()) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), "=")
		if name != "WATCHDOG" {
			order = append(order, name)
		}
	}
	if got := strings.Join(order, " "); got != "READY RELOADING MONOTONIC_USEC READY STOPPING" {
		t.Errorf("systemd heard %s", got)
	}
}
