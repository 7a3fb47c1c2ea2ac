package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// activated is how systemd starts the daemon: with a socket that it has opened.
func (g *ground) activated(socket *os.File) (*process, string) {
	g.t.Helper()
	name := fmt.Sprint(g.data, "-activated-", g.starts)
	g.starts++
	log, err := os.Create(name)
	if err != nil {
		g.t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command("sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec tocsin serve --config "$0" --data "$1" --listen 127.0.0.1:1`, g.conf, g.data)
	cmd.Stderr, cmd.ExtraFiles = log, []*os.File{socket}
	p, err := launch(cmd)
	if err != nil {
		g.t.Fatal(err)
	}
	return p, name
}

// What is posted while the daemon restarts waits in the socket, and is taken.
func TestASocketOfSystemdOutlivesTheDaemon(t *testing.T) {
	g := newGround(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	for round := range 3 {
		answers := make(chan error, 1)
		go func() { // nobody listens yet, or any more
			body := fmt.Sprintf(`{"title":"post %d","message":"m","severity":"info","timestamp":1,"fields":{}}`, round)
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			resp, err := client.Post("http://"+l.Addr().String()+"/api/notifications/webhook", "application/json", strings.NewReader(body))
			if err == nil {
				resp.Body.Close()
				if resp.StatusCode != http.StatusAccepted {
					err = fmt.Errorf("answered %s", resp.Status)
				}
			}
			answers <- err
		}()
		p, log := g.activated(socket)
		if err := p.await(log); err != nil {
			t.Fatal(err)
		}
		if err := <-answers; err != nil {
			t.Errorf("post %d: %v", round, err)
		}
		if p.addr != l.Addr().String() {
			t.Errorf("it listens on %s", p.addr)
		}
		p.stop()
	}
}

// Whoever reaches the daemon over a unix socket is trusted, and systemd opens one to
// everybody.
func TestASocketOfSystemdIsForTCP(t *testing.T) {
	g := newGround(t)
	l, err := net.Listen("unix", g.conf+".socket")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err := l.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	p, log := g.activated(socket)
	<-p.done
	text, err := os.ReadFile(log)
	if err != nil || !strings.Contains(string(text), "ListenStream=ADDRESS:PORT") || p.cmd.ProcessState.ExitCode() == 0 {
		t.Errorf("it ended with %v: %s, %v", p.cmd.ProcessState, text, err)
	}
}
