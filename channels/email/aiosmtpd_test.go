package email

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/channels"
)

// The mail also passes a server that is not written in Go: Debian's
// python3-aiosmtpd, which keeps what it takes in a maildir.
func TestSendToAiosmtpd(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import aiosmtpd").Run(); err != nil {
		t.Skipf("notice: not tested against aiosmtpd (Debian package python3-aiosmtpd): %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	l.Close()
	box := filepath.Join(t.TempDir(), "box")
	server := exec.CommandContext(t.Context(), python, "-m", "aiosmtpd", "-n", "-l", addr.String(), "-c", "aiosmtpd.handlers.Mailbox", box)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Process.Kill(); server.Wait() })
	await(t, addr)

	c := channelTo(t, Options{}, addr, channels.Values{"to": []string{"ana@lab.example", "ops@lab.example"}})
	m := sample()
	if _, err := send(t, c, m); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(box, "new", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the maildir holds %v (%v)", files, err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	got := parse(t, string(raw))
	if got.header.Get("X-Rcptto") != "ana@lab.example, ops@lab.example" || got.header.Get("X-Mailfrom") != "tocsin@lab.example" {
		t.Errorf("the envelope was %q", got.header)
	}
	if got.parts["text/plain"] != m.Plain() || !strings.Contains(got.parts["text/html"], "coldpool") {
		t.Errorf("got %q", got.parts)
	}
	if want := fmt.Sprintf("[%s] [WARNING] %s", m.Host, m.Title); got.subject != want {
		t.Errorf("subject %q, want %q", got.subject, want)
	}
}

// await waits until addr takes connections.
func await(t *testing.T, addr *net.TCPAddr) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond) // another process is slow to start
	defer tick.Stop()
	for range 100 {
		conn, err := net.DialTimeout("tcp", addr.String(), time.Second)
		if err == nil {
			conn.Close()
			return
		}
		<-tick.C
	}
	t.Fatal("aiosmtpd does not listen")
}
