package daemon

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/api"
)

func TestAnAddressThatCannotBeUsedSaysWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for addr, want := range map[string][]string{
		taken.Addr().String(): {taken.Addr().String(), "another program", "ss -ltnp", "api.listen"},
		"192.0.2.1:8008":      {"192.0.2.1:8008", "no interface", "api.listen"},
		"127.0.0.1":           {"missing port", "HOST:PORT"},
	} {
		if l, err := listenTCP(addr); err == nil {
			l.Close()
			t.Errorf("%s can be listened on", addr)
		} else if !holds(err.Error(), want) {
			t.Errorf("%s: %v, want %q", addr, err, want)
		}
	}
}

func TestWithTLSOnlyTheWebhookStaysPlain(t *testing.T) {
	hcl, client := writeCertificate(t)
	h := newHouse(t, map[string]string{"tocsin.hcl": quietDefaults + console + hcl})
	addr := h.daemon.Addr()
	for url, want := range map[string]int{
		"https://" + addr + "/healthz":              200,
		"https://" + addr + api.Prefix + "/status":  401,
		"http://" + addr + "/healthz":               400,
		"http://" + addr + api.Prefix + "/status":   400,
		"http://" + addr + api.Prefix + "/webhook/": 400,
		"http://" + addr + api.Prefix + "/webhook":  405,
	} {
		resp, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("GET %s: %s, want %d", url, resp.Status, want)
		}
		if proto := resp.Proto; strings.HasPrefix(url, "https") && proto != "HTTP/2.0" {
			t.Errorf("GET %s speaks %s", url, proto)
		}
	}
	if status, answer := h.webhook(`{"title":"plain","message":"from this host","severity":"info","timestamp":1,"fields":{}}`); status != 202 {
		t.Errorf("the plain webhook answered %d %v", status, answer)
	}
	// Connections that say nothing must not hold up the end.
	for range 3 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	began := time.Now()
	h.stop()
	if took := time.Since(began); took > stopTime {
		t.Errorf("it took %v to stop", took)
	}
	if conn, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
		conn.Close()
		t.Error("the door is still open")
	}
}

func TestTheSocketIsForItsOwnersAndOfAnyLength(t *testing.T) {
	h := &house{t: t, config: t.TempDir(), data: filepath.Join(t.TempDir(), strings.Repeat("long-", 20))}
	h.write("tocsin.hcl", quietDefaults+console)
	h.start()
	defer func() { h.stop() }()
	info, err := os.Stat(filepath.Join(h.data, SocketName))
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode(); mode.Perm() != 0o660 || mode.Type() != os.ModeSocket {
		t.Errorf("its mode is %v, want a socket with 0660", mode)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		path, release, err := SocketAddress(h.data)
		if err != nil {
			return nil, err
		}
		defer release()
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://localhost" + api.Prefix + "/status") // without a token
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 200 || !bytes.Contains(text, []byte("home-lab")) {
		t.Errorf("status answers %s %s", resp.Status, text)
	}
}

func TestATurnstileLetsInOnlySoMany(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := newTurnstile(inner, 2)
	conns := make(chan net.Conn)
	ended := make(chan error, 1)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			conns <- conn
		}
	}()
	for range 3 {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	first, second := <-conns, <-conns
	select {
	case <-conns:
		t.Fatal("a third one came in")
	case <-time.After(50 * time.Millisecond):
	}
	first.Close()
	first.Close() // gives back its room once
	third := <-conns
	second.Close()
	third.Close()
	l.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept ended with %v", err)
	}
}
