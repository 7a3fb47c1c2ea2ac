package log

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/channels"
	"tocsin/engine/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func sample() *event.Message {
	return &event.Message{
		ID: "01K4B2.log", Type: "backup_warning", Severity: event.Warning, Icon: "💾", Title: "Backup of vault-3 finished with warnings",
		Body:    "2 of 3 guests were saved.\n\n  guest 118 was locked\n",
		Details: []event.Detail{{Label: "Storage", Value: "coldpool"}, {Label: "サイズ", Value: "18.2 GiB\n(before: 17.9 GiB)"}, {Label: "é", Value: ""}},
		Host:    "pve-lab-2", Time: time.Date(2026, 3, 14, 1, 0, 2, 0, time.FixedZone("CET", 3600)), Rich: true,
	}
}

func newChannel(t *testing.T, stdout io.Writer, path string) channels.Channel {
	t.Helper()
	v := channels.Values{}
	if path != "" {
		v["path"] = path
	}
	c, err := Kind(stdout).New(v)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSendToStdout(t *testing.T) {
	var out bytes.Buffer
	if _, err := newChannel(t, &out, "").Send(t.Context(), sample()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(block(sample()), out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestSendToFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "messages.log")
	c := newChannel(t, io.Discard, path)
	for range 2 {
		if _, err := c.Send(t.Context(), sample()); err != nil {
			t.Fatal(err)
		}
	}
	state, err := os.Stat(path)
	if err != nil || state.Mode() != 0o600 {
		t.Errorf("mode is %v (%v)", state.Mode(), err)
	}
	if got := read(t, path); got != strings.Repeat(block(sample()), 2) {
		t.Errorf("got %s", got)
	}
	// logrotate moves the file away.
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Send(t.Context(), sample()); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != block(sample()) {
		t.Errorf("after the rotation: %s", got)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	out, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Blocks of several channels stay whole, on standard output and in a file.
func TestSendTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "messages.log")
	var out bytes.Buffer // guarded by the kind
	kind := Kind(&out)
	var senders sync.WaitGroup
	for i := range 20 {
		v := channels.Values{}
		if i%2 == 0 {
			v["path"] = path
		}
		senders.Go(func() {
			c, err := kind.New(v)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := c.Send(t.Context(), sample()); err != nil {
				t.Error(err)
			}
		})
	}
	senders.Wait()
	want := strings.Repeat(block(sample()), 10)
	if out.String() != want {
		t.Error("the blocks on standard output are mixed up")
	}
	if read(t, path) != want {
		t.Error("the blocks in the file are mixed up")
	}
}

// stuck is a terminal that somebody stopped.
type stuck struct {
	begun chan struct{}
	free  chan struct{}
}

func (s stuck) Write(p []byte) (int, error) {
	s.begun <- struct{}{}
	<-s.free
	return len(p), nil
}

func TestSendToStoppedTerminal(t *testing.T) {
	s := stuck{make(chan struct{}, 4), make(chan struct{})}
	c := newChannel(t, s, "")
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-s.begun; cancel() }()
	_, err := c.Send(ctx, sample())
	if e := event.AsSendError(err); e.Code != "cancelled" || e.Class != event.Temporary || !e.Maybe {
		t.Errorf("first: got %#v", err)
	}
	// The write is still under way: the next message waits its turn.
	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = c.Send(ctx, sample())
	if e := event.AsSendError(err); e.Code != "timeout" || e.Class != event.Temporary || e.Maybe {
		t.Errorf("second: got %#v", err)
	}
	close(s.free)
	if _, err := c.Send(t.Context(), sample()); err != nil {
		t.Errorf("third: %v", err)
	}
}

// brokenPipe takes the first bytes only.
type brokenPipe struct{}

func (brokenPipe) Write(p []byte) (int, error) { return 5, nil }

func TestSendIsCutShort(t *testing.T) {
	_, err := newChannel(t, brokenPipe{}, "").Send(t.Context(), sample())
	if e := event.AsSendError(err); e.Code != "write" || !e.Maybe {
		t.Errorf("got %#v", err)
	}
}

func ExampleKind() {
	c, err := Kind(os.Stdout).New(channels.Values{})
	if err != nil {
		fmt.Println(err)
		return
	}
	c.Send(context.Background(), &event.Message{
		Type: "vm_fail", Severity: event.Critical, Icon: "🔴", Title: "web-01 stopped by itself", Host: "pve1",
		Details: []event.Detail{{Label: "Guest", Value: "101"}, {Label: "Since", Value: "02:14"}},
		Time:    time.Date(2026, 3, 14, 2, 14, 0, 0, time.UTC), Rich: true,
	})
	// Output:
	// 2026-03-14 02:14:00 +0000 [CRITICAL] vm_fail
	//   🔴 web-01 stopped by itself
	//   Guest  101
	//   Since  02:14
	//   🏠 pve1
}
