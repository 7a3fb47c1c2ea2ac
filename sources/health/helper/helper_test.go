package helper

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/engine/event"
)

// host is one whose facts are made up.
type host map[string][]map[string]any

var errRights = errors.New("host.bans: fail2ban-client may not do this as tocsin's user")

func (h host) Read(_ context.Context, fact string) ([]map[string]any, error) {
	if items, ok := h[fact]; ok {
		return items, nil
	}
	return nil, errRights
}

// start serves a host on a socket and returns its path.
func start(t *testing.T, h Reader) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "helper") // a test's own folder may have too long a name for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, l, h, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return path
}

// What needs root is asked of the helper, with every type as it was; all else is read
// by who asks.
func TestAsk(t *testing.T) {
	disks := []map[string]any{{
		"disk": "S1", "size": event.Bytes(4 << 40), "smart_ok": true, "celsius": 41.5, "powered": event.Duration(90 * time.Hour), "error": "a \"quote\"\n",
	}}
	path := start(t, host{"disks": disks, "load": {{"load1": 99.0}}, "thin_pools": {}})
	own := host{"load": {{"load1": 0.5}}, "disks": {}}
	a := New(path, own)
	got, err := a.Read(t.Context(), "disks")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(disks, got); diff != "" {
		t.Error(diff)
	}
	if got, err := a.Read(t.Context(), "thin_pools"); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := a.Read(t.Context(), "load"); err != nil || got[0]["load1"] != 0.5 {
		t.Errorf("%v, %v: the helper was asked for what needs no rights", got, err)
	}
	if _, err := a.Read(t.Context(), "bans"); err == nil || err.Error() != errRights.Error() {
		t.Errorf("got %v", err)
	}
}

// Without a helper the daemon reads what it may.
func TestNobodyListens(t *testing.T) {
	own := host{"disks": {{"disk": "own"}}}
	gone := start(t, own)
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{gone, filepath.Join(t.TempDir(), "never")} {
		if got, err := New(path, own).Read(t.Context(), "disks"); err != nil || got[0]["disk"] != "own" {
			t.Errorf("%v, %v", got, err)
		}
	}
}

// The helper knows the facts that need it, and nothing else.
func TestKnowsNothingElse(t *testing.T) {
	path := start(t, host{"load": {{"load1": 1.0}}, "disks": {}})
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	for _, tt := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/disks", 200}, {"GET", "/load", 404}, {"GET", "/", 404}, {"GET", "/../../etc/shadow", 404}, {"POST", "/disks", 405}, {"GET", "/disks/x", 404},
	} {
		r, err := http.NewRequestWithContext(t.Context(), tt.method, "http://helper"+tt.path, strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != tt.status {
			t.Errorf("%s %s: %d, want %d", tt.method, tt.path, response.StatusCode, tt.status)
		}
	}
	client.CloseIdleConnections()
}

// Who answers in the helper's place promises nothing: what is no field is left out.
func TestTyped(t *testing.T) {
	for _, f := range New("", nil).facts {
		got := typed(f, []map[string]any{{f.Key: "k", "nonsense": map[string]any{"a": 1}}})
		if _, there := got[0]["nonsense"]; there {
			t.Errorf("%s: %v", f.Name, got)
		}
	}
}
