package daemon

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/api"
	"tocsin/engine/dispatch"
	"tocsin/engine/store"
	"tocsin/sources/probe"
)

// house is a running daemon with folders of its own.
type house struct {
	t      testing.TB
	config string
	data   string
	out    *syncBuffer // of log channels
	err    *syncBuffer // log and diagnostics
	daemon *Daemon
	stop   func()

	journalctl string // empty: the host has none
	tasks      string // folder of them; empty: the host has no Proxmox VE
	proxmox    string // a folder in place of / with the files of Proxmox VE; empty: left alone
	configured bool   // listen where the files say
	looks      bool   // probes look at this host; else there is nothing on it
	root       string // of the host whose health is watched; empty: there is none
}

// syncBuffer is a buffer that is written by many goroutines.
type syncBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// quietDefaults lets every event through, so that a test sees each of them.
const quietDefaults = `
tocsin {
  enabled      = true
  display_name = "home-lab"
  timezone     = "UTC"
}
dedup { window = "0s" }
cooldown {
  critical  = "0s"
  warning   = "0s"
  info      = "0s"
  resources = "0s"
  updates   = "0s"
}
`

func newHouse(t testing.TB, files map[string]string) *house {
	t.Helper()
	h := &house{t: t, config: t.TempDir(), data: t.TempDir()}
	for name, text := range files {
		h.write(name, text)
	}
	h.start()
	t.Cleanup(func() {
		if h.stop != nil {
			h.stop()
		}
	})
	return h
}

func (h *house) write(name, text string) {
	h.t.Helper()
	path := filepath.Join(h.config, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path+".new~", []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Rename(path+".new~", path); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) start() {
	h.t.Helper()
	h.out, h.err = &syncBuffer{}, &syncBuffer{}
	listen := "127.0.0.1:0"
	if h.configured {
		listen = ""
	}
	d, err := New(h.t.Context(), Options{
		Config: h.config, Data: h.data, Listen: listen, Proxmox: h.proxmox, Version: "test", Out: h.out, Err: h.err, Log: slog.New(slog.NewTextHandler(h.err, nil)),
		Journalctl: cmp.Or(h.journalctl, "no-journalctl"), Tasks: cmp.Or(h.tasks, "no-proxmox/tasks"), Look: h.looker(), Root: cmp.Or(h.root, "no-host"),
	})
	if err != nil {
		h.t.Fatalf("%v\n%s", err, h.err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	h.daemon = d
	h.stop = func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Error(err)
		}
		h.stop = nil
	}
}

// looker returns what looks for probes.
func (h *house) looker() func(context.Context, *probe.Rule) probe.Result {
	if h.looks {
		return nil
	}
	return func(context.Context, *probe.Rule) probe.Result { return probe.Missing("there is nothing") }
}

// hasten takes the pace from the channels: the services of a test have no limits
// to keep.
func (h *house) hasten() {
	h.t.Helper()
	plan := h.daemon.running.Load().plan()
	for name, line := range plan.Lines {
		line.Pace = dispatch.Pace{}
		plan.Lines[name] = line
	}
	if err := h.daemon.post.Reload(h.t.Context(), plan); err != nil {
		h.t.Fatal(err)
	}
}

// request sends a request and returns status and body.
func (h *house) request(method, path string, body io.Reader, header map[string]string) (int, string) {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), method, "http://"+h.daemon.Addr()+path, body)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for name, v := range header {
		req.Header.Set(name, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func (h *house) webhook(body string) (int, map[string]any) {
	h.t.Helper()
	status, text := h.request("POST", api.Prefix+"/webhook", strings.NewReader(body), nil)
	var answer map[string]any
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		h.t.Fatalf("answer %d %q: %v", status, text, err)
	}
	return status, answer
}

// eventually waits until something holds.
func (h *house) eventually(what string, holds func() bool) {
	h.t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			h.t.Fatalf("never: %s\nlog:\n%s\nout:\n%s", what, h.err, h.out)
		case <-tick.C:
		}
	}
}

func historyOf(id string) store.HistoryFilter { return store.HistoryFilter{EventID: id} }
